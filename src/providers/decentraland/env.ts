/** Returns the URL for clients. The service needs no key. */
export function toEnvironment(_: unknown, url: string): Readonly<Record<string, string>> {
  return { DECENTRALAND_CREDITS_URL: url };
}
