import { Failure } from '../../../core/failure.ts';
import { assert } from '../errors.ts';
import type { GameFuseOperation } from '../operation.ts';
import { isGiven, isRecord, parseJsonText, toFlag, toText, toWhole } from '../parameters.ts';
import { NO_EXTRA_ATTRIBUTES, presentEntry, presentUser } from '../present.ts';
import { toCount } from '../rules.ts';
import type { LeaderboardEntry, State } from '../state.ts';
import type { components } from '../types.ts';
import { getUser } from '../users.ts';

// FIDELITY: `extra_attributes` is a text of JSON in v2, `metadata` an object in v3 (REST docs, v2 and v3).
// ASSUMED: both versions take both. Without a name or a score the call breaks: no other refusal is documented.
export const addLeaderboardEntry: GameFuseOperation<'addLeaderboardEntry'> = (call) => {
  const { params, state, principal, now, ids, root } = call;
  const leaderboardName = toText(params.leaderboard_name);
  assert(leaderboardName !== undefined && isGiven(params.score), 'UNKNOWN');
  state.leaderboardEntries.put({
    id: ids.next('leaderboard entry'),
    gameId: principal.gameId,
    userId: principal.id,
    leaderboardName,
    score: toCount(toWhole(params.score)),
    extraAttributes: toExtraAttributes(params.extra_attributes ?? params.metadata),
    createdAt: now,
  });
  return { status: 200, body: presentUser(principal, root) };
};

/** JSON text of an object. @throws BAD_EXTRA_ATTRIBUTES */
function toExtraAttributes(given: unknown): string {
  if (!isGiven(given)) return NO_EXTRA_ATTRIBUTES;
  const text = typeof given === 'string' ? given : JSON.stringify(given);
  assert(isRecord(parseJsonText(text)), 'BAD_EXTRA_ATTRIBUTES');
  return text;
}

// ASSUMED: a board without entries is cleared, too.
export const clearLeaderboardEntries: GameFuseOperation<'clearLeaderboardEntries'> = (call) => {
  const { params, state, principal, root } = call;
  const leaderboardName = toText(params.leaderboard_name);
  assert(leaderboardName !== undefined, 'UNKNOWN');
  const own = [...state.leaderboardEntries.list('user', { within: [principal.id] })];
  for (const entry of own) {
    if (entry.leaderboardName === leaderboardName) state.leaderboardEntries.delete(String(entry.id));
  }
  return { status: 200, body: presentUser(principal, root) };
};

// FIDELITY: one per user means one per user and board here (client tests).
export const listUserLeaderboardEntries: GameFuseOperation<'listUserLeaderboardEntries'> = (call) => {
  const { params, state, root } = call;
  const { id } = getUser(state, toWhole(params.id));
  const name = toText(params.leaderboard_name);
  const own = state.leaderboardEntries.list('user', { within: [id] });
  const wanted = [...own].filter(({ leaderboardName }) => name === undefined || leaderboardName === name);
  const entries = takeEntries(wanted, params, ({ leaderboardName }) => leaderboardName);
  return { status: 200, body: presentEntries(entries, state, root) };
};

// FIDELITY: a name without entries is refused, with 404 first and with 400 later (REST docs, v2).
// ASSUMED: a player sees the boards of its own game only.
export const listGameLeaderboardEntries: GameFuseOperation<'listGameLeaderboardEntries'> = (call) => {
  const { params, state, principal, root } = call;
  const name = toText(params.leaderboard_name) ?? '';
  const board = [principal.gameId, name];
  const isOwnGame = toWhole(params.game_id) === principal.gameId;
  const isEmpty = state.leaderboardEntries.list('board', { within: board }).next().done;
  if (!isOwnGame || isEmpty) throw new Failure({ kind: 'refused', code: 'NO_ENTRIES', detail: name });
  const entries = takeEntries(
    state.leaderboardEntries.list('board', { within: board }),
    params,
    ({ userId }) => userId,
  );
  return { status: 200, body: presentEntries(entries, state, root) };
};

interface Page {
  readonly limit?: string | number | null;
  readonly one_per_user?: string | number | boolean | null;
}

/** The first entries. ASSUMED: all of them without a limit, though it is documented as required. */
function takeEntries(
  entries: Iterable<LeaderboardEntry>,
  { limit, one_per_user }: Page,
  toGroup: (entry: LeaderboardEntry) => string | number,
): readonly LeaderboardEntry[] {
  const most = isGiven(limit) ? toWhole(limit) : Number.POSITIVE_INFINITY;
  const groups = toFlag(one_per_user) ? new Set<string | number>() : undefined;
  const taken: LeaderboardEntry[] = [];
  for (const entry of entries) {
    if (taken.length >= most) break;
    const group = toGroup(entry);
    if (groups?.has(group)) continue;
    groups?.add(group);
    taken.push(entry);
  }
  return taken;
}

function presentEntries(
  entries: readonly LeaderboardEntry[],
  state: State,
  root: string,
): components['schemas']['LeaderboardEntries'] {
  return {
    leaderboard_entries: entries.map((entry) => presentEntry(entry, getUser(state, entry.userId), root)),
  };
}
