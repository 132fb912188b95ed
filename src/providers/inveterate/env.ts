import type { State } from './state.ts';

/** Where a client finds the emulated service, without the version, and the key of the merchant that was seeded first. */
export function toEnvironment(state: State, url: string): Readonly<Record<string, string>> {
  for (const { apiKey } of state.merchants.list('place')) {
    return { INVETERATE_BASE_URL: url, INVETERATE_API_KEY: apiKey };
  }
  return { INVETERATE_BASE_URL: url };
}
