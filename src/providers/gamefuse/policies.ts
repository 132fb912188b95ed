import type { BodyPolicy, CorsPolicy, PathPolicy } from '../../core/wire/policies.ts';

/** Levels of nested JSON. ASSUMED: the server's framework reads so many. */
export const DEPTH = 100;

export const body: BodyPolicy = {
  // FIDELITY: the clients send all three (JavaScript, C# and C++ clients).
  accept: ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data'],
  // ASSUMED: what the server's framework makes of a body without a type, of one of another type, and of names that repeat.
  assume: 'application/x-www-form-urlencoded',
  ignoreOthers: true,
  lastValueWins: true,
  // ASSUMED: no limits are documented.
  limit: 1_048_576,
  depth: DEPTH,
  protoKeys: 'data',
};

/** ASSUMED: as the server's framework does it. */
export const paths: PathPolicy = { doubleSlash: 'collapse', trailingSlash: 'collapse' };

/** ASSUMED: clients are games in browsers, and ask for these headers (JavaScript client); nothing is said of the answer. */
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
