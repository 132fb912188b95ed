import type { LimitPolicy } from '../../core/provider/provider.ts';
import type { OptionValues } from '../../core/provider/options.ts';
import type { BodyPolicy, CorsPolicy, PathPolicy } from '../../core/wire/policies.ts';
import { findApiKey } from './auth.ts';
import type { options } from './options.ts';

export const body: BodyPolicy = {
  // FIDELITY: text is read, and then refused because it is not an object (real server).
  accept: ['application/json', 'text/plain'],
  // FIDELITY: types such as `application/problem+json` are refused (real server).
  refuseJsonSuffix: true,
  // FIDELITY: a JSON type without a body is refused, even if the operation takes none (real server, rotate-key).
  refuseEmptyJson: true,
  // FIDELITY: 10 MiB (real server).
  limit: 10_485_760,
  // ASSUMED: the server has no limit; this one protects the validator's stack.
  depth: 1000,
  // FIDELITY: the key `__proto__` makes a body invalid JSON (real server).
  protoKeys: 'refuse',
};

/** FIDELITY: an extra slash is an unknown route (real server). */
export const paths: PathPolicy = { doubleSlash: 'refuse', trailingSlash: 'refuse' };

/** FIDELITY: on every response, also without an Origin: CORS, and helmet's without Content-Security-Policy (real server). */
export const headers: Readonly<Record<string, string>> = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Credentials': 'true',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Origin-Agent-Cluster': '?1',
  'Referrer-Policy': 'no-referrer',
  'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
  'X-Content-Type-Options': 'nosniff',
  'X-DNS-Prefetch-Control': 'off',
  'X-Download-Options': 'noopen',
  'X-Frame-Options': 'SAMEORIGIN',
  'X-Permitted-Cross-Domain-Policies': 'none',
  'X-XSS-Protection': '0',
};

/** FIDELITY: a preflight is a 204 and allows the headers that it asks for (real server). */
export const cors: CorsPolicy = {
  preflight: { ...headers, 'Access-Control-Allow-Methods': 'GET,HEAD,PUT,PATCH,POST,DELETE' },
  actual: {},
  echoHeaders: true,
};

const SECOND = 1000;

/**
 * FIDELITY: requests are counted by the key as sent, valid or not, or else by address (real server). Here all requests
 * without a key count together.
 */
export const limit: LimitPolicy<OptionValues<typeof options>> = {
  rate: ({ rateLimit }) => rateLimit,
  key: ({ headers: sent }) => findApiKey(sent) ?? '',
  headers: ({ limit: most, remaining, rest }) => ({
    'x-ratelimit-limit': String(most),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': String(Math.ceil(rest / SECOND)),
  }),
  retryAfter: ({ window }) => Math.ceil(window / SECOND),
};
