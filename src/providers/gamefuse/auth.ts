import { parse as parseQueryString } from 'node:querystring';

import type { Request } from '../../core/exchange.ts';
import { Failure } from '../../core/failure.ts';
import type { Credentials } from '../../core/provider.ts';
import { assert, type ErrorCode } from './errors.ts';
import { isRecord, toWhole } from './parameters.ts';
import type { State, User } from './state.ts';
import { toVersion, type Version } from './versions.ts';

/**
 * The user's token, from a header or the query.
 *
 * FIDELITY: v2 is documented with an underscore and with a hyphen, and clients repeat the token as a
 * parameter (vendor docs, "using credits"; REST docs; JavaScript, C# and C++ clients). v3 clients send
 * the hyphen only, one of them the parameter (C++ client, v3). ASSUMED: v3 does not take the underscore.
 */
export function findToken({ headers, url }: Pick<Request, 'headers' | 'url'>): string | undefined {
  return findHeaderToken(headers, V3_URL.test(url) ? 'v3' : 'v2') ?? toToken(readQuery(url)[PARAMETER]);
}

const PARAMETER = 'authentication_token';
/** As a client sent it: slashes have not been put right. */
const V3_URL = /^\/+api\/+v3\//;

function findHeaderToken(headers: Request['headers'], version: Version): string | undefined {
  return toToken(headers['authentication-token']) ?? (version === 'v2' ? toToken(headers[PARAMETER]) : undefined);
}

function readQuery(url: string): Readonly<Record<string, unknown>> {
  const at = url.indexOf('?');
  return at < 0 ? {} : parseQueryString(url.slice(at + 1));
}

function toToken(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** FIDELITY: the leaderboard has texts of its own (REST docs, v2). */
const REFUSALS: Readonly<Record<string, ErrorCode>> = {
  addLeaderboardEntry: 'ENTRIES_OF_OTHERS_ADDED',
  clearLeaderboardEntries: 'ENTRIES_OF_OTHERS_CLEARED',
  listUserLeaderboardEntries: 'ENTRIES_OF_OTHERS_READ',
};

/** FIDELITY: v3 shows these of other users, too (REST docs, v3). ASSUMED: of the same game only. */
const SHOWN_IN_V3: ReadonlySet<string> = new Set(['listUserStoreItems', 'listUserLeaderboardEntries']);

/**
 * The user whose token it is, who may act for nobody else.
 *
 * FIDELITY: a wrong or stale token has the text of a missing one (REST docs). ASSUMED: so has the token of
 * another user, known or not, where nothing is documented.
 */
export function authenticate(credentials: Credentials, state: State): User {
  const { credential, headers, body, path, operationId, root } = credentials;
  // ASSUMED: a header beats the body, and the body the query, as with every other parameter.
  const inBody =
    findHeaderToken(headers, toVersion(root)) === undefined && isRecord(body) ? body[PARAMETER] : undefined;
  const token = toToken(inBody) ?? credential;
  const user = token === undefined ? undefined : state.users.findBy('token', token);
  if (!user) throw new Failure({ kind: 'unauthenticated' });
  if (!('id' in path)) return user;
  const id = toWhole(String(path.id));
  if (id === user.id) return user;
  const other = state.users.find(String(id));
  const shown = SHOWN_IN_V3.has(operationId) && toVersion(root) === 'v3' && other?.gameId === user.gameId;
  assert(shown, REFUSALS[operationId] ?? 'NO_USER_TOKEN');
  return user;
}
