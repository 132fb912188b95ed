import type { ChangePart } from './collection.ts';

/** One write of a transaction, with what it takes to undo it. */
export interface Write {
  readonly place: number;
  readonly key: string;
  readonly before: object | undefined;
  readonly after: object | undefined;
  readonly part: ChangePart;
}

/** What tells a record from those of all collections. */
export function toRecordId({ place, key }: Pick<Write, 'place' | 'key'>): string {
  return `${place}/${key}`;
}

/** Adds writes to those of before, one for each record. */
export function mergeWrites(writes: readonly Write[], into: Map<string, Write>): void {
  for (const write of writes) {
    const id = toRecordId(write);
    const earlier = into.get(id);
    const part = earlier?.part === 'own' ? 'own' : write.part;
    into.set(id, earlier ? { ...write, before: earlier.before, part } : write);
  }
}
