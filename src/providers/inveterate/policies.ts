import type { BodyPolicy, CorsPolicy, PathPolicy } from '../../core/wire/policies.ts';

export const body: BodyPolicy = {
  // FIDELITY: the only type of the published document.
  accept: ['application/json'],
  // ASSUMED: a body without a type is read as JSON.
  assume: 'application/json',
  // ASSUMED: the names of operations and schemas are habits of NestJS, whose limit this is.
  limit: 102_400,
  // ASSUMED: nothing is said.
  depth: 200,
  protoKeys: 'data',
};

/** ASSUMED: as Express routes by default, below NestJS. */
export const paths: PathPolicy = { doubleSlash: 'refuse', trailingSlash: 'collapse' };

/** ASSUMED: nothing is said of browsers, where a private key has no place; any origin may call, so that a demo's page can. */
export const cors: CorsPolicy = {
  preflight: {
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Allow-Methods': 'GET,POST,PUT,PATCH,DELETE',
    'Access-Control-Allow-Headers': 'X-Inveterate-Api-Key,Content-Type',
    'Access-Control-Max-Age': '600',
  },
  actual: { 'Access-Control-Allow-Origin': '*' },
};
