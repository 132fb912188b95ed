import createClient from 'openapi-fetch';

import type { paths } from '../../../../src/generated/inveterate.ts';

/** What a client has read in the end. */
export interface Paging {
  /** The note of every entry that was seen, in the order in which they came. */
  readonly seen: readonly (string | null)[];
  readonly sizes: readonly number[];
  /** How many entries were added meanwhile. */
  readonly added: number;
  /** The note of the newest entry at the end. */
  readonly newest: string | null | undefined;
}

interface Query {
  limit: number;
  lastCreditEntry?: string;
}

export type Side = 'admin' | 'storefront';

/** One client pages through a member's ledger, and before every page but the first another one adds to it. */
export async function pageThrough(baseUrl: string, side: Side, limit: number, id: string): Promise<Paging> {
  const options = { baseUrl, headers: { 'X-Inveterate-Api-Key': 'inveterate_test_lumen' } };
  const reader = createClient<paths>(options);
  const writer = createClient<paths>(options);
  const path = { id };

  async function readPage(query: Query) {
    const params = { path, query };
    const { data, error } =
      side === 'storefront'
        ? await reader.GET('/v2.0/storefront/members/{id}/credits', { params })
        : await reader.GET('/v2.0/admin/members/{id}/credits', { params });
    if (data === undefined) throw new Error(error.message);
    return data.data;
  }

  let added = 0;

  async function add(amount: number): Promise<void> {
    const body = { amount, note: `new ${(added += 1)}` };
    const { error } = await writer.POST('/v2.0/admin/members/{id}/credits', { params: { path }, body });
    if (error !== undefined) throw new Error(error.message);
  }

  const first: Query = { limit };
  const seen: (string | null)[] = [];
  const sizes: number[] = [];
  for (let page = await readPage(first); ;) {
    const { credits, lastCreditEntry } = page;
    seen.push(...credits.map(({ note }) => note));
    sizes.push(credits.length);
    if (lastCreditEntry === undefined) break;
    await add(0.1);
    await add(-0.05);
    page = await readPage({ ...first, lastCreditEntry });
  }

  const [newest] = (await readPage({ limit: 1 })).credits;
  return { seen, sizes, added, newest: newest?.note };
}
