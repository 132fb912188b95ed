import { isSandboxName } from '../../core/sandbox/sandboxes.ts';
import type { Sandbox } from '../../core/sandbox/sandbox.ts';
import type { Snapshot } from '../../core/store/disk/kept.ts';
import { renderInstant } from '../../core/values/clock.ts';
import { suggest } from '../../core/values/nearest.ts';
import { quote } from '../../core/values/quotation.ts';
import type { Endpoint } from '../endpoint.ts';
import { toFailure } from '../problems.ts';
import type { components } from '../../generated/emulator.ts';

/** Each snapshot keeps old state in memory. */
const MOST = 1000;

export const listSnapshots: Endpoint<'listSnapshots'> = ({ sandbox }) => ({
  status: 200,
  body: {
    snapshots: [...sandbox.snapshots]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, snapshot]) => describe(name, snapshot)),
  },
});

export const takeSnapshot: Endpoint<'takeSnapshot'> = ({ sandbox, path: { name } }) => {
  if (!isSandboxName(name)) throw toFailure('BAD_NAME', `${quote(name)} cannot name a snapshot.`);
  const isThere = sandbox.snapshots.has(name);
  if (!isThere && sandbox.snapshots.size >= MOST) {
    throw toFailure('TOO_MANY_SNAPSHOTS', `The sandbox has ${MOST} snapshots already.`);
  }
  return { status: isThere ? 200 : 201, body: describe(name, sandbox.takeSnapshot(name)) };
};

export const deleteSnapshot: Endpoint<'deleteSnapshot'> = ({ sandbox, path: { name } }) => {
  assertSnapshot(sandbox, name);
  sandbox.dropSnapshot(name);
  return { status: 204 };
};

export const restoreSnapshot: Endpoint<'restoreSnapshot'> = ({ sandbox, path: { name } }) => {
  assertSnapshot(sandbox, name);
  sandbox.restore(name);
  return { status: 204 };
};

/** @throws {Failure} with the nearest name */
export function assertSnapshot({ snapshots, name: sandbox }: Sandbox, name: string): void {
  if (snapshots.has(name)) return;
  const missing = `The sandbox "${sandbox}" has no snapshot ${quote(name)}`;
  throw toFailure('NO_SUCH_SNAPSHOT', `${missing}${suggest(name, snapshots.keys())}`);
}

function describe(name: string, { at }: Snapshot): components['schemas']['Snapshot'] {
  return { name, at: renderInstant(at) };
}
