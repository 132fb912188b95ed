import { unauthenticated, type Failed } from '../../core/wire/failure.ts';
import type { ErrorCode } from './errors.ts';
import type { App, State } from './state.ts';

/** The API key of `Authorization: Bearer <key>`. ASSUMED: the scheme is written as in the docs, in that case. */
export function findApiKey(authorization = ''): string | undefined {
  const [, key] = /^Bearer +(\S+)$/.exec(authorization) ?? [];
  return key;
}

export function authenticate(apiKey: string | undefined, state: State): App | Failed<ErrorCode> {
  const app = apiKey === undefined ? undefined : state.apps.findBy('apiKey', apiKey);
  return app ?? unauthenticated();
}
