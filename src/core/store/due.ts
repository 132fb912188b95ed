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

/** Core's own collections, beside those of the providers. */
export const CORE = 'emulator';

/** Due items are records, so that they are written, kept and taken back with the transaction that causes them. */
export const coreCollections = {
  due: defineCollection({
    key: (item: DueItem) => String(item.seq),
    orders: { at: (item) => [item.at, item.seq] },
  }),
};
