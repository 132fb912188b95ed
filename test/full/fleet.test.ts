import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

import { describe, expect, it } from 'vitest';

import { connect } from '../../src/client.ts';
import { Fleet, NO_NGINX, type Member } from '../support/fleet.ts';

const KEY = 'klaim_test_lantern';
const NAMES = Array.from({ length: 24 }, (_, number) => `case-${number}`);
const WALLET = '0x1111111111111111111111111111111111111111';

interface Sent {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly agent?: Agent;
}

/** Unlike `fetch` it sends the host that it is told. */
async function open({ url, method = 'GET', headers = {}, body, agent }: Sent): Promise<IncomingMessage> {
  const content = body && { 'Content-Type': 'application/json' };
  const sent = request(url, { method, agent, headers: { ...content, ...headers } });
  sent.end(body && JSON.stringify(body));
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return response;
}

async function send(sent: Sent): Promise<{ readonly status: number; readonly text: string }> {
  const response = await open(sent);
  return { status: response.statusCode ?? 0, text: await text(response) };
}

/** Every way in which a request may name its sandbox. */
const WAYS: Readonly<Record<string, (fleet: Fleet, name: string) => Sent>> = {
  header: (fleet, name) => ({ url: `${fleet.url()}/klaim`, headers: { 'X-Emulator-Sandbox': name } }),
  path: (fleet, name) => ({ url: `${fleet.url()}/_sandbox/${name}/klaim` }),
  'path on a port': (fleet, name) => ({ url: `${fleet.url('klaim')}/_sandbox/${name}` }),
  'header on a port': (fleet, name) => ({ url: fleet.url('klaim'), headers: { 'X-Emulator-Sandbox': name } }),
  host: (fleet, name) => ({ url: fleet.url(), headers: { Host: `${name}--klaim.localhost:4620` } }),
  'host on a port': (fleet, name) => ({ url: fleet.url('klaim'), headers: { Host: `${name}--klaim.localhost` } }),
  credential: (fleet, name) => ({ url: fleet.url('klaim'), headers: { Authorization: `Bearer ${KEY}~${name}` } }),
};

function spend({ url, headers, ...others }: Sent): Promise<{ readonly status: number; readonly text: string }> {
  return send({
    ...others,
    url: `${url}/users/ada/credits`,
    method: 'PUT',
    headers: { Authorization: `Bearer ${KEY}`, ...headers },
    body: { credit_delta: -1 },
  });
}

/** Which member has each sandbox; fails where two have one. */
async function findPlaces(members: readonly Member[]): Promise<ReadonlyMap<string, Member>> {
  const places = new Map<string, Member>();
  for (const member of members) {
    const { sandboxes } = await connect(member.url).sandboxes.list();
    for (const { name } of sandboxes) {
      if (name === 'default') continue;
      expect([name, places.get(name)?.url]).toEqual([name, undefined]);
      places.set(name, member);
    }
  }
  return places;
}

async function start({ skip }: { skip: (reason: string) => void }, size = 3): Promise<Fleet> {
  if (NO_NGINX !== undefined) skip(NO_NGINX);
  return Fleet.start(size);
}

describe('a fleet behind nginx', () => {
  it('keeps each sandbox on one emulator, however it is named, and spreads them', async (context) => {
    const fleet = await start(context);
    for (const name of NAMES) {
      const ways = Object.entries(WAYS);
      for (const [way, toSent] of ways)
        expect([name, way, (await spend(toSent(fleet, name))).status]).toEqual([name, way, 200]);
      const { accounts } = await connect(fleet.url())
        .sandbox(name)
        .accounts.list({ provider: 'klaim', account: 'ada' });
      expect([name, accounts.map(({ balance }) => balance)]).toEqual([name, [String(700 - ways.length), '50']]);
    }
    for (const name of NAMES) {
      const url = `${fleet.url('gamefuse')}/api/v2/users/1/game_user_attributes?authentication_token=gamefuse-test-ada`;
      expect([name, (await send({ url: `${url}%7E${name}` })).status]).toEqual([name, 200]);
    }
    const places = await findPlaces(fleet.members);
    expect([...places.keys()].sort()).toEqual([...NAMES].sort());
    expect(new Set(places.values()).size).toBe(3);
  });

  it('has acts on a sandbox come to where it is, and what is made of it stay with it', async (context) => {
    const fleet = await start(context);
    const emulator = connect(fleet.url());
    for (const name of NAMES) {
      const world = await emulator.sandbox(name, { clock: '2026-01-01T00:00:00Z' });
      await spend(WAYS['path']?.(fleet, name) ?? { url: '' });
      const fork = await emulator.sandbox(`${name}.fork`, { from: name });
      expect([name, (await fork.ledger.list()).entries, (await fork.accounts.list()).accounts]).toEqual([
        name,
        [],
        (await world.accounts.list()).accounts,
      ]);
    }
    const places = await findPlaces(fleet.members);
    expect(NAMES.filter((name) => places.get(name) !== places.get(`${name}.fork`))).toEqual([]);
    await emulator.sandbox(NAMES[0])[Symbol.asyncDispose]();
    expect((await findPlaces(fleet.members)).has(NAMES[0] ?? '')).toBe(false);
  });

  it('tells of addresses as they are in front of it', async (context) => {
    const fleet = await start(context);
    const [shared, own] = [
      await connect(fleet.url()).sandbox('case').env(),
      await send({ url: `${fleet.url('klaim')}/_sandbox/case/_emulator/env` }),
    ];
    expect([shared['CREDITS_EMULATOR_URL'], shared['KLAIM_BASE_URL']]).toEqual([
      `${fleet.url()}/_sandbox/case`,
      `${fleet.url()}/_sandbox/case/klaim`,
    ]);
    expect(JSON.parse(own.text)).toEqual(shared);
  });

  it('passes streams on event by event', async (context) => {
    const fleet = await start(context);
    for (const name of NAMES.slice(0, 8)) {
      const headers = { 'X-Emulator-Sandbox': name };
      const stream = await open({ url: `${fleet.url('decentraland')}/users/${WALLET}/credits/stream`, headers });
      const events: string[] = [];
      stream.on('data', (event: Buffer) => events.push(event.toString()));
      await expect.poll(() => events.length).toBe(1);
      await connect(fleet.url())
        .sandbox(name)
        .controls.run('decentraland', 'consume', { address: WALLET, amount: '1' });
      await expect.poll(() => events.length).toBe(2);
      expect([name, stream.headers['content-type'], events[0] === events[1]]).toEqual([
        name,
        'text/event-stream',
        false,
      ]);
      stream.destroy();
      await expect.poll(async () => (await connect(fleet.url()).sandbox(name).streams()).streams).toEqual([]);
    }
  });

  it('passes faults on, and repeats nothing', async (context) => {
    const fleet = await start(context);
    const name = 'faults';
    const world = connect(fleet.url()).sandbox(name);
    const ask = async (): Promise<string> => {
      try {
        const { status, text: body } = await spend(WAYS['header on a port']?.(fleet, name) ?? { url: '' });
        return `${status} ${body.length > 0 ? 'with a body' : ''}`.trim();
      } catch (error) {
        return (error as NodeJS.ErrnoException).code ?? String(error);
      }
    };
    const effects = [
      [{ status: 500 }, '500 with a body'],
      [{ status: 502 }, '502 with a body'],
      [{ status: 504 }, '504 with a body'],
      [{ connection: 'reset' }, 'ECONNRESET'],
      [{ connection: 'empty' }, 'ECONNRESET'],
    ] as const;
    for (const [effect, expected] of effects) {
      await world.faults.add({ provider: 'klaim', phase: 'after', effect, times: 1 });
      expect([effect, await ask()]).toEqual([effect, expected]);
    }
    const bodies = [
      [{ body: 'truncate' }, 'ECONNRESET'],
      [{ body: { slow: { bytesPerSecond: 1000 } } }, '200 with a body'],
    ] as const;
    for (const [effect, expected] of bodies) {
      await world.faults.add({ provider: 'klaim', phase: 'during', effect, times: 1 });
      expect([effect, await ask()]).toEqual([effect, expected]);
    }
    const { requests } = await world.requests.list();
    expect(requests).toHaveLength(effects.length + bodies.length);
    const { entries } = await world.ledger.list({ provider: 'klaim' });
    expect(entries.map(({ delta }) => delta)).toEqual(requests.map(() => '-1'));
    // Who waits for an answer that never comes waits, and the emulator hears of it when they leave.
    await world.faults.add({ id: 'hang', provider: 'klaim', effect: { connection: 'hang' }, times: 1 });
    const sent = request(`${fleet.url('klaim')}/users`, { headers: { Authorization: `Bearer ${KEY}~${name}` } });
    sent.on('error', () => undefined).end();
    await expect.poll(() => world.faults.get('hang')).toMatchObject({ fired: 1 });
    sent.destroy();
    await expect
      .poll(async () => (await world.requests.list({ limit: 1 })).requests[0]?.fault)
      .toMatchObject({ effect: { connection: 'hang' } });
  });

  it('goes on without one that dies, which comes back as it was', async (context) => {
    const fleet = await start(context);
    const toSent = (name: string): Sent => WAYS['header on a port']?.(fleet, name) ?? { url: '' };
    for (const name of NAMES) await spend(toSent(name));
    const places = await findPlaces(fleet.members);
    const [dying] = fleet.members;
    await dying?.kill();
    for (const name of NAMES) {
      const answer = await spend(toSent(name));
      const isThere = places.get(name) !== dying;
      expect([name, answer.status]).toEqual([name, isThere ? 200 : 503]);
      if (!isThere) expect(JSON.parse(answer.text)).toMatchObject({ title: 'No emulator', status: 503 });
    }
    await dying?.start();
    for (const name of NAMES) {
      const { status, text: body } = await spend(toSent(name));
      const before = places.get(name) === dying ? 1 : 2;
      expect([name, status, (JSON.parse(body) as { credit_balance: number }).credit_balance]).toEqual([
        name,
        200,
        700 - before - 1,
      ]);
    }
    expect(await findPlaces(fleet.members)).toEqual(places);
  });

  it('moves about a third of all sandboxes to a third emulator, and no others', async (context) => {
    const fleet = await start(context);
    const names = Array.from({ length: 90 }, (_, number) => `case-${number}`);
    const place = async (members: readonly Member[]): Promise<ReadonlyMap<string, Member>> => {
      await fleet.spreadOver(members);
      for (const name of names) await spend(WAYS['header on a port']?.(fleet, name) ?? { url: '' });
      const places = await findPlaces(fleet.members);
      await Promise.all([...places].map(([name, { url }]) => connect(url).sandbox(name)[Symbol.asyncDispose]()));
      return places;
    };
    const two = await place(fleet.members.slice(0, 2));
    const three = await place(fleet.members);
    const moved = names.filter((name) => two.get(name) !== three.get(name));
    expect(moved.filter((name) => three.get(name) !== fleet.members[2])).toEqual([]);
    expect(moved.length).toBeGreaterThan(10);
    expect(moved.length).toBeLessThan(60);
  });

  it('has the control API on a port of its own alone, where it is told so', async (context) => {
    const fleet = await start(context, 1);
    await fleet.spreadOver(fleet.members, `${fleet.portOf(4630)} 0; default 1;`);
    const hidden = [
      '/_emulator/health',
      '//_emulator/health',
      '/_sandbox/a/_emulator/requests',
      '/_sandbox/a//_emulator',
      '/_emulator?a',
    ];
    const ports = [fleet.portOf(4620), fleet.portOf(4622)];
    for (const port of ports) {
      for (const path of hidden) {
        const { status } = await send({ url: `http://127.0.0.1:${port}${path}` });
        expect([port, path, status]).toEqual([port, path, 404]);
      }
    }
    expect((await spend(WAYS['header on a port']?.(fleet, 'a') ?? { url: '' })).status).toBe(200);
    const { sandboxes } = await connect(`http://127.0.0.1:${fleet.portOf(4630)}`).sandboxes.list();
    expect(sandboxes.map(({ name }) => name)).toEqual(['a', 'default']);
    const direct = await connect(fleet.members[0]?.url ?? '')
      .sandbox('a')
      .requests.list();
    expect(direct.requests).toHaveLength(1);
  });

  it('answers so many requests with 1, 2 and 3 emulators, which is told and not judged', async (context) => {
    const fleet = await start(context);
    // So that none has yet to compile what it runs, or to make a sandbox.
    for (const { url } of fleet.members) await load(url);
    const [first] = fleet.members;
    const lines = [`1, without nginx: ${await measure(fleet, first?.url ?? '', 1)}`];
    for (const size of [1, 2, 3]) {
      await fleet.spreadOver(fleet.members.slice(0, size));
      lines.push(`${size}, behind nginx: ${await measure(fleet, fleet.url(), size)}`);
    }
    process.stdout.write(
      `PUT of a balance, each in the next of 1,000 sandboxes, --durability os\n${lines.join('\n')}\n`,
    );
    expect(lines.filter((line) => !/: [1-9]\d* answers per second/.test(line))).toEqual([]);
  });
});

const SECONDS = 3;
/** So many clock ticks a second has the time of processes that Linux tells. */
const TICKS = 100;

/** Microseconds of processor time that these processes have taken, where the system tells. */
function readProcessorTime(pids: readonly number[]): number {
  const times = pids.map((pid) => {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return ((Number(fields[11]) + Number(fields[12])) / TICKS) * 1e6;
    } catch {
      return Number.NaN;
    }
  });
  return times.reduce((sum, one) => sum + one, 0);
}

/** Keeps 32 connections busy. @returns how many answers came */
async function load(url: string): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  let answered = 0;
  let sent = 0;
  const end = performance.now() + SECONDS * 1000;
  const work = async (): Promise<void> => {
    while (performance.now() < end) {
      sent += 1;
      const headers = { 'X-Emulator-Sandbox': `load-${sent % 1000}` };
      expect((await spend({ url: `${url}/klaim`, headers, agent })).status).toBe(200);
      answered += 1;
    }
  };
  await Promise.all(Array.from({ length: 32 }, work));
  agent.destroy();
  return answered;
}

async function measure(fleet: Fleet, url: string, size: number): Promise<string> {
  const pids = fleet.members.slice(0, size).map(({ pid }) => pid);
  const before = [readProcessorTime(pids), readProcessorTime(fleet.proxies)];
  const answered = await load(url);
  const after = [readProcessorTime(pids), readProcessorTime(fleet.proxies)];
  const [emulators, proxies] = after.map((time, at) => Math.round((time - (before[at] ?? 0)) / answered));
  return `${Math.round(answered / SECONDS)} answers per second; processor time of each: ${emulators} µs of emulators, ${proxies} µs of nginx`;
}
