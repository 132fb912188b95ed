import type { StreamPolicy } from '../../core/provider/provider.ts';
import type { OptionValues } from '../../core/provider/options.ts';
import type { BodyPolicy, CorsPolicy, PathPolicy } from '../../core/wire/policies.ts';
import type { options } from './options.ts';
import { findAddresses } from './wallets.ts';

/** ASSUMED: bodies are not documented; the only operation that takes one does not require it. */
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
 * FIDELITY: pages of other origins send requests, with any number of identity headers (npm client).
 * ASSUMED: any origin and any header is allowed.
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

/** FIDELITY: only streams of the changed wallet get an event (npm client's readme). */
export const streams: StreamPolicy<OptionValues<typeof options>> = {
  topics: findAddresses,
  // ASSUMED: every 15 s a comment, which clients ignore.
  heartbeat: ({ heartbeat }) => heartbeat,
  patience: 30_000,
};
