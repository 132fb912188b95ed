import { describe, expect, it } from 'vitest';

import { ConfigError } from '../../src/config/config.ts';
import { createApp } from '../../src/compose/emulator.ts';
import { createFiles } from '../support/folder.ts';
import { SERVICES, startMagic, type MagicService, type Seen } from '../support/magic-calls.ts';
import { listMagic, withoutMagic, type MagicSubject } from '../support/magic.ts';

/** The records of a world on top of the default one: what else a subject must have. */
const RECORDS: Readonly<Record<string, readonly [list: string, record: (subject: string) => object]>> = {
  klaim: ['users', (user_id) => ({ app_id: 'app_lantern', user_id, email: `${user_id}@mine.example` })],
  gamefuse: [
    'users',
    (id) => ({
      id: Number(id),
      game_id: 1,
      username: `mine ${id}`,
      email: `${id}@mine.example`,
      password: 'password',
      authentication_token: `mine-${id}`,
    }),
  ],
  decentraland: ['wallets', (address) => ({ address })],
  inveterate: ['members', (customerId) => ({ merchantId: 'lumen-tea', customerId })],
  openmonetize: ['users', (id) => ({ id, customerId: '550e8400-e29b-41d4-a716-446655440000' })],
};

/** A seeded subject that is an ordinary one. */
const ORDINARY: Readonly<Record<string, string>> = {
  klaim: 'benoit',
  gamefuse: '2',
  decentraland: '0x2222222222222222222222222222222222222222',
  inveterate: '6100000000002',
  openmonetize: '660e8400-e29b-41d4-a716-446655440002',
};

function toRecord({ id }: MagicService, subject: string, fault?: string): readonly [list: string, record: object] {
  const [list, record] = RECORDS[id] ?? ['', () => ({})];
  return [list, { ...record(subject), ...(fault === undefined ? undefined : { fault }) }];
}

/** A world that builds on the default one, with one record a line from line 4 on. */
function writeWorld({ id }: MagicService, ...records: readonly (readonly [list: string, record: object])[]): string {
  const [[list] = ['']] = records;
  const lines = records.map(([, record]) => `    - ${JSON.stringify(record)}\n`).join('');
  return createFiles({ 'mine.yaml': `extends: default\n${id}:\n  ${list}:\n${lines}` })['mine.yaml'];
}

async function refuse(file: string): Promise<string> {
  const error: unknown = await createApp({ fixtures: [file] }).catch((refusal: unknown) => refusal);
  expect(error).toBeInstanceOf(ConfigError);
  return (error as ConfigError).message.replace(file, '');
}

/** Somebody of whom the headers of calls need the token only. */
function asCaller(subject: string): MagicSubject {
  return { name: 'fault-404', fault: '', subject };
}

describe.each(SERVICES)('a world with magic subjects of $id', (service) => {
  const { id, read } = service;
  const [first, second] = listMagic(id);
  const ordinary = ORDINARY[id] ?? '';

  it.each([
    ['statsu=500', 'There is no "statsu" here; did you mean "status"?'],
    ['status=500; phase=aftr', '"phase" is one of before, after, during, not "aftr"; did you mean "after"?'],
    ['connection=rest', '"connection" is one of reset, empty, hang, reset:BYTES, not "rest"; did you mean "reset"?'],
    ['status=50', '"status" takes a whole number from 200 to 599, not "50".'],
    ['status=500; status=503', '"status" appears twice.'],
    ['later', '"later" is no pair such as status=500.'],
    ['phase=after', 'An effect needs a status, code, delay, connection, body, stream, webhook or hold.'],
    ['body=truncate; phase=before', 'A body needs the phase "during", not "before".'],
    ['', 'must NOT have fewer than 1 characters'],
  ])('is refused for the fault "%s" with its place', async (fault, message) => {
    const [list, record] = toRecord(service, ordinary, fault);
    const column = 6 + JSON.stringify(record).indexOf('"fault"') + 1;
    const file = writeWorld(service, [list, record]);
    expect(await refuse(file)).toBe(`:4:${column}: ${id}.${list}[0].fault: ${message}`);
  });

  it('may make a magic subject of an ordinary one, and an ordinary one of a magic one', async () => {
    const file = writeWorld(
      service,
      toRecord(service, ordinary, 'status=503; message=Closed'),
      toRecord(service, first?.subject ?? ''),
    );
    const { send } = await startMagic(service, { fixtures: [file] });
    const faultOf = async (subject: string): Promise<Pick<Seen, 'fault'> & { closed: boolean }> => {
      const { fault, status } = await send(read(subject), asCaller(subject));
      return { fault, closed: status === 503 };
    };
    expect(await faultOf(ordinary)).toEqual({ fault: `magic:${ordinary}; phase=before`, closed: true });
    expect(await faultOf(first?.subject ?? '')).toEqual({ fault: undefined, closed: false });
    expect(await faultOf(second?.subject ?? '')).toEqual({
      fault: `magic:${second?.subject ?? ''}; phase=before`,
      closed: false,
    });
  });

  it('comes back as it was put, faults included, and can be put without them', async () => {
    const { agent, control, send } = await startMagic(service);
    const state = await control('/state');
    const found: unknown[] = [];
    JSON.stringify(state, (key, value: unknown) => {
      if (key === 'fault') found.push(value);
      return value;
    });
    expect(found).toEqual(listMagic(id).map(({ fault }) => fault));
    const subject = second?.subject ?? '';
    const natural = { ...read(subject).natural, fault: undefined };
    const failure = { status: 404, fault: `magic:${subject}; phase=before`, body: read(subject).failures[404] };
    const put = async (other: object): Promise<void> => {
      await agent.put('/_emulator/state').send(other).expect(204);
    };
    await put(withoutMagic(state as object));
    expect(await send(read(subject), asCaller(subject))).toEqual(natural);
    await put(state as object);
    expect(await control('/state')).toEqual(state);
    expect(await send(read(subject), asCaller(subject))).toEqual(failure);
    await put(withoutMagic(state as object));
    await agent.post('/_emulator/reset').expect(204);
    expect(await send(read(subject), asCaller(subject))).toEqual(failure);
  });
});

describe('two tenants with one subject', () => {
  it('may both have it while one of them is magic, whose fault meets the calls of both', async () => {
    const [klaim] = SERVICES;
    if (!klaim) throw new Error('Klaim comes first.');
    const harbor = { app_id: 'app_harbor', user_id: 'fault-500', email: 'x@harbor.example' };
    const { agent } = await startMagic(klaim, { fixtures: [writeWorld(klaim, ['users', harbor])] });
    const { status, headers } = await agent
      .get('/klaim/users/fault-500/credits')
      .set({ Authorization: 'Bearer klaim_test_harbor' });
    expect([status, headers['x-emulator-fault']]).toEqual([500, 'magic:fault-500; phase=before']);
  });

  it.each([
    [
      'klaim:\n  users:\n    - { app_id: app_harbor, user_id: fault-500, email: a, fault: delay=5 }\n',
      ':4:59: klaim.users[0].fault: The user "fault-500" of the app "app_lantern" has a fault, too.',
    ],
    [
      "inveterate:\n  members:\n    - { merchantId: ridge-outdoor, customerId: '9000000000500', fault: delay=5 }\n",
      ':4:65: inveterate.members[0].fault: The member of "lumen-tea" already has a fault.',
    ],
  ])('may not both have it as a magic one: %j', async (section, message) => {
    const { 'mine.yaml': file } = createFiles({ 'mine.yaml': `extends: default\n${section}` });
    expect(await refuse(file)).toBe(message);
  });
});
