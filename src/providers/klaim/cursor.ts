import type { CallOf } from '../../core/provider/call.ts';
import { assert } from './errors.ts';
import type { Klaim } from './operation.ts';
import type { AppId, State, User } from './state.ts';

/** Where a page of users ended. The vendor's names suggest the key of a table: partition and sort key. */
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
 * The cursor that a request holds, in whichever form it came.
 *
 * ASSUMED: the vendor names it `starting_after`, gives it as `lastKey` and shows no request with one. So every form
 * is taken that the docs can be read to mean, and what looks like a cursor and is none is refused: the first page
 * for an answer would have the client page in circles.
 *
 * @throws INVALID_JSON also where there are two that differ
 */
export function findCursor(query: Query, body: Body): Cursor | undefined {
  let found: Cursor | undefined;
  for (const written of listWritten(query, body)) {
    const cursor = parseCursor(written);
    if (!cursor) continue;
    const isOther = found && (found.prefix_app_id !== cursor.prefix_app_id || found.type_id !== cursor.type_id);
    assert(!isOther, 'INVALID_JSON');
    found = cursor;
  }
  return found;
}

/** @throws INVALID_JSON for another app's key, and where nobody has it */
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

/** Whatever may be a cursor: values under its names, and the halves of one. */
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

/** ASSUMED: the same twice counts once. Where one differs they stay a list, which is no half of a key. */
function toSingle(value: string | readonly string[] | undefined): unknown {
  return typeof value === 'object' && new Set(value).size === 1 ? value[0] : value;
}

function toPair(prefix_app_id: unknown, type_id: unknown): Partial<Record<keyof Cursor, unknown>> {
  return {
    ...(prefix_app_id === undefined ? undefined : { prefix_app_id }),
    ...(type_id === undefined ? undefined : { type_id }),
  };
}

/** @throws INVALID_JSON for what is no cursor, unless it is what clients send that have none yet */
function parseCursor(written: unknown): Cursor | undefined {
  if (written === undefined || written === null || written === '') return undefined;
  assert(typeof written === 'object' && !Array.isArray(written), 'INVALID_JSON');
  if (Object.keys(written).length === 0) return undefined;
  assert('prefix_app_id' in written && isFilled(written.prefix_app_id), 'INVALID_JSON');
  assert('type_id' in written && isFilled(written.type_id), 'INVALID_JSON');
  return { prefix_app_id: written.prefix_app_id, type_id: written.type_id };
}

function isFilled(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** @throws INVALID_JSON also for text in JSON, which a cursor never is */
function parseText(text: string): unknown {
  const value = parseJson(text);
  assert(value !== undefined && typeof value !== 'string', 'INVALID_JSON');
  return value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
