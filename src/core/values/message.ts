/** What went wrong, for logs and for people, never for a provider's answer. */
export function toMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
