/** The message of an error, for logs and people, never for a provider's response. */
export function toMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
