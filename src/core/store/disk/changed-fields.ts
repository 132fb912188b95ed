type Fields = Readonly<Record<string, unknown>>;

/**
 * The fields in which a record differs from what it was before; `undefined` if `addFields` would not make the same record,
 * in the same order, from them.
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
    // JSON has no `undefined`: such a field would stay, or return in another place.
    if (value === undefined || (!isNew && old[name] === undefined) || name === '__proto__') return undefined;
    changed[name] = value;
  }
  return changed;
}

/** The record with these fields. */
export function addFields(record: object, fields: object): object {
  return { ...record, ...fields };
}

/** Whether it is neither a list nor of a class, whose fields may not be all of it. */
function isPlain(record: object): boolean {
  return Object.getPrototypeOf(record) === Object.prototype;
}
