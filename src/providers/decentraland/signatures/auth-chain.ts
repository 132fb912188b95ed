import { findMessageSigner } from '../ethereum.ts';

/** One link of a chain, as it was sent: nothing of it need be there. */
export interface Link {
  readonly type?: unknown;
  readonly payload?: unknown;
  readonly signature?: unknown;
}

/** Whether a contract has signed, which only the chain can tell. */
export function isOfContract([, second]: readonly Link[]): boolean {
  return second?.type === 'ECDSA_EIP_1654_EPHEMERAL' || second?.type === 'ECDSA_EIP_1654_SIGNED_ENTITY';
}

/**
 * FIDELITY: a chain begins with a wallet; each further link is signed by whom the last one has named, and names another: a
 * key that is lent until an instant, or what was to be signed (shared library, measured, for the words).
 *
 * @param payloads of which one has to be what was signed at last
 * @param now real time in milliseconds
 * @returns what is wrong with it
 */
export function findMistake(chain: readonly Link[], payloads: readonly string[], now: number): string | undefined {
  const isWellFormed = chain.every(({ type }, index) => (type === 'SIGNER') === (index === 0));
  if (!isWellFormed) return 'ERROR: Malformed authChain';
  let authority = '';
  for (const link of chain) {
    const step = follow(link, authority, now);
    if ('wrong' in step) return `ERROR. Link type: ${String(link.type)}. ${step.wrong}.`;
    authority = step.authority;
  }
  if (payloads.includes(authority)) return undefined;
  return `ERROR: Invalid final authority. Expected: ${payloads[0] ?? ''}. Current ${authority}.`;
}

type Step = { readonly authority: string } | { readonly wrong: string };

function follow({ type, payload, signature }: Link, authority: string, now: number): Step {
  const text = String(payload);
  if (type === 'SIGNER') return { authority: text };
  if (type === 'ECDSA_EPHEMERAL') return followLoan(text.replaceAll('\r', ''), { signature, authority, now });
  if (type === 'ECDSA_SIGNED_ENTITY') return findForgery(text, signature, authority) ?? { authority: text };
  // FIDELITY: a link of an unknown type names nobody (shared library).
  return { authority: '' };
}

interface Lender {
  readonly signature: unknown;
  readonly authority: string;
  readonly now: number;
}

/** ASSUMED: the words for a payload without the lines that it has to have. */
function followLoan(message: string, { signature, authority, now }: Lender): Step {
  const [, borrower, until] = message.split('\n', 3);
  if (borrower === undefined || until === undefined) return { wrong: 'Invalid ephemeral payload' };
  const expiration = Date.parse(until.slice('Expiration: '.length));
  if (!(expiration > now)) return { wrong: `Ephemeral key expired. Expiration: ${expiration}. Test: ${now}` };
  const borrowed = borrower.slice('Ephemeral address: '.length);
  return findForgery(message, signature, authority) ?? { authority: borrowed };
}

/** ASSUMED: the words for what is no signature at all. */
function findForgery(message: string, signature: unknown, authority: string): { readonly wrong: string } | undefined {
  const actual = findMessageSigner(Buffer.from(message), String(signature));
  if (actual === undefined) return { wrong: 'Invalid signature' };
  const expected = authority.toLowerCase();
  return actual === expected
    ? undefined
    : { wrong: `Invalid signer address. Expected: ${expected}. Actual: ${actual}` };
}
