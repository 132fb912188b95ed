import type { Sandbox } from '../../core/sandbox/sandbox.ts';
import { DEFAULT_SANDBOX, isSandboxName, TooManySandboxes, type Sandboxes } from '../../core/sandbox/sandboxes.ts';
import { parseInstant, renderInstant, type Instant } from '../../core/values/clock.ts';
import { parseDuration } from '../../core/values/duration.ts';
import { NotKept } from '../../core/wire/failure.ts';
import { toMessage } from '../../core/values/message.ts';
import { suggest } from '../../core/values/nearest.ts';
import { quote } from '../../core/values/quotation.ts';
import type { Approach } from '../../core/wire/request.ts';
import { NoPortFree, type SandboxPorts } from '../../http/own-ports.ts';
import type { Endpoint, Installation } from '../endpoint.ts';
import { toFailure } from '../problems.ts';
import type { components, operations } from '../../generated/emulator.ts';
import { getSeed, toFixtures } from './fixtures.ts';
import { assertSnapshot } from './snapshots.ts';

type Schemas = components['schemas'];
type Terms = NonNullable<operations['putSandbox']['requestBody']>['content']['application/json'];

export const listSandboxes: Endpoint<'listSandboxes'> = ({ installation, approach }) => {
  const all = [...installation.sandboxes.list()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return { status: 200, body: { sandboxes: all.map((sandbox) => describe(installation, sandbox, approach)) } };
};

export const getSandbox: Endpoint<'getSandbox'> = ({ installation, approach, path: { name } }) => ({
  status: 200,
  body: describe(installation, findSandbox(installation.sandboxes, name), approach),
});

export const putSandbox: Endpoint<'putSandbox'> = async ({ installation, approach, path: { name }, body = {} }) => {
  const { sandboxes, ownPorts } = installation;
  if (!isSandboxName(name)) throw toFailure('BAD_NAME', `${quote(name)} cannot name a sandbox.`);
  const ttl = body.ttl === undefined ? undefined : parseTtl(body.ttl, installation);
  const begin = await prepare(installation, body);
  const ports = body.listen === true ? await openPorts(installation, name) : undefined;
  const isThere = sandboxes.find(name) !== undefined;
  const sandbox = refuseTooMany(() => begin(name), ports);
  sandboxes.limit(sandbox, ttl);
  await assertKept(sandbox).catch((error: unknown) => {
    void ports?.close();
    throw error;
  });
  if (body.listen !== true) ownPorts.take(sandbox);
  // It may have been deleted meanwhile.
  else if (sandboxes.find(name) !== sandbox) void ports?.close();
  else if (ports) ownPorts.give(sandbox, ports);
  return { status: isThere ? 200 : 201, body: describe(installation, sandbox, approach) };
};

export const deleteSandbox: Endpoint<'deleteSandbox'> = async ({ installation: { sandboxes }, path: { name } }) => {
  const sandbox = findSandbox(sandboxes, name);
  sandboxes.delete(sandbox);
  await assertKept(sandbox);
  return { status: 204 };
};

/** The engine waits for the sandbox that the request names; these endpoints change another one. */
async function assertKept({ persistence }: Sandbox): Promise<void> {
  const { losses } = persistence;
  await persistence.pending;
  if (persistence.losses !== losses) throw new NotKept();
}

/** Opens ports before the sandbox is created, since none may be free. @returns `undefined` if it has ports already */
async function openPorts({ sandboxes, ownPorts }: Installation, name: string): Promise<SandboxPorts | undefined> {
  if (!ownPorts.canOpen) {
    throw toFailure('BAD_SANDBOX', 'listen: this emulator is a request handler in another server and opens no ports.');
  }
  const known = sandboxes.find(name);
  if (known && ownPorts.has(known)) return undefined;
  try {
    return await ownPorts.open(name);
  } catch (error) {
    if (error instanceof NoPortFree) throw toFailure('NO_PORT', error.message);
    throw error;
  }
}

function refuseTooMany(begin: () => Sandbox, ports: SandboxPorts | undefined): Sandbox {
  try {
    return begin();
  } catch (error) {
    void ports?.close();
    if (error instanceof TooManySandboxes) throw toFailure('TOO_MANY_SANDBOXES', error.message);
    throw error;
  }
}

/** Checks everything before anything is created. */
async function prepare(
  installation: Installation,
  { from, fixtures, clock: written, randomSeed }: Terms,
): Promise<(name: string) => Sandbox> {
  const { sandboxes, seeds } = installation;
  const clock = written === undefined ? undefined : parseClock(written);
  if (from && fixtures)
    throw toFailure('BAD_SANDBOX', 'A sandbox begins as a copy (from) or with fixtures: leave one of them out.');
  if (from) {
    const getSource = (): Sandbox => {
      const source = findSandbox(sandboxes, from.sandbox);
      if (from.snapshot !== undefined) assertSnapshot(source, from.snapshot);
      return source;
    };
    getSource();
    const change = { randomSeed, clock: clock === undefined ? undefined : { frozenAt: clock, offset: 0 } };
    // Looked up again: opening ports takes time.
    return (name) => sandboxes.fork(name, getSource(), from.snapshot, change);
  }
  const terms = { clock, randomSeed };
  if (fixtures) {
    const seed = await getSeed(installation, toFixtures(fixtures), terms);
    return (name) => sandboxes.begin(name, seed);
  }
  const seed = clock === undefined && randomSeed === undefined ? undefined : await seeds.ofStart(terms);
  return (name) => sandboxes.begin(name, seed);
}

function findSandbox(sandboxes: Sandboxes, name: string): Sandbox {
  const sandbox = sandboxes.find(name);
  if (sandbox) return sandbox;
  const names = sandboxes.list().map((one) => one.name);
  throw toFailure('NO_SUCH_SANDBOX', `There is no sandbox ${quote(name)}${suggest(name, names)}`);
}

function parseClock(text: string): Instant {
  try {
    return parseInstant(text);
  } catch (error) {
    throw toFailure('BAD_INSTANT', `clock: ${toMessage(error)}`);
  }
}

/** @returns milliseconds */
function parseTtl(ttl: string | number, { disk }: Installation): number {
  if (disk) throw toFailure('BAD_SANDBOX', 'ttl: with --data, sandboxes are kept until they are deleted.');
  try {
    const milliseconds = parseDuration(String(ttl));
    if (milliseconds > 0) return milliseconds;
  } catch {
    // Refused below, like 0.
  }
  throw toFailure('BAD_DURATION', 'ttl must be a duration above 0.');
}

function describe(
  { sandboxes, addresses }: Installation,
  sandbox: Sandbox,
  approach: Approach | undefined,
): Schemas['Sandbox'] {
  const { name, clock, randomSeed, snapshots, topics, roots } = sandbox;
  const places = addresses.seenFrom({ url: approach?.url, sandbox: name === DEFAULT_SANDBOX ? undefined : name });
  return {
    name,
    clock: { now: renderInstant(clock.now()), frozen: clock.frozen },
    randomSeed,
    requests: roots.numbering.requests,
    streams: topics.size,
    snapshots: [...snapshots.keys()].sort(),
    ttl: sandboxes.restOf(sandbox) ?? null,
    urls: places.byProvider(),
  };
}
