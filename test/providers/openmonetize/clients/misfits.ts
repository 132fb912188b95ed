import createClient from 'openapi-fetch';

import type { paths } from '../../../../src/generated/openmonetize.ts';

// What does not fit the document, and what the compiler says of it. Nothing of this runs.

const client = createClient<paths>({ baseUrl: '' });
const customerId = '550e8400-e29b-41d4-a716-446655440000';
const userId = '660e8400-e29b-41d4-a716-446655440001';
const purchase = { customerId, userId, amount: 100, purchasePrice: 1 };

// @ts-expect-error Type 'string' is not assignable to type 'number'.
await client.POST('/v1/credits/grant', { body: { customerId, amount: '100' } });

// @ts-expect-error Property 'customerId' is missing.
await client.POST('/v1/credits/grant', { body: { amount: 100 } });

// @ts-expect-error Property 'purchasePrice' is missing.
await client.POST('/v1/credits/purchase', { body: { customerId, userId, amount: 100 } });

// @ts-expect-error Expected 2 arguments.
await client.POST('/v1/credits/purchase');

// @ts-expect-error Property 'userId' is missing.
await client.GET('/v1/customers/{customerId}/users/{userId}/credits', { params: { path: { customerId } } });

await client.GET('/v1/customers/{customerId}/users/{userId}/transactions', {
  // @ts-expect-error Type 'string' is not assignable to type 'number'.
  params: { path: { customerId, userId }, query: { limit: '10' } },
});

// @ts-expect-error It is a path of the other profile.
await client.GET('/v1/users/{userId}/credits', { params: { path: { userId } } });

const granted = await client.POST('/v1/credits/grant', { body: { customerId, amount: 100 } });
// @ts-expect-error The balance after a grant is text.
export const afterGrant: number | undefined = granted.data?.data.newBalance;

const bought = await client.POST('/v1/credits/purchase', { body: purchase });
// @ts-expect-error The balance after a purchase is a number.
export const afterPurchase: string | undefined = bought.data?.data.newBalance;
