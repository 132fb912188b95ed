import createClient from 'openapi-fetch';

import type { paths } from '../../../../src/generated/openmonetize.ts';

// Whatever is declared here with a type is what the document promises; nothing is converted to it. That the
// types are as the document is, and that this compiles with them, `npm test` checks.

/** What a client of that kind reads. */
export interface Session {
  readonly balance: string;
  readonly granted: string;
  readonly replayed: boolean;
  readonly bought: number;
  readonly credits: readonly [balance: number, available: number, expiresAt: string | null];
  readonly history: readonly (readonly [type: Type, amount: number, after: number, description: string | null])[];
  readonly total: number;
  readonly refusals: readonly (readonly [status: number, error: string, message: string])[];
  readonly unmade: readonly [status: number, message: string];
}

type History = paths['/v1/customers/{customerId}/users/{userId}/transactions']['get'];
type Type = History['responses'][200]['content']['application/json']['data'][number]['transactionType'];

const customerId = '550e8400-e29b-41d4-a716-446655440000';
const userId = '660e8400-e29b-41d4-a716-446655440004';
const foreign = '550e8400-e29b-41d4-a716-446655440100';
const user = { path: { customerId, userId } };

/** The body of a success. */
async function read<T>(calling: Promise<{ readonly data?: T; readonly error?: unknown }>): Promise<T> {
  const { data, error } = await calling;
  if (data === undefined) throw new Error(JSON.stringify(error));
  return data;
}

/** An answer that is none of the successes. */
async function refuse(
  calling: Promise<{ readonly error?: { readonly error: string; readonly message: string }; response: Response }>,
): Promise<readonly [status: number, error: string, message: string]> {
  const { error, response } = await calling;
  if (error === undefined) throw new Error(`${response.status} is no refusal.`);
  return [response.status, error.error, error.message];
}

/** Makes the five calls about credits. */
export async function converse(baseUrl: string): Promise<Session> {
  const client = createClient<paths>({ baseUrl, headers: { Authorization: 'Bearer om_dev_test_key' } });
  const unmade = await client.GET('/v1/customers/{customerId}/users/{userId}/credits', { params: user });
  const balance = await read(client.GET('/v1/credits/balance'));
  const gift = {
    ...{ customerId, userId, amount: 5000, reason: 'Spring gift' },
    ...{
      metadata: { campaign: 'spring', steps: [1, 2] },
      idempotencyKey: 'spring-1',
      expiresAt: '2030-01-01T00:00:00Z',
    },
  };
  const granted = await read(client.POST('/v1/credits/grant', { body: gift }));
  const again = await read(client.POST('/v1/credits/grant', { body: gift }));
  const bought = await read(
    client.POST('/v1/credits/purchase', { body: { customerId, userId, amount: 1000, purchasePrice: 0.99 } }),
  );
  const credits = await read(client.GET('/v1/customers/{customerId}/users/{userId}/credits', { params: user }));
  const history = await read(
    client.GET('/v1/customers/{customerId}/users/{userId}/transactions', {
      params: { ...user, query: { limit: 10, offset: 0 } },
    }),
  );

  const stranger = createClient<paths>({ baseUrl });
  return {
    balance: balance.data.balance,
    granted: granted.data.newBalance,
    replayed: again.data.transactionId === granted.data.transactionId && again.data.newBalance === '5000',
    bought: bought.data.newBalance,
    credits: [credits.data.balance, credits.data.available, credits.data.expiresAt],
    history: history.data.map(({ transactionType, amount, balanceAfter, description }) => [
      transactionType,
      amount,
      balanceAfter,
      description,
    ]),
    total: history.pagination.total,
    refusals: [
      await refuse(client.POST('/v1/credits/grant', { body: { customerId, amount: 0 } })),
      await refuse(client.POST('/v1/credits/grant', { body: { customerId, amount: 1.5 } })),
      await refuse(stranger.GET('/v1/credits/balance')),
      await refuse(
        client.GET('/v1/customers/{customerId}/users/{userId}/transactions', {
          params: { path: { customerId: foreign, userId } },
        }),
      ),
    ],
    unmade: [unmade.response.status, unmade.error?.message ?? ''],
  };
}
