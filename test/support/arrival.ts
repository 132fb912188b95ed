/** For requests without a connection: their client never leaves. */
export function stay(): () => void {
  return () => undefined;
}
