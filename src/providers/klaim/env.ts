import type { State } from './state.ts';

/** Where a client finds the emulated service, and the key of the app that was seeded first. */
export function toEnvironment(state: State, url: string): Readonly<Record<string, string>> {
  for (const { apiKey } of state.apps.list('place')) return { KLAIM_BASE_URL: url, KLAIM_API_KEY: apiKey };
  return { KLAIM_BASE_URL: url };
}
