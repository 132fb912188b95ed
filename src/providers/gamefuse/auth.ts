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
 * Finds the user's token in a header or the query.
 *
 * FIDELITY: v2 is documented with an underscore and with a hyphen, and clients repeat the token as a
 * parameter (vendor docs, "using credits"; REST docs; JavaScript, C# and C++ clients). v3 clients send
 * the hyphen only; one of them sends the parameter on one route (C++ client, v3). ASSUMED: v3 takes the
 * parameter on every route, and refuses the underscore. A server on Rack cannot distinguish the two
 * spellings; the emulator does, so that clients keep to what is documented.
 */
export function findToken({ headers, url }: Pick<Request, 'headers' | 'url'>): string | undefined {
  const version = V3_URL.test(url) ? 'v3' : 'v2';
  if (version === 'v3' && hasServiceKey(headers)) return toToken(headers[KEY_TOKEN]);
  return findHeaderToken(headers, version) ?? toToken(parseQuery(url)[PARAMETER]);
}

const PARAMETER = 'authentication_token';
/** The URL as the client sent it, possibly with repeated slashes. */
const V3_URL = /^\/+api\/+v3\//;

function findHeaderToken(headers: Request['headers'], version: Version): string | undefined {
  return toToken(headers['authentication-token']) ?? (version === 'v2' ? toToken(headers[PARAMETER]) : undefined);
}

/** Parses the query like the parameters of operations: the last of repeated tokens counts. */
function parseQuery(url: string): Readonly<Record<string, unknown>> {
  const at = url.indexOf('?');
  return at < 0 ? {} : parseFields(url.slice(at + 1), policy);
}

function toToken(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Finds the id of the account that a call is about, as the ledger writes it, however the path does. */
export function findSubject({ path }: Pick<ParsedRequest, 'path'>): string | undefined {
  return 'id' in path ? String(toWhole(String(path.id))) : undefined;
}

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

/** FIDELITY: the leaderboard has its own texts (REST docs, v2). */
const REFUSALS: Readonly<Record<string, ErrorCode>> = {
  addLeaderboardEntry: 'ENTRIES_OF_OTHERS_ADDED',
  clearLeaderboardEntries: 'ENTRIES_OF_OTHERS_CLEARED',
  listUserLeaderboardEntries: 'ENTRIES_OF_OTHERS_READ',
};

/** FIDELITY: of the operations of players, v2 has only these (REST docs, v2). */
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

/** FIDELITY: v3 also shows these for other users of the game (REST docs, v3). */
const SHOWN_IN_V3: ReadonlySet<string> = new Set([
  'showUser',
  'listUserStoreItems',
  'listAttributes',
  'listUserLeaderboardEntries',
]);

/**
 * Returns the user whose token it is, or for whom a service key acts; for the test suite, the key. A user can act only
 * for itself.
 *
 * FIDELITY: a wrong or stale token gets the text of a missing one (REST docs). ASSUMED: so does the token of another
 * user, whether the user in the path exists or not, unless another text is documented.
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
  // ASSUMED: key, user and path are checked before the route.
  assertRoute(state, user.gameId, operationId, isByKey ? 'keys' : 'users');
  return user;
}

function findUser(credentials: Credentials, version: Version, state: State): User | undefined {
  const { credential, headers, body } = credentials;
  // ASSUMED: a header overrides the body, and the body overrides the query, as for every other parameter.
  const inBody = findHeaderToken(headers, version) === undefined && isRecord(body) ? body[PARAMETER] : undefined;
  const token = toToken(inBody) ?? credential;
  return token === undefined ? undefined : state.users.findBy('token', token);
}

function assertReadable(id: number, user: User, operationId: string, version: Version, state: State): void {
  if (id === user.id) return;
  assert(SHOWN_IN_V3.has(operationId) && version === 'v3', REFUSALS[operationId] ?? 'NO_USER_TOKEN');
  getReadable(state, user, id);
}
