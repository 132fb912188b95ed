/** Levels of a value that are sorted and filtered. */
const DEEPEST = 50;

/**
 * Writes a JSON value as text with sorted fields: equal texts are equal values.
 *
 * @param isLeftOut whether to leave out fields with this name, at any depth
 */
export function toCanonical(value: unknown, isLeftOut: (name: string) => boolean, depth = 0): string {
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => toCanonical(item, isLeftOut, depth + 1)).join()}]`;
  const names = Object.keys(value)
    .filter((name) => !isLeftOut(name))
    .sort();
  const fields = names.map((name) => {
    const written = toCanonical(Reflect.get(value, name), isLeftOut, depth + 1);
    return `${JSON.stringify(name)}:${written}`;
  });
  return `{${fields.join()}}`;
}
