import { unauthenticated, type Failed } from '../../core/wire/failure.ts';
import type { ErrorCode } from './errors.ts';
import type { App, State } from './state.ts';

const BEARER = /^Bearer +(\S+)$/;

/** The API key of `Authorization: Bearer <key>`. ASSUMED: the scheme is written as in the docs, in that case. */
export function findApiKey(authorization: string | undefined): string | undefined {
  return authorization === undefined ? undefined : BEARER.exec(authorization)?.[1];
}

export function authenticate(apiKey: string | undefined, state: State): App | Failed<ErrorCode> {
  const app = apiKey === undefined ? undefined : state.apps.findBy('apiKey', apiKey);
  return app ?? unauthenticated();
}
