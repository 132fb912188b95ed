import type { Sandbox } from '../../core/sandbox/sandbox.ts';
import { isSandboxName, type Sandboxes } from '../../core/sandbox/sandboxes.ts';
import { parseInstant, renderInstant, type Instant } from '../../core/values/clock.ts';
import { parseDuration } from '../../core/values/duration.ts';
import { NotKept } from '../../core/wire/failure.ts';
import { toMessage } from '../../core/values/message.ts';
import { suggest } from '../../core/values/nearest.ts';
import { quote } from '../../core/values/quotation.ts';
import type { Act, Installation } from '../act.ts';
import { toFailure } from '../problems.ts';
import type { components, operations } from '../types.ts';
import { getSeed, toFixtures } from './fixtures.ts';
import { assertSnapshot } from './snapshots.ts';

type Schemas = components['schemas'];
type Terms = NonNullable<operations['putSandbox']['requestBody']>['content']['application/json'];

export const listSandboxes: Act<'listSandboxes'> = ({ installation: { sandboxes } }) => {
  const all = [...sandboxes.list()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return { status: 200, body: { sandboxes: all.map((sandbox) => describe(sandboxes, sandbox)) } };
};

export const getSandbox: Act<'getSandbox'> = ({ installation: { sandboxes }, path: { name } }) => ({
  status: 200,
  body: describe(sandboxes, findSandbox(sandboxes, name)),
});

export const putSandbox: Act<'putSandbox'> = async ({ installation, path: { name }, body = {} }) => {
  const { sandboxes } = installation;
  if (!isSandboxName(name)) throw toFailure('BAD_NAME', `${quote(name)} cannot name a sandbox.`);
  const ttl = body.ttl === undefined ? undefined : parseTtl(body.ttl, installation);
  const begin = await prepare(installation, body);
  const isThere = sandboxes.find(name) !== undefined;
  const sandbox = begin(name);
  sandboxes.limit(sandbox, ttl);
  // Whoever made it wants it, whatever becomes of the first request to it.
  sandbox.usage.begin();
  sandbox.leave(true);
  await assertKept(sandbox);
  return { status: isThere ? 200 : 201, body: describe(sandboxes, sandbox) };
};

export const deleteSandbox: Act<'deleteSandbox'> = async ({ installation: { sandboxes }, path: { name } }) => {
  const sandbox = findSandbox(sandboxes, name);
  sandboxes.delete(sandbox);
  await assertKept(sandbox);
  return { status: 204 };
};

/** These acts are about another sandbox than the one that they are in, for which the engine waits. */
async function assertKept({ upkeep }: Sandbox): Promise<void> {
  const { losses } = upkeep;
  await upkeep.pending;
  if (upkeep.losses !== losses) throw new NotKept();
}

/** All that may be wrong is found before anything is made. */
async function prepare(
  installation: Installation,
  { from, fixtures, clock: written, randomSeed }: Terms,
): Promise<(name: string) => Sandbox> {
  const { sandboxes, seeds } = installation;
  const clock = written === undefined ? undefined : parseClock(written);
  if (from && fixtures)
    throw toFailure('BAD_SANDBOX', 'It begins as another one is, or with fixtures: leave one of them out.');
  if (from) {
    const source = findSandbox(sandboxes, from.sandbox);
    if (from.snapshot !== undefined) assertSnapshot(source, from.snapshot);
    const change = { randomSeed, clock: clock === undefined ? undefined : { frozenAt: clock, offset: 0 } };
    return (name) => sandboxes.fork(name, source, from.snapshot, change);
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
  if (disk) throw toFailure('BAD_SANDBOX', 'ttl: where state is kept on disk, a sandbox goes only when it is deleted.');
  try {
    const milliseconds = parseDuration(String(ttl));
    if (milliseconds > 0) return milliseconds;
  } catch {
    // Said below, as of 0.
  }
  throw toFailure('BAD_DURATION', 'ttl is a duration above 0.');
}

function describe(sandboxes: Sandboxes, sandbox: Sandbox): Schemas['Sandbox'] {
  const { name, clock, randomSeed, snapshots, topics, roots } = sandbox;
  return {
    name,
    clock: { now: renderInstant(clock.now()), frozen: clock.frozen },
    randomSeed,
    requests: roots.numbering.requests,
    streams: topics.size,
    snapshots: [...snapshots.keys()].sort(),
    ttl: sandboxes.restOf(sandbox) ?? null,
  };
}
