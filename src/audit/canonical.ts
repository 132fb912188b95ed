/** Levels of a value that are written. */
const DEEPEST = 50;

/**
 * A value of JSON as one text, whatever the order of its fields: equal texts are equal values.
 *
 * @param leaves out fields of that name, at any depth
 */
export function toCanonical(value: unknown, leaves: (name: string) => boolean, depth = 0): string {
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => toCanonical(item, leaves, depth + 1)).join()}]`;
  const names = Object.keys(value)
    .filter((name) => !leaves(name))
    .sort();
  const fields = names.map((name) => {
    const written = toCanonical(Reflect.get(value, name), leaves, depth + 1);
    return `${JSON.stringify(name)}:${written}`;
  });
  return `{${fields.join()}}`;
}
