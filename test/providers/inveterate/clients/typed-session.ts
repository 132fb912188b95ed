import createClient from 'openapi-fetch';

import type { paths } from '../../../../src/generated/inveterate.ts';

// Whatever is declared here with a type is what the document promises; nothing is converted to it. That the
// types are as the document is, and that this compiles with them, `npm test` checks.

type Code = { readonly code: string; readonly value: number } | null;
type Refused = readonly [status: number, message: string];

/** What a client of that kind reads. */
export interface Session {
  readonly merchant: readonly [id: string, currency: string];
  readonly joined: readonly [customerId: string, credit: number, email: string | null];
  readonly rows: readonly (readonly [amount: number, after: number, reason: string, note: string | null])[];
  readonly codes: readonly Code[];
  readonly listed: readonly (readonly string[])[];
  readonly refusals: readonly Refused[];
}

const id = '6100000000042';
const member = { path: { id } };

/** The body of a success. */
async function read<T>(calling: Promise<{ readonly data?: T; readonly error?: unknown }>): Promise<T> {
  const { data, error } = await calling;
  if (data === undefined) throw new Error(JSON.stringify(error));
  return data;
}

/** An answer that is none of the successes. */
async function refuse(
  calling: Promise<{ readonly error?: { readonly message: string }; readonly response: Response }>,
): Promise<Refused> {
  const { error, response } = await calling;
  if (error === undefined) throw new Error(`${response.status} is no refusal.`);
  return [response.status, error.message];
}

/** Makes every call. */
export async function converse(baseUrl: string): Promise<Session> {
  const client = createClient<paths>({ baseUrl, headers: { 'X-Inveterate-Api-Key': 'inveterate_test_lumen' } });
  const stranger = createClient<paths>({ baseUrl });
  const merchant = await read(client.GET('/v2.0/merchant'));
  await read(client.POST('/v2.0/admin/members', { body: { customerId: id, credits: 10 } }));
  const joined = await read(client.GET('/v2.0/admin/members/{id}', { params: member }));

  async function add(body: { amount: number; note?: string; force?: boolean }): Promise<void> {
    await read(client.POST('/v2.0/admin/members/{id}/credits', { params: member, body }));
  }

  async function findCode(): Promise<Code> {
    const { data } = await read(client.GET('/v2.0/storefront/members/{id}/credits', { params: member }));
    return data.redemption;
  }

  await add({ amount: 2.5, note: 'Sorry' });
  const codes = [await findCode()];
  await read(client.POST('/v2.0/storefront/members/{id}/credits/redemption', { params: member, body: { amount: 5 } }));
  codes.push(await findCode());
  await read(client.POST('/v2.0/storefront/members/{id}/credits/redemption', { params: member }));
  codes.push(await findCode());
  const held = await refuse(client.POST('/v2.0/admin/members/{id}/credits', { params: member, body: { amount: -3 } }));
  await add({ amount: -3, force: true });
  codes.push(await findCode());
  const ledger = await read(client.GET('/v2.0/admin/members/{id}/credits', { params: member }));

  const listed: string[][] = [];
  for (let last: string | undefined, more = true; more; more = last !== undefined) {
    const query = { limit: 2, ...(last === undefined ? undefined : { lastCustomerId: last }) };
    const { data } = await read(client.GET('/v2.0/admin/members', { params: { query } }));
    listed.push(data.members.map(({ customerId }) => customerId));
    last = data.lastCustomerId;
  }

  return {
    merchant: [merchant.data.merchantId, merchant.data.currency],
    joined: [joined.data.customerId, joined.data.credit, joined.data.email],
    rows: ledger.data.credits.map(({ amount, newBalance, reason, note }) => [amount, newBalance, reason, note]),
    codes,
    listed,
    refusals: [
      held,
      await refuse(client.POST('/v2.0/admin/members/{id}/credits', { params: member, body: { amount: 0 } })),
      await refuse(client.GET('/v2.0/admin/members/{id}', { params: { path: { id: '7200000000001' } } })),
      await refuse(stranger.GET('/v2.0/admin/merchant')),
    ],
  };
}
