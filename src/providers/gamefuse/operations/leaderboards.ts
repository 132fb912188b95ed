import type { Context } from '../../../core/provider/call.ts';
import { Failure } from '../../../core/wire/failure.ts';
import { assert } from '../errors.ts';
import type { GameFuse, GameFuseOperation } from '../operation.ts';
import { isGiven, toExtraAttributes, toFlag, toText, toWhole } from '../parameters.ts';
import { presentEntry, presentUser } from '../present.ts';
import { toCount } from '../rules.ts';
import { NO_EXTRA_ATTRIBUTES, type LeaderboardEntry } from '../state.ts';
import type { components } from '../../../generated/gamefuse.ts';
import { getUser } from '../users.ts';

// FIDELITY: v2 has `extra_attributes`, a JSON text; v3 has `metadata`, an object (REST docs, v2 and v3).
// ASSUMED: both versions take both; extra attributes that are not empty override metadata. A request without a name or
// a score fails with 500, because no other refusal is documented.
export const addLeaderboardEntry: GameFuseOperation<'addLeaderboardEntry'> = (call) => {
  const { params, state, principal, now, ids, basePath } = call;
  const leaderboardName = toText(params.leaderboard_name);
  assert(leaderboardName !== undefined && isGiven(params.score), 'UNKNOWN');
  const extraAttributes = parseExtras(params.extra_attributes);
  state.leaderboardEntries.put({
    id: ids.next('leaderboard entry'),
    gameId: principal.gameId,
    userId: principal.id,
    leaderboardName,
    score: toCount(toWhole(params.score)),
    extraAttributes: extraAttributes === NO_EXTRA_ATTRIBUTES ? parseExtras(params.metadata) : extraAttributes,
    createdAt: now,
  });
  return { status: 200, body: presentUser(principal, basePath) };
};

/** Returns the JSON text of an object. @throws BAD_EXTRA_ATTRIBUTES */
function parseExtras(given: unknown): string {
  if (!isGiven(given)) return NO_EXTRA_ATTRIBUTES;
  const text = toExtraAttributes(typeof given === 'string' ? given : JSON.stringify(given));
  assert(text !== undefined, 'BAD_EXTRA_ATTRIBUTES');
  return text;
}

// ASSUMED: clearing a board without entries succeeds.
export const clearLeaderboardEntries: GameFuseOperation<'clearLeaderboardEntries'> = (call) => {
  const { params, state, principal, basePath } = call;
  const leaderboardName = toText(params.leaderboard_name);
  assert(leaderboardName !== undefined, 'UNKNOWN');
  const own = [...state.leaderboardEntries.list('user', { within: [principal.id] })];
  for (const entry of own) {
    if (entry.leaderboardName === leaderboardName) state.leaderboardEntries.delete(String(entry.id));
  }
  return { status: 200, body: presentUser(principal, basePath) };
};

// FIDELITY: `one_per_user` means one per user and board here (client tests).
export const listUserLeaderboardEntries: GameFuseOperation<'listUserLeaderboardEntries'> = (call) => {
  const { params, state } = call;
  const { id } = getUser(state, toWhole(params.id));
  const name = toText(params.leaderboard_name);
  const own = selectBoard(state.leaderboardEntries.list('user', { within: [id] }), name);
  const entries = findEntries(own, params, ({ leaderboardName }) => leaderboardName) ?? [];
  return { status: 200, body: presentEntries(entries, call) };
};

/** Lazy, so that no more entries are read than the limit. */
function* selectBoard(entries: Iterable<LeaderboardEntry>, name: string | undefined): Iterable<LeaderboardEntry> {
  for (const entry of entries) if (name === undefined || entry.leaderboardName === name) yield entry;
}

// FIDELITY: a name without entries is refused; the docs first gave 404, later 400 (REST docs, v2).
// ASSUMED: a player sees only the boards of its own game.
export const listGameLeaderboardEntries: GameFuseOperation<'listGameLeaderboardEntries'> = (call) => {
  const { params, state, principal } = call;
  const name = toText(params.leaderboard_name) ?? '';
  const isOwnGame = toWhole(params.game_id) === principal.gameId;
  const board = state.leaderboardEntries.list('board', { within: [principal.gameId, name] });
  const entries = isOwnGame ? findEntries(board, params, ({ userId }) => userId) : undefined;
  if (!entries) throw new Failure({ kind: 'refused', code: 'NO_ENTRIES', detail: name });
  return { status: 200, body: presentEntries(entries, call) };
};

interface Page {
  readonly limit?: string | number | null;
  readonly one_per_user?: string | number | boolean | null;
}

/**
 * Takes the first entries; `undefined` if the board is empty. ASSUMED: without a limit, which is documented
 * as required, all entries; with a limit below 1, none.
 */
function findEntries(
  entries: Iterable<LeaderboardEntry>,
  { limit, one_per_user }: Page,
  toGroup: (entry: LeaderboardEntry) => string | number,
): readonly LeaderboardEntry[] | undefined {
  const most = isGiven(limit) ? toWhole(limit) : Number.POSITIVE_INFINITY;
  const groups = toFlag(one_per_user) ? new Set<string | number>() : undefined;
  let taken: LeaderboardEntry[] | undefined;
  for (const entry of entries) {
    taken ??= [];
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
  { state, basePath, options }: Pick<Context<GameFuse>, 'state' | 'options'> & { readonly basePath: string },
): components['schemas']['LeaderboardEntries'] {
  return {
    leaderboard_entries: entries.map((entry) => presentEntry(entry, getUser(state, entry.userId), basePath, options)),
  };
}
