import type { ChangePart } from './collection.ts';

/** One write of a transaction, with what it takes to undo it. */
export interface Write {
  readonly place: number;
  readonly key: string;
  readonly before: object | undefined;
  readonly after: object | undefined;
  readonly part: ChangePart;
}

/** A record that was put and taken out again is no change. */
export function isEffective({ before, after }: Write): boolean {
  return before !== after;
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

/** Writes that are compared with each other sooner than put into a map. */
export const FEW = 4;

/** Whether no record is written twice. Costs a look at each pair. */
export function areOfDifferentRecords(writes: readonly Write[]): boolean {
  for (let at = 1; at < writes.length; at += 1) {
    const write = writes[at];
    for (let before = 0; before < at; before += 1) {
      const earlier = writes[before];
      if (earlier?.place === write?.place && earlier?.key === write?.key) return false;
    }
  }
  return true;
}
