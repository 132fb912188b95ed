import type { Origin } from '../core/sandbox/origin.ts';
import type { Sandbox } from '../core/sandbox/sandbox.ts';
import type { Sandboxes } from '../core/sandbox/sandboxes.ts';
import type { Roots } from '../core/store/roots.ts';
import { listRequests, type Bundle, type BundledAnswer, type BundledRequest } from './bundle.ts';
import { Player, type Stage } from './player.ts';

/** A private emulator, which no client uses. */
export interface ReplayEnvironment extends Stage {
  readonly sandboxes: Sandboxes;
  /** Builds the state that a state document describes. @throws {ConfigError} */
  buildState(written: object, sandbox: Sandbox): Promise<{ readonly roots: Roots }>;
  /** Records what a sandbox has done. @throws {NotRecorded} */
  bundle(sandbox: Sandbox): Bundle;
}

/** The first part of a response that differs. */
export interface Difference {
  readonly id: string;
  readonly request: string;
  /** The part that differs, such as `body` or `headers.Content-Type`. */
  readonly where: string;
  readonly was: unknown;
  readonly is: unknown;
}

export interface Replayed {
  /** The number of exchanges that were compared and are equal. */
  readonly same: number;
  readonly difference: Difference | undefined;
}

/**
 * Replays a bundle and compares the responses byte by byte.
 *
 * @throws {NotPlayable} @throws {NotRecorded} for an exchange that never ends
 */
export async function replay(bundle: Bundle, environment: ReplayEnvironment): Promise<Replayed> {
  const { sandboxes } = environment;
  // Created explicitly, so that it stays even if every request is refused.
  const sandbox = sandboxes.begin(bundle.sandbox, undefined);
  const player = new Player(environment, sandbox);
  for (const [index, { how, at, numbering, state, items }] of bundle.chapters.entries()) {
    const { roots } = await environment.buildState({ ...state, clock: at }, sandbox);
    const isAnew = index === 0 || how === 'start' || how === 'reset' || how === 'fork';
    if (isAnew) {
      if (index > 0) player.begin();
      sandbox.remake(toOrigin({ ...roots, numbering }, sandbox));
    } else sandbox.import(roots, false);
    for (const item of items) await player.play(item);
  }
  player.end();
  const played = listRequests(environment.bundle(sandbox));
  let same = 0;
  for (const [index, recorded] of listRequests(bundle).entries()) {
    const difference = findDifference(recorded, played[index]);
    if (difference) return { same, difference };
    same += 1;
  }
  return { same, difference: undefined };
}

/** Makes an origin that keeps the numbers of the roots. */
export function toOrigin(roots: Roots, { providers }: Sandbox): Origin {
  return { roots, base: roots.collections, providers, snapshots: new Map() };
}

function findDifference(recorded: BundledRequest, played: BundledRequest | undefined): Difference | undefined {
  const { id, method, url } = recorded;
  const named = { id, request: `${method} ${url}` };
  if (!played) return { ...named, where: 'answer', was: recorded.answer, is: undefined };
  if (JSON.stringify(recorded.answer) === JSON.stringify(played.answer)) return undefined;
  const parts = [
    ...new Set([...Object.keys(recorded.answer), ...Object.keys(played.answer)]),
  ] as (keyof BundledAnswer)[];
  for (const where of parts) {
    const [was, is] = [recorded.answer[where], played.answer[where]];
    if (JSON.stringify(was) !== JSON.stringify(is)) return { ...named, where, was, is };
  }
  return { ...named, where: 'answer', was: recorded.answer, is: played.answer };
}
