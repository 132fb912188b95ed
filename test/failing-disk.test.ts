import type { Test } from 'supertest';
import type TestAgent from 'supertest/lib/agent.js';
import { describe, expect, it } from 'vitest';

import { FakeDisk } from './support/fake-disk.ts';
import { createFolder } from './support/folder.ts';
import { takeLogged } from './support/log.ts';
import { sendCall, SERVICES, type MagicService } from './support/magic-calls.ts';
import { startOnDisk, type OnDisk } from './support/on-disk.ts';

/** Who has nothing of a fault, by provider. */
const SUBJECTS: Readonly<Record<string, string>> = {
  klaim: 'ada',
  gamefuse: '1',
  decentraland: '0x7777777777777777777777777777777777777777',
  inveterate: '6100000000001',
  openmonetize: '660e8400-e29b-41d4-a716-446655440001',
};

interface Listed {
  readonly sandboxes: readonly { readonly name: string }[];
}

function change(agent: TestAgent, service: MagicService): ReturnType<typeof sendCall> {
  return sendCall(agent, service, service.change(SUBJECTS[service.id] ?? ''), { name: 'ada' });
}

function fail(disk: FakeDisk, code: string, isMeant = (_number: number): boolean => true): void {
  disk.onPoint = (point, number) => {
    if (isMeant(number) && !point.startsWith('remove')) throw Object.assign(new Error(`${code}: ${point}`), { code });
  };
}

function heal(disk: FakeDisk): void {
  disk.onPoint = () => undefined;
}

async function start(disk: FakeDisk): Promise<OnDisk> {
  return startOnDisk({ data: createFolder(), files: disk });
}

const credits = { method: 'put', path: '/klaim/users/ada/credits' } as const;
const LANTERN = { Authorization: 'Bearer klaim_test_lantern' };

async function readState(agent: TestAgent): Promise<object> {
  return (await agent.get('/_emulator/state').expect(200)).body as object;
}

const NOT_KEPT = {
  type: 'about:blank',
  title: 'Not stored',
  status: 500,
  detail: 'Writing to disk failed, so nothing was changed. GET /_emulator/health says why.',
  hint: 'Free space on the disk, or fix what else is wrong with it.',
};

const FAILED = 'what was changed cannot be kept on disk; until it can, nothing is changed';

describe('where the disk takes nothing', () => {
  it.each(SERVICES)("$id answers a change with the service's own 500, and the journal says so", async (service) => {
    const disk = new FakeDisk();
    const { agent, close } = await start(disk);
    const before = await readState(agent);
    fail(disk, 'ENOSPC');
    const { id, status, body } = await change(agent, service);
    const { failures } = service.change('');
    expect({ status, body }).toEqual({ status: 500, body: failures[500] });
    expect(withoutCounters(await readState(agent))).toEqual(withoutCounters(before));
    const { body: entry } = (await agent.get(`/_emulator/requests/${id}`).expect(200)) as { readonly body: object };
    expect(entry).toMatchObject({ id, changes: [], ledger: [] });
    expect(JSON.stringify(entry)).toContain('500');
    expect(takeLogged()).toMatchObject([{ message: FAILED, fields: { error: 'ENOSPC: write emulator.log' } }]);
    heal(disk);
    expect((await change(agent, service)).status).toBeLessThan(300);
    const after = await readState(agent);
    await close();
    const again = await start(disk);
    expect(await readState(again.agent)).toEqual(after);
  });

  it.each([
    ['post', '/reset', undefined],
    ['put', '/state', { klaim: {} }],
    ['post', '/clock/advance', { by: 'PT1H' }],
    ['post', '/faults', { effect: { status: 503 } }],
    ['post', '/controls/klaim/addMember', { app_id: 'app_lantern', email: 'grace@lantern.example' }],
  ] as const)('an act is refused as not kept: %s %s', async (verb, path, body) => {
    const disk = new FakeDisk();
    const { agent } = await start(disk);
    await agent[credits.method](credits.path).set(LANTERN).send({ credit_delta: 6 }).expect(200);
    const before = await readState(agent);
    const clock = (await agent.get('/_emulator/clock')).body as object;
    fail(disk, 'EROFS');
    const answer = await agent[verb](`/_emulator${path}`).send(body);
    const seen = { status: answer.status, type: answer.type, body: answer.body as unknown };
    expect(seen).toEqual({ status: 500, type: 'application/problem+json', body: NOT_KEPT });
    expect(withoutCounters(await readState(agent))).toEqual(withoutCounters(before));
    expect((await agent.get('/_emulator/clock')).body).toEqual(clock);
    takeLogged();
  });

  it.each(['once', 'from then on'])('no sandbox is rewound, wherever the disk fails %s', async (how) => {
    const disk = new FakeDisk();
    const { agent } = await start(disk);
    for (const by of [1, 2, 4]) await agent[credits.method](credits.path).set(LANTERN).send({ credit_delta: by });
    const before = await readState(agent);
    const rewind = (): Test => agent.post('/_emulator/rewind').send({ request: 'default-3' });
    const listNames = async (): Promise<readonly string[]> => {
      const { body } = (await agent.get('/_emulator/sandboxes').expect(200)) as { readonly body: Listed };
      return body.sandboxes.map(({ name }) => name);
    };
    let failures = 0;
    for (let isMade = false; !isMade;) {
      const last = disk.points.length + failures + 1;
      fail(disk, 'EIO', (number) => number === last || (how !== 'once' && number > last));
      const { status, body } = (await rewind()) as { readonly status: number; readonly body: unknown };
      heal(disk);
      takeLogged();
      isMade = status === 201;
      if (isMade) continue;
      failures += 1;
      expect({ status, body }).toEqual({ status: 500, body: NOT_KEPT });
      if (how === 'once') expect(await listNames()).toEqual(['default']);
      expect(await readState(agent)).toEqual(before);
    }
    expect(failures).toBeGreaterThan(3);
    expect(await listNames()).toEqual(['default', 'default.before-default-3']);
    const { body: account } = (await agent
      .get(credits.path)
      .set({ ...LANTERN, 'X-Emulator-Sandbox': 'default.before-default-3' })) as { readonly body: object };
    expect(account).toMatchObject({ credit_balance: 703 });
  });

  it('says in /health why, until it does again, and reads go on', async () => {
    const disk = new FakeDisk();
    const { agent } = await start(disk);
    const { body: well } = (await agent.get('/_emulator/health').expect(200)) as {
      readonly body: { readonly disk: object };
    };
    expect(well).toMatchObject({ status: 'ok', disk: { durability: 'fsync', status: 'ok' } });
    fail(disk, 'ENOSPC');
    await agent[credits.method](credits.path).set(LANTERN).send({ credit_delta: 6 }).expect(500);
    const { body: ill } = (await agent.get('/_emulator/health').expect(503)) as { readonly body: object };
    expect(ill).toMatchObject({
      status: 'failing',
      disk: { ...well.disk, status: 'failing', error: 'ENOSPC: write emulator.log' },
    });
    await agent.get('/_emulator/ready').expect(200);
    await agent.get(credits.path).set(LANTERN).expect(200);
    // One that nobody has been in yet, too.
    await agent
      .get(credits.path)
      .set({ ...LANTERN, 'X-Emulator-Sandbox': 'new' })
      .expect(200);
    heal(disk);
    await agent[credits.method](credits.path)
      .set({ ...LANTERN, 'X-Emulator-Sandbox': 'new' })
      .send({ credit_delta: 6 })
      .expect(200);
    await agent.get('/_emulator/health').expect(200);
    takeLogged();
  });
});

/** Ids that were given are not given again. */
function withoutCounters(state: object): object {
  const { emulator, ...sections } = state as { readonly emulator: object };
  return { ...sections, emulator: { ...emulator, counters: undefined } };
}
