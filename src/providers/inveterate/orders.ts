import type { SeedIds, IdSource } from '../../core/store/ids.ts';

/** ASSUMED: numbers of Shopify orders have 13 digits, as in the docs. */
const FIRST = 5_000_000_000_000;

export function createOrderId(ids: IdSource, taken: readonly number[]): string {
  for (;;) {
    const id = FIRST + ids.next('order');
    if (!taken.includes(id)) return String(id);
  }
}

/** Reserves the id of a seeded order, so that it is not generated again. */
export function claimOrder(ids: SeedIds, id: number): void {
  if (id > FIRST) ids.claim('order', id - FIRST);
}
