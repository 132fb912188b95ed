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
  const named = findSequence(text) ?? findSequence(decode(text));
  const entry =
    named === undefined ? undefined : state.entries.find(toEntryKey({ merchantId, customerId, sequence: named }));
  assert(entry && [text, decode(text)].includes(toCursor(entry)), 'BAD_ENTRY');
  return entry;
}

const SEQUENCE = /#(\d{1,15})"\}$/;

function findSequence(text: string): number | undefined {
  const [, digits] = SEQUENCE.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
