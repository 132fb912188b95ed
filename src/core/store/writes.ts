import type { Change } from './collection.ts';

/** Whether a write changed anything: a record that was put and deleted again did not change. */
export function isEffective({ before, after }: Change): boolean {
  return before !== after;
}

/** Identifies a record among those of all collections. */
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
