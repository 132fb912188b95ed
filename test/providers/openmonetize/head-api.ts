import { test } from 'vitest';

import { startOpenMonetize, type Answer, type OpenMonetizeApi } from './api.ts';

/** A test that gets profile head as it starts. */
export const it = test.extend('api', () => startHead());

/** OpenMonetize in profile head, with these options of its own: `rateLimit=3/PT1M`. */
export function startHead(...options: readonly string[]): Promise<OpenMonetizeApi> {
  return startOpenMonetize({ set: ['profile=head', ...options].map((option) => `openmonetize.${option}`) });
}

/** What there is not: unknown paths and methods are told alike. */
export function noRoute(method: string, path: string): Answer {
  return {
    status: 404,
    body: { message: `Route ${method.toUpperCase()}:${path} not found`, error: 'Not Found', statusCode: 404 },
  };
}

/** A customer without wallets and without users: its id, and the emulator called with its key. */
export async function registerOwn(api: OpenMonetizeApi): Promise<{ id: string; own: OpenMonetizeApi }> {
  const { body } = await api.call('post', '/v1/customers/register', { name: 'Meadow', email: 'dev@meadow.example' });
  const { data } = body as { readonly data: { readonly customerId: string; readonly apiKey: string } };
  return { id: data.customerId, own: api.as(data.apiKey) };
}
