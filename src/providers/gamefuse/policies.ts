import type { BodyPolicy, CorsPolicy, PathPolicy } from '../../core/wire/policies.ts';

/** The maximum depth of JSON. ASSUMED: that of the server's framework. */
export const DEPTH = 100;

export const body: BodyPolicy = {
  // FIDELITY: clients send all three (JavaScript, C# and C++ clients).
  accept: ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data'],
  // ASSUMED: how the server's framework treats a body without a type or of another type, and repeated names.
  assume: 'application/x-www-form-urlencoded',
  ignoreOthers: true,
  lastValueWins: true,
  // ASSUMED: no limits are documented.
  limit: 1_048_576,
  depth: DEPTH,
  protoKeys: 'data',
};

/** ASSUMED: the server's framework does the same. */
export const paths: PathPolicy = { doubleSlash: 'collapse', trailingSlash: 'collapse' };

/** ASSUMED: clients are games in browsers, which need these headers (JavaScript client); the response is not documented. */
export const cors: CorsPolicy = {
  preflight: {
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Allow-Methods': 'GET,POST,PUT,PATCH,DELETE',
    'Access-Control-Allow-Headers':
      'content-type,authentication-token,authentication_token,service-key-name,service-key-token,current-user-id',
    'Access-Control-Max-Age': '600',
  },
  actual: { 'Access-Control-Allow-Origin': '*' },
};
