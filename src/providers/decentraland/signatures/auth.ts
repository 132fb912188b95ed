import { Clock } from '../../../core/values/clock.ts';
import { assertOr, Failure } from '../../../core/wire/failure.ts';
import type { Context, Credentials } from '../../../core/provider/call.ts';
import type { Decentraland } from '../operation.ts';
import { toAddress } from '../state.ts';
import { verify } from './signed-request.ts';
import type { Signer } from './signer.ts';

const ADDRESS = /^0x[a-fA-F0-9]{40}$/;

/** For tests only: this token is public. It is in the README. */
const ADMIN_TOKEN = 'decentraland_admin_token';

export function findToken(authorization: string | undefined): string | undefined {
  return /^Bearer (.+)$/.exec(authorization ?? '')?.[1];
}

/** Clients sign with their own clocks, whatever the clock of the sandbox. */
const realTime = new Clock();

/**
 * FIDELITY: the first link of the chain of a signed request is JSON whose `payload` is the signer's address (library); a
 * signature for another wallet's address is refused (shop client). ASSUMED: if signatures are not checked, the link is
 * believed, and an unreadable one names no signer; a malformed address is refused before a wrong signer.
 */
export function authenticate(
  credentials: Credentials,
  { options: { format, signatures, signatureWindow } }: Pick<Context<Decentraland>, 'options'>,
): Signer {
  if (credentials.operationId === 'grantCredit') {
    if (credentials.credential !== ADMIN_TOKEN) throw new Failure({ kind: 'unauthenticated' });
    // ASSUMED: any signer may act as the administrator, because the allowed ones are not known.
    if (signatures === 'check' && format === 'wire')
      verify(credentials, { window: signatureWindow, now: realTime.now() });
    return {};
  }
  if (signatures === 'off') return findClaimed(credentials.headers['x-identity-auth-chain-0']);
  const address = toAddress(verify(credentials, { window: signatureWindow, now: realTime.now() }));
  const named = 'address' in credentials.path ? String(credentials.path.address) : '';
  assertOr(!ADDRESS.test(named) || toAddress(named) === address, 'NOT_THE_SIGNER');
  return { address };
}

function findClaimed(header: unknown): Signer {
  const payload = findPayload(header);
  return typeof payload === 'string' && ADDRESS.test(payload) ? { address: toAddress(payload) } : {};
}

// Failing to parse JSON costs 7 µs of processor time, and most requests have no header.
function findPayload(header: unknown): unknown {
  if (typeof header !== 'string') return undefined;
  try {
    const link: unknown = JSON.parse(header);
    return typeof link === 'object' && link !== null && 'payload' in link ? link.payload : undefined;
  } catch {
    return undefined;
  }
}
