/** Where a client finds the emulated service; it asks for no key. */
export function toEnvironment(_: unknown, url: string): Readonly<Record<string, string>> {
  return { DECENTRALAND_CREDITS_URL: url };
}
