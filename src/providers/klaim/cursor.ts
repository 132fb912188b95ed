import type { CallOf } from '../../core/provider/call.ts';
import { assert } from './errors.ts';
import type { Klaim } from './operation.ts';
import type { AppId, State, User } from './state.ts';

/** The end of a page of users. The vendor's names suggest the key of a table: partition and sort key. */
export interface Cursor {
  readonly prefix_app_id: string;
  readonly type_id: string;
}

type Listing = CallOf<Klaim['spec']['listUsers']>;
type Query = Listing['query'];
type Body = Listing['body'];

const PREFIX = 'user#';

export function toCursor({ appId, klaimId }: User): Cursor {
  return { prefix_app_id: `${PREFIX}${appId}`, type_id: `${PREFIX}${klaimId}` };
}

/**
 * Finds the cursor of a request, in any form.
 *
 * ASSUMED: the vendor names it `starting_after`, returns it as `lastKey` and shows no request with one. So every form
 * that the docs may mean is accepted. An invalid cursor is refused, because the first page as a response would make the
 * client page in circles.
 *
 * @throws INVALID_JSON also for two cursors that differ
 */
export function findCursor(query: Query, body: Body): Cursor | undefined {
  const found = listWritten(query, body).flatMap((written) => parseCursor(written) ?? []);
  const [first] = found;
  for (const { prefix_app_id, type_id } of found) {
    assert(prefix_app_id === first?.prefix_app_id && type_id === first.type_id, 'INVALID_JSON');
  }
  return first;
}

/** @throws INVALID_JSON for another app's key, and for an unknown one */
export function getUserByCursor({ prefix_app_id, type_id }: Cursor, appId: AppId, state: State): User {
  assert(prefix_app_id === `${PREFIX}${appId}` && type_id.startsWith(PREFIX), 'INVALID_JSON');
  const last = state.users.find(type_id.slice(PREFIX.length));
  assert(last?.appId === appId, 'INVALID_JSON');
  return last;
}

const PAIRS = [
  ['starting_after[prefix_app_id]', 'starting_after[type_id]'],
  ['lastKey[prefix_app_id]', 'lastKey[type_id]'],
  ['starting_after.prefix_app_id', 'starting_after.type_id'],
  ['lastKey.prefix_app_id', 'lastKey.type_id'],
  ['prefix_app_id', 'type_id'],
] as const satisfies readonly (readonly [keyof Query, keyof Query])[];

/** Lists everything that may be a cursor: values under its names, and pairs of halves. */
function listWritten(query: Query, body: Body = {}): readonly unknown[] {
  return [
    ...[query.starting_after, query.lastKey].flat().map((text) => text && parseText(text)),
    ...PAIRS.map(([app, type]) => toPair(toSingle(query[app]), toSingle(query[type]))),
    ...[body.starting_after, body.lastKey].map((value) =>
      typeof value === 'string' ? value && parseText(value) : value,
    ),
    toPair(body.prefix_app_id, body.type_id),
  ];
}

/** ASSUMED: equal values count once. Different values stay a list, which is not a valid half of a key. */
function toSingle(value: string | readonly string[] | undefined): unknown {
  return typeof value === 'object' && new Set(value).size === 1 ? value[0] : value;
}

function toPair(prefix_app_id: unknown, type_id: unknown): unknown {
  return prefix_app_id === undefined && type_id === undefined ? undefined : { prefix_app_id, type_id };
}

/** @throws INVALID_JSON for an invalid cursor, except the empty values that clients send for the first page */
function parseCursor(written: unknown): Cursor | undefined {
  if (written === undefined || written === null || written === '') return undefined;
  assert(typeof written === 'object' && !Array.isArray(written), 'INVALID_JSON');
  if (Object.keys(written).length === 0) return undefined;
  const { prefix_app_id, type_id }: Partial<Record<keyof Cursor, unknown>> = written;
  assert(isFilled(prefix_app_id) && isFilled(type_id), 'INVALID_JSON');
  return { prefix_app_id, type_id };
}

function isFilled(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** @throws INVALID_JSON also for a JSON string, which is never a cursor */
function parseText(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    assert(false, 'INVALID_JSON');
  }
  assert(typeof value !== 'string', 'INVALID_JSON');
  return value;
}
