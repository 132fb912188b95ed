import type { BodyPolicy, CorsPolicy, PathPolicy } from '../../core/wire/policies.ts';

export const body: BodyPolicy = {
  // FIDELITY: every call is documented with `Content-Type: application/json` (vendor docs, "header").
  accept: ['application/json'],
  // ASSUMED: a body without a type is read as JSON.
  assume: 'application/json',
  // ASSUMED: no limits are documented.
  limit: 1_048_576,
  depth: 200,
  protoKeys: 'data',
};

/** ASSUMED: nothing is said; an extra slash is another route, as at most gateways. */
export const paths: PathPolicy = { doubleSlash: 'refuse', trailingSlash: 'refuse' };

/** ASSUMED: nothing is said of browsers; any origin may call, so that a demo's page can. */
export const cors: CorsPolicy = {
  preflight: {
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Allow-Methods': 'GET,POST,PUT',
    'Access-Control-Allow-Headers': 'Authorization,Content-Type',
    'Access-Control-Max-Age': '600',
  },
  actual: { 'Access-Control-Allow-Origin': '*' },
};
