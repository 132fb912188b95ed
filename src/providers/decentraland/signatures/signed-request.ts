import type { Credentials } from '../../../core/provider/call.ts';
import { toMessage } from '../../../core/values/message.ts';
import { Failure } from '../../../core/wire/failure.ts';
import type { ErrorCode } from '../errors.ts';
import { findMistake, isOfContract, type Link } from './auth-chain.ts';

type SignedRequest = Pick<Credentials, 'method' | 'url' | 'headers'>;

interface Limits {
  /** Milliseconds for which a signature is valid. */
  readonly window: number;
  /** Real time. */
  readonly now: number;
}

/**
 * FIDELITY: a signed request (ADR-44) is verified in this order, and refused in these words (shared library, measured).
 * The cost is at most linear in the length of the headers.
 *
 * @returns the address of the signing wallet, as written in the chain
 */
export function verify({ method, url, headers }: SignedRequest, { window, now }: Limits): string {
  const chain = readChain(headers);
  const writtenTime = readHeader(headers, 'x-identity-timestamp');
  const writtenMetadata = readHeader(headers, 'x-identity-metadata');
  const time = Number(writtenTime || '0');
  if (!Number.isFinite(time)) refuse('INVALID_CHAIN_TIMESTAMP', writtenTime);
  const metadata = readMetadata(writtenMetadata);
  // FIDELITY: scenes may not send requests that are for a person (sibling services).
  if (Reflect.get(metadata, 'signer') === 'decentraland-kernel-scene') refuse('INVALID_METADATA');
  if (isOfContract(chain)) refuse('NO_CATALYST');
  const [path = ''] = url.split('?', 1);
  const signed = `${method}:${path}`.toLowerCase();
  const rest = `:${writtenTime}:${writtenMetadata}`;
  // FIDELITY: everything in lower case (shared library, 1.1.0), or only method and path (its newest generation).
  const payloads = [signed + rest.toLowerCase(), signed + rest];
  const mistake = findMistake(chain, payloads, now);
  if (mistake !== undefined) refuse('INVALID_SIGNATURE', mistake);
  if (time + window < now) {
    const ends = `timestamp expiration: ${time + window}, local timestamp: ${now}`;
    refuse('EXPIRED_SIGNATURE', `signature timestamp: ${time}, ${ends}`);
  }
  return String(chain[0]?.payload);
}

/** Reads one header for each number, until one is missing. */
function readChain(headers: SignedRequest['headers']): readonly Link[] {
  const chain: Link[] = [];
  for (;;) {
    const written = readHeader(headers, `x-identity-auth-chain-${chain.length}`);
    if (written === '') break;
    chain.push(parseLink(written));
  }
  if (chain.length < 2) refuse('INVALID_AUTH_CHAIN');
  return chain;
}

function parseLink(written: string): Link {
  try {
    return { ...(JSON.parse(written) as object | null) };
  } catch (error) {
    return refuse('INVALID_CHAIN_FORMAT', toMessage(error));
  }
}

function readMetadata(written: string): object {
  try {
    const metadata: unknown = JSON.parse(written === '' ? '{}' : written);
    if (typeof metadata === 'object' && metadata !== null && !Array.isArray(metadata)) return metadata;
  } catch {
    // As what is no object.
  }
  return refuse('INVALID_CHAIN_METADATA', `"${written}"`);
}

function readHeader(headers: SignedRequest['headers'], name: string): string {
  return String(headers[name] ?? '');
}

function refuse(code: ErrorCode, detail?: string): never {
  throw new Failure({ kind: 'refused', code, ...(detail !== undefined && { detail }) });
}
