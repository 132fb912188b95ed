import { expect, it } from 'vitest';

import { startEmulator } from '../../support/emulator.ts';
import { balance, conflict, HARBOR, invalidJson, missingFields, noSuchUser, unauthorized, updated } from './api.ts';
import { clients, type Key } from './clients/client.ts';

const NOW = 1_767_225_600_000;
const FETCHED = { message: 'fetch resource successfully' };

it.each(clients)('a session of a client $name goes through every call', async ({ connect }) => {
  const { urls } = await startEmulator({ providers: ['klaim'], set: ['klaim.pageSize=2'] });
  const client = connect(urls.klaim, HARBOR);
  const made = { klaim_id: expect.stringMatching(`^${NOW}_`) as string, credit_balance: 0, created_at: NOW };
  const nora = { ...made, user_id: 'nora-7', email: 'nora@harbor.example' };
  const created = { message: 'resource created successfully' };
  expect(await client.addUser('nora@harbor.example', 'nora-7')).toEqual({ status: 200, body: { ...created, ...nora } });
  expect(await client.addUser('nora@harbor.example', 'other')).toEqual(conflict);
  expect(await client.addUser('')).toEqual(missingFields);

  const unnamed = await client.addUser('guest@harbor.example');
  const { klaim_id: guest } = unnamed.body as { klaim_id: string };
  const guests = { ...made, klaim_id: guest, user_id: guest, email: 'guest@harbor.example' };
  expect(unnamed).toEqual({ status: 200, body: { ...created, ...guests } });

  const shown = { ...nora, acquisition_source: 'api' };
  expect(await client.readUser('nora-7')).toEqual({ status: 200, body: { ...FETCHED, ...shown } });
  const renamed = { ...shown, name: 'Nora' };
  expect(await client.renameUser('nora-7', 'Nora')).toEqual({ status: 200, body: { ...FETCHED, ...renamed } });

  expect(await client.changeCredits('nora-7', { credit_delta: 120, description: 'Welcome' })).toEqual(updated(120));
  expect(await client.changeCredits('nora-7', { credit_delta: -20 })).toEqual(updated(100));
  expect(await client.changeCredits('nora-7', { credit_delta: Number.NaN })).toEqual(invalidJson);
  expect(await client.changeCredits('nobody', { credit_delta: 5 })).toEqual(noSuchUser);
  expect(await client.readCredits('nora-7')).toEqual(balance(100));
  expect(await client.readCredits(guest)).toEqual(balance(0));

  const first = await client.listUsers();
  const { lastKey } = first.body as { lastKey: Key };
  const [ada, finn] = [{ user_id: 'ada' }, { user_id: 'finn' }].map((one) => expect.objectContaining(one) as unknown);
  expect(first).toEqual({ status: 200, body: { ...FETCHED, data: [ada, finn], lastKey } });
  expect(await client.listUsers(lastKey)).toEqual({
    status: 200,
    body: {
      ...FETCHED,
      data: [
        { ...renamed, credit_balance: 100 },
        { ...guests, acquisition_source: 'api' },
      ],
    },
  });
  expect(await client.listUsers({ ...lastKey, type_id: 'user#1_aaaaa' })).toEqual(invalidJson);
  expect(await connect(urls.klaim, 'wrong').listUsers(lastKey)).toEqual(unauthorized);
});
