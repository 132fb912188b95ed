import { expect, it } from 'vitest';

import { startEmulator } from '../../support/emulator.ts';
import {
  anyId,
  balance,
  conflict,
  created,
  fetched,
  HARBOR,
  invalidJson,
  missingFields,
  noSuchUser,
  NOW,
  unauthorized,
  updated,
} from './api.ts';
import { clients, type Key } from './clients/client.ts';

it.each(clients)('a session of a client $name goes through every call', async ({ connect }) => {
  const { urls } = await startEmulator({ providers: ['klaim'], set: ['klaim.pageSize=2'] });
  const client = connect(urls.klaim, HARBOR);
  const nora = { user_id: 'nora-7', email: 'nora@harbor.example' };
  expect(await client.addUser('nora@harbor.example', 'nora-7')).toEqual(created(nora));
  expect(await client.addUser('nora@harbor.example', 'other')).toEqual(conflict);
  expect(await client.addUser('')).toEqual(missingFields);

  const unnamed = await client.addUser('guest@harbor.example');
  const { klaim_id: guest } = unnamed.body as { klaim_id: string };
  const guests = { klaim_id: guest, user_id: guest, email: 'guest@harbor.example' };
  expect(unnamed).toEqual(created(guests));

  const made = { klaim_id: anyId, credit_balance: 0, created_at: NOW, acquisition_source: 'api' };
  expect(await client.readUser('nora-7')).toEqual(fetched({ ...made, ...nora }));
  const renamed = { ...made, ...nora, name: 'Nora' };
  expect(await client.renameUser('nora-7', 'Nora')).toEqual(fetched(renamed));

  expect(await client.changeCredits('nora-7', { credit_delta: 120, description: 'Welcome' })).toEqual(updated(120));
  expect(await client.changeCredits('nora-7', { credit_delta: -20 })).toEqual(updated(100));
  expect(await client.changeCredits('nora-7', { credit_delta: Number.NaN })).toEqual(invalidJson);
  expect(await client.changeCredits('nobody', { credit_delta: 5 })).toEqual(noSuchUser);
  expect(await client.readCredits('nora-7')).toEqual(balance(100));
  expect(await client.readCredits(guest)).toEqual(balance(0));

  const first = await client.listUsers();
  const { lastKey } = first.body as { lastKey: Key };
  const [ada, finn] = [{ user_id: 'ada' }, { user_id: 'finn' }].map((one) => expect.objectContaining(one) as unknown);
  expect(first).toEqual(fetched({ data: [ada, finn], lastKey }));
  const others = [
    { ...renamed, credit_balance: 100 },
    { ...made, ...guests },
  ];
  expect(await client.listUsers(lastKey)).toEqual(fetched({ data: others }));
  expect(await client.listUsers({ ...lastKey, type_id: 'user#1_aaaaa' })).toEqual(invalidJson);
  expect(await connect(urls.klaim, 'wrong').listUsers(lastKey)).toEqual(unauthorized);
});
