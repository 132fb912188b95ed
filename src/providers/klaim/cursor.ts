import { assert } from './errors.ts';
import type { AppId, State, User } from './state.ts';

/** Where a page of users ended. The vendor's names suggest the key of a table: partition and sort key. */
export interface Cursor {
  readonly prefix_app_id: string;
  readonly type_id: string;
}

const PREFIX = 'user#';

export function toCursor({ appId, klaimId }: User): Cursor {
  return { prefix_app_id: `${PREFIX}${appId}`, type_id: `${PREFIX}${klaimId}` };
}

/**
 * The user that a page starts after.
 *
 * ASSUMED: nothing shows how the key is sent; it is taken as JSON text, as `lastKey` gives it.
 * A key that is no JSON, or another app's, is refused: ignoring it would page in circles.
 */
export function parseCursor(text: string, appId: AppId, state: State): User {
  const cursor = parseJson(text);
  assert(typeof cursor === 'object' && cursor !== null, 'INVALID_JSON');
  assert('prefix_app_id' in cursor && cursor.prefix_app_id === `${PREFIX}${appId}`, 'INVALID_JSON');
  assert('type_id' in cursor && typeof cursor.type_id === 'string', 'INVALID_JSON');
  assert(cursor.type_id.startsWith(PREFIX), 'INVALID_JSON');
  const last = state.users.find(cursor.type_id.slice(PREFIX.length));
  assert(last?.appId === appId, 'INVALID_JSON');
  return last;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
