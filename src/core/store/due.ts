import type { Instant } from '../values/clock.ts';
import { defineCollection } from './collection.ts';

/** Something that happens at an instant of the sandbox's clock. */
export interface DueItem {
  readonly at: Instant;
  readonly seq: number;
  readonly provider: string;
  readonly kind: string;
  readonly payload: object;
}

/** The name of core's own collections; each provider's are under its id. */
export const CORE = 'emulator';

/** The counter of their `seq`. */
export const DUE = 'due';

/** Scheduled items are records, so that they are written, kept and rolled back with the transaction that causes them. */
export const dueItems = defineCollection({
  key: (item: DueItem) => String(item.seq),
  orders: { at: (item) => [item.at, item.seq] },
});
