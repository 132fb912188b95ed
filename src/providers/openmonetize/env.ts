import type { State } from './state.ts';

/** Where a client finds the emulated service, and the key of the first customer who may use it. */
export function toEnvironment(state: State, url: string): Readonly<Record<string, string>> {
  const base = { OPENMONETIZE_BASE_URL: url };
  for (const { apiKey, status } of state.customers.list('place')) {
    if (status === 'ACTIVE') return { ...base, OPENMONETIZE_API_KEY: apiKey };
  }
  return base;
}
