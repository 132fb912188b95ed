import type { SeedIds, IdSource } from '../../core/store/ids.ts';

/** ASSUMED: numbers of Shopify orders have 13 digits, as those that the docs show. */
const FIRST = 5_000_000_000_000;

export function createOrderId(ids: IdSource, taken: readonly number[]): string {
  for (;;) {
    const id = FIRST + ids.next('order');
    if (!taken.includes(id)) return String(id);
  }
}

/** Keeps the id of a seeded order from being made up once more. */
export function claimOrder(ids: SeedIds, id: number): void {
  if (id > FIRST) ids.claim('order', id - FIRST);
}
