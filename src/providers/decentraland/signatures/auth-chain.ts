import { findMessageSigner } from '../ethereum.ts';

/** One link of a chain, as sent: any part may be missing. */
export interface Link {
  readonly type?: unknown;
  readonly payload?: unknown;
  readonly signature?: unknown;
}

/** Whether a contract has signed. Only the blockchain can verify that. */
export function isOfContract([, second]: readonly Link[]): boolean {
  return second?.type === 'ECDSA_EIP_1654_EPHEMERAL' || second?.type === 'ECDSA_EIP_1654_SIGNED_ENTITY';
}

/**
 * FIDELITY: a chain begins with a wallet. Each further link is signed by the authority that the previous one named, and
 * names the next: a key that is lent until an instant, or the payload (shared library, measured, for the words).
 *
 * @param payloads the last link must have signed one of these
 * @param now real time in milliseconds
 * @returns the first error
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
  // FIDELITY: a link of an unknown type names no authority (shared library).
  return { authority: '' };
}

interface Lender {
  readonly signature: unknown;
  readonly authority: string;
  readonly now: number;
}

/** ASSUMED: the words for a payload without the required lines. */
function followLoan(message: string, { signature, authority, now }: Lender): Step {
  const [, borrower, until] = message.split('\n', 3);
  if (borrower === undefined || until === undefined) return { wrong: 'Invalid ephemeral payload' };
  const expiration = Date.parse(until.slice('Expiration: '.length));
  if (!(expiration > now)) return { wrong: `Ephemeral key expired. Expiration: ${expiration}. Test: ${now}` };
  const borrowed = borrower.slice('Ephemeral address: '.length);
  return findForgery(message, signature, authority) ?? { authority: borrowed };
}

/** ASSUMED: the words for a malformed signature. */
function findForgery(message: string, signature: unknown, authority: string): { readonly wrong: string } | undefined {
  const actual = findMessageSigner(Buffer.from(message), String(signature));
  if (actual === undefined) return { wrong: 'Invalid signature' };
  const expected = authority.toLowerCase();
  return actual === expected
    ? undefined
    : { wrong: `Invalid signer address. Expected: ${expected}. Actual: ${actual}` };
}
