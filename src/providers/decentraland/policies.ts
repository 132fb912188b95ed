import type { StreamPolicy } from '../../core/provider/provider.ts';
import type { OptionValues } from '../../core/provider/options.ts';
import type { BodyPolicy, CorsPolicy, PathPolicy } from '../../core/wire/policies.ts';
import type { options } from './options.ts';
import { findAddresses } from './wallets.ts';

/** ASSUMED: nothing is said of bodies; the only call that takes one may do without. */
export const body: BodyPolicy = {
  accept: ['application/json'],
  assume: 'application/json',
  limit: 1_048_576,
  depth: 200,
  protoKeys: 'data',
};

/** FIDELITY: a client's base URL that ends in a slash makes `//users/...` (npm client, measured). */
export const paths: PathPolicy = { doubleSlash: 'collapse', trailingSlash: 'collapse' };

/**
 * FIDELITY: pages of other origins ask, with identity headers of which there may be many (npm client).
 * ASSUMED: any origin and any header may.
 */
export const cors: CorsPolicy = {
  preflight: {
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Allow-Methods': 'GET,HEAD,POST,PUT,DELETE',
    'Access-Control-Allow-Headers':
      'content-type,authorization,cache-control,pragma,x-identity-auth-chain-0,x-identity-auth-chain-1,x-identity-auth-chain-2,x-identity-timestamp,x-identity-metadata',
    'Access-Control-Max-Age': '600',
  },
  actual: { 'Access-Control-Allow-Origin': '*' },
  echoHeaders: true,
};

/** FIDELITY: only the streams of the wallet that changed are told (npm client's readme). */
export const streams: StreamPolicy<OptionValues<typeof options>> = {
  topics: findAddresses,
  // ASSUMED: 15 s, by comments, which clients ignore.
  heartbeat: ({ heartbeat }) => heartbeat,
  patience: 30_000,
};
