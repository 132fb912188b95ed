import type { Origin } from '../core/sandbox/origin.ts';
import type { Sandbox } from '../core/sandbox/sandbox.ts';
import type { Sandboxes } from '../core/sandbox/sandboxes.ts';
import type { Roots } from '../core/store/roots.ts';
import { listRequests, type Bundle, type BundledAnswer, type BundledRequest } from './bundle.ts';
import { Player, type Stage } from './player.ts';

/** An emulator of which nobody else knows. */
export interface ReplayEnvironment extends Stage {
  readonly sandboxes: Sandboxes;
  /** The state that a document in the format of fixtures describes. @throws {ConfigError} */
  buildState(written: object, sandbox: Sandbox): Promise<{ readonly roots: Roots }>;
  /** What a sandbox has done. @throws {NotRecorded} */
  bundle(sandbox: Sandbox): Bundle;
}

/** Where an answer is another one than it was. */
export interface Difference {
  readonly id: string;
  readonly request: string;
  /** What of it differs, such as `body` or `headers.Content-Type`. */
  readonly where: string;
  readonly was: unknown;
  readonly is: unknown;
}

export interface Replayed {
  /** How many exchanges were compared and are the same. */
  readonly same: number;
  readonly difference: Difference | undefined;
}

/**
 * Plays a bundle and compares what clients see byte by byte.
 *
 * @throws {NotPlayable} @throws {NotRecorded} for an exchange that never ends
 */
export async function replay(bundle: Bundle, environment: ReplayEnvironment): Promise<Replayed> {
  const { sandboxes } = environment;
  // Made on purpose: it stays even if all that it is asked is refused.
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

/** With its numbers as they are. */
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
