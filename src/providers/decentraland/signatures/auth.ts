import { Clock } from '../../../core/values/clock.ts';
import { assertOr, Failure } from '../../../core/wire/failure.ts';
import type { Context, Credentials } from '../../../core/provider/call.ts';
import type { Decentraland } from '../operation.ts';
import { toAddress } from '../state.ts';
import { verify } from './signed-request.ts';
import type { Signer } from './signer.ts';

const ADDRESS = /^0x[a-fA-F0-9]{40}$/;

/** For tests only: everybody knows it. It is in the README. */
const ADMIN_TOKEN = 'decentraland_admin_token';

export function findToken(authorization: string | undefined): string | undefined {
  return /^Bearer (.+)$/.exec(authorization ?? '')?.[1];
}

/** Clients sign with the time of their own clocks, wherever that of the sandbox stands. */
const realTime = new Clock();

/**
 * FIDELITY: the first link of the chain of a signed request is JSON whose `payload` is the signer's address
 * (library); who signs for the address of another is refused (shop client). ASSUMED: where signatures are not checked the
 * link is believed, and one that cannot be read names nobody; an address that is none is told before its signer is.
 */
export function authenticate(
  credentials: Credentials,
  { options: { format, signatures, signatureWindow } }: Pick<Context<Decentraland>, 'options'>,
): Signer {
  if (credentials.operationId === 'grantCredit') {
    if (credentials.credential !== ADMIN_TOKEN) throw new Failure({ kind: 'unauthenticated' });
    // ASSUMED: whoever signs for the administrator, for nobody knows who may.
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

// What is no JSON costs 7 µs of processor time to find out, and most requests have no header.
function findPayload(header: unknown): unknown {
  if (typeof header !== 'string') return undefined;
  try {
    const link: unknown = JSON.parse(header);
    return typeof link === 'object' && link !== null && 'payload' in link ? link.payload : undefined;
  } catch {
    return undefined;
  }
}
