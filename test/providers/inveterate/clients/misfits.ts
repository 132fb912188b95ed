import createClient from 'openapi-fetch';

import type { paths } from '../../../../src/generated/inveterate.ts';

// What does not fit the document, and what the compiler says of it. Nothing of this runs.

const client = createClient<paths>({ baseUrl: '' });
const params = { path: { id: '6100000000001' } };

// @ts-expect-error Type 'string' is not assignable to type 'number'.
await client.POST('/v2.0/admin/members/{id}/credits', { params, body: { amount: '5' } });

// @ts-expect-error Property 'amount' is missing.
await client.POST('/v2.0/admin/members/{id}/credits', { params, body: { note: 'x' } });

// @ts-expect-error Type 'null' is not assignable to type 'string'.
await client.POST('/v2.0/admin/members/{id}/credits', { params, body: { amount: 5, note: null } });

// @ts-expect-error Property 'body' is missing.
await client.POST('/v2.0/admin/members/{id}/credits', { params });

// @ts-expect-error Property 'path' is missing.
await client.GET('/v2.0/storefront/members/{id}/credits', { params: {} });

// @ts-expect-error Type 'string' is not assignable to type 'number'.
await client.GET('/v2.0/admin/members/{id}/credits', { params: { ...params, query: { limit: '7' } } });

// @ts-expect-error The storefront adds nothing.
await client.POST('/v2.0/storefront/members/{id}/credits', { params, body: { amount: 5 } });

const ledger = await client.GET('/v2.0/admin/members/{id}/credits', { params });
// @ts-expect-error There may be no code.
export const code: string | undefined = ledger.data?.data.redemption.code;

const added = await client.POST('/v2.0/admin/members/{id}/credits', { params, body: { amount: 5 } });
// @ts-expect-error An addition answers no balance.
export const balance = String(added.data?.data.newBalance);
