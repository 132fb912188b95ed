import type { Change } from './collection.ts';

/** A record that was put and taken out again is no change. */
export function isEffective({ before, after }: Change): boolean {
  return before !== after;
}

/** What tells a record from those of all collections. */
export function toRecordId({ provider, collection, key }: Pick<Change, 'provider' | 'collection' | 'key'>): string {
  return `${provider}\0${collection}\0${key}`;
}

/** Adds writes to those of before, one for each record. */
export function mergeWrites(writes: readonly Change[], into: Map<string, Change>): void {
  for (const write of writes) {
    const id = toRecordId(write);
    const earlier = into.get(id);
    const part = earlier?.part === 'own' ? 'own' : write.part;
    into.set(id, earlier ? { ...write, before: earlier.before, part } : write);
  }
}

/** Writes that are compared with each other sooner than put into a map. */
export const FEW = 4;

/** Whether no record is written twice. Costs a look at each pair. */
export function areOfDifferentRecords(writes: readonly Change[]): boolean {
  for (let at = 1; at < writes.length; at += 1) {
    const write = writes[at];
    for (let before = 0; before < at; before += 1) {
      const earlier = writes[before];
      if (
        earlier?.key === write?.key &&
        earlier?.collection === write?.collection &&
        earlier?.provider === write?.provider
      )
        return false;
    }
  }
  return true;
}
