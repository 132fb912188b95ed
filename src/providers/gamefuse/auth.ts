import type { AccountOwner } from '../../core/provider/provider.ts';
import type { Request } from '../../core/wire/request.ts';
import { Failure, unauthenticated, type Failed } from '../../core/wire/failure.ts';
import { parseFields } from '../../core/wire/body.ts';
import type { Credentials, ParsedRequest } from '../../core/provider/call.ts';
import { assert, type ErrorCode } from './errors.ts';
import {
  assertRoute,
  getKeyUser,
  getSystemKey,
  hasServiceKey,
  isSystemKey,
  KEY_TOKEN,
  TEST_SUITE,
  type SystemKey,
} from './keys/access.ts';
import { isRecord, toWhole } from './parameters.ts';
import { body as policy } from './policies.ts';
import { getReadable } from './users.ts';
import type { State, User } from './state.ts';
import { toVersion, type Version } from './versions.ts';

/**
 * The user's token, from a header or the query.
 *
 * FIDELITY: v2 is documented with an underscore and with a hyphen, and clients repeat the token as a
 * parameter (vendor docs, "using credits"; REST docs; JavaScript, C# and C++ clients). v3 clients send
 * the hyphen only; one of them sends the parameter on one route (C++ client, v3). ASSUMED: v3 takes the
 * parameter on every route, and not the underscore. A server on Rack would see both spellings alike;
 * here it is refused, so that clients keep to what is documented.
 */
export function findToken({ headers, url }: Pick<Request, 'headers' | 'url'>): string | undefined {
  const version = V3_URL.test(url) ? 'v3' : 'v2';
  if (version === 'v3' && hasServiceKey(headers)) return toToken(headers[KEY_TOKEN]);
  return findHeaderToken(headers, version) ?? toToken(parseQuery(url)[PARAMETER]);
}

const PARAMETER = 'authentication_token';
/** As a client sent it: slashes have not been put right. */
const V3_URL = /^\/+api\/+v3\//;

function findHeaderToken(headers: Request['headers'], version: Version): string | undefined {
  return toToken(headers['authentication-token']) ?? (version === 'v2' ? toToken(headers[PARAMETER]) : undefined);
}

/** As the operations' own parameters are read: of a token that repeats, the last counts. */
function parseQuery(url: string): Readonly<Record<string, unknown>> {
  const at = url.indexOf('?');
  return at < 0 ? {} : parseFields(url.slice(at + 1), policy);
}

function toToken(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The player whose account a call is about, by the id that the ledger has, however the path writes it. */
export function findSubject({ path }: Pick<ParsedRequest, 'path'>): string | undefined {
  return 'id' in path ? String(toWhole(String(path.id))) : undefined;
}

/** Of a magic subject. */
export function findFault(state: State, subject: string): string | undefined {
  return state.users.findBy('fault', subject)?.fault;
}

export function findName(state: State, { account }: AccountOwner): string | undefined {
  return state.users.find(account)?.username;
}

export function identify(principal: User | SystemKey): AccountOwner {
  if (isSystemKey(principal)) return { tenant: '', account: principal.name };
  return { tenant: String(principal.gameId), account: String(principal.id) };
}

/** FIDELITY: the leaderboard has texts of its own (REST docs, v2). */
const REFUSALS: Readonly<Record<string, ErrorCode>> = {
  addLeaderboardEntry: 'ENTRIES_OF_OTHERS_ADDED',
  clearLeaderboardEntries: 'ENTRIES_OF_OTHERS_CLEARED',
  listUserLeaderboardEntries: 'ENTRIES_OF_OTHERS_READ',
};

/** FIDELITY: v2 knows the first ring of operations but for the look at a user (REST docs, v2). */
const IN_V2: ReadonlySet<string> = new Set([
  'addCredits',
  'setCredits',
  'addScore',
  'setScore',
  'listUserStoreItems',
  'purchaseStoreItem',
  'removeStoreItem',
  'listAttributes',
  'addAttributes',
  'removeAttributes',
  'addLeaderboardEntry',
  'clearLeaderboardEntries',
  'listUserLeaderboardEntries',
  'listGameLeaderboardEntries',
]);

/** FIDELITY: v3 shows these of other users of the game, too (REST docs, v3). */
const SHOWN_IN_V3: ReadonlySet<string> = new Set([
  'showUser',
  'listUserStoreItems',
  'listAttributes',
  'listUserLeaderboardEntries',
]);

/**
 * The user whose token it is, who may act for nobody else, or for whom a service key acts; for the test suite the key.
 *
 * FIDELITY: a wrong or stale token has the text of a missing one (REST docs). ASSUMED: so has the token of
 * another user, known or not, where nothing is documented.
 */
export function authenticate(credentials: Credentials, state: State): User | SystemKey | Failed<ErrorCode> {
  const { credential, headers, path, operationId, basePath } = credentials;
  const version = toVersion(basePath);
  if (version === 'v2' && !IN_V2.has(operationId)) throw new Failure({ kind: 'notFound' });
  if (TEST_SUITE.has(operationId)) return getSystemKey(state, headers, credential);
  const isByKey = version === 'v3' && hasServiceKey(headers);
  const user = isByKey ? getKeyUser(state, headers, credential) : findUser(credentials, version, state);
  if (!user) return unauthenticated();
  if ('id' in path) assertReadable(toWhole(String(path.id)), user, operationId, version, state);
  // ASSUMED: key, user and path come before the route.
  assertRoute(state, user.gameId, operationId, isByKey ? 'keys' : 'users');
  return user;
}

function findUser(credentials: Credentials, version: Version, state: State): User | undefined {
  const { credential, headers, body } = credentials;
  // ASSUMED: a header beats the body, and the body the query, as with every other parameter.
  const inBody = findHeaderToken(headers, version) === undefined && isRecord(body) ? body[PARAMETER] : undefined;
  const token = toToken(inBody) ?? credential;
  return token === undefined ? undefined : state.users.findBy('token', token);
}

function assertReadable(id: number, user: User, operationId: string, version: Version, state: State): void {
  if (id === user.id) return;
  assert(SHOWN_IN_V3.has(operationId) && version === 'v3', REFUSALS[operationId] ?? 'NO_USER_TOKEN');
  getReadable(state, user, id);
}
