type Fields = Readonly<Record<string, unknown>>;

/**
 * The fields in which a record differs from what it was before, where `addFields` makes it of that and them, in the same
 * order; `undefined` where it does not.
 */
export function findChangedFields(before: object, after: object): object | undefined {
  if (!isPlain(before) || !isPlain(after)) return undefined;
  const [old, now] = [before as Fields, after as Fields];
  const names = Object.keys(now);
  let shared = 0;
  for (const name in old) {
    if (names[shared] !== name) return undefined;
    shared += 1;
  }
  const changed: Record<string, unknown> = {};
  for (let at = 0; at < names.length; at += 1) {
    const name = names[at] ?? '';
    const value = now[name];
    const isNew = at >= shared;
    if (!isNew && value === old[name]) continue;
    // JSON has no `undefined`: such a field would stay, or come back at another place.
    if (value === undefined || (!isNew && old[name] === undefined) || name === '__proto__') return undefined;
    changed[name] = value;
  }
  return changed;
}

/** The record that it is with these. */
export function addFields(record: object, fields: object): object {
  return { ...record, ...fields };
}

/** Neither a list nor of a class, which may be written otherwise than by its fields. */
function isPlain(record: object): boolean {
  return Object.getPrototypeOf(record) === Object.prototype;
}
