import { renderInstant } from '../../core/values/clock.ts';
import { assert } from './errors.ts';
import { toEntryKey, type Entry, type Owner, type State } from './state.ts';

/**
 * Returns the end of a ledger page, for the client to send back.
 *
 * FIDELITY: it must be encoded in a URL (published document). ASSUMED: JSON text of a key, as in such tables, with a
 * `#`, so that a client that forgets to encode it sends only half of it and is refused.
 */
export function toCursor({ customerId, createdAt, sequence }: Entry): string {
  return JSON.stringify({ customerId, entry: `${renderInstant(createdAt)}#${sequence}` });
}

/**
 * Returns the entry that a page starts after. ASSUMED: a second layer of percent-encoding is removed, for clients that
 * encode the cursor twice.
 *
 * @throws BAD_ENTRY if it does not name an entry of this member
 */
export function parseCursor(text: string, { merchantId, customerId }: Owner, state: State): Entry {
  for (const cursor of [text, decode(text)]) {
    const [, digits] = /#(\d{1,15})"\}$/.exec(cursor) ?? [];
    const entry = digits && state.entries.find(toEntryKey({ merchantId, customerId, sequence: Number(digits) }));
    if (entry && toCursor(entry) === cursor) return entry;
  }
  assert(false, 'BAD_ENTRY');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
