/** Replaces headers of the same name in any case. */
export function replaceHeaders<T>(
  headers: Readonly<Record<string, T>>,
  others: Readonly<Record<string, T>>,
): Record<string, T> {
  const replaced = new Set(Object.keys(others).map((name) => name.toLowerCase()));
  const kept = Object.entries(headers).filter(([name]) => !replaced.has(name.toLowerCase()));
  return { ...Object.fromEntries(kept), ...others };
}
