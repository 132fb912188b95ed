import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { describe, expect, it } from 'vitest';

import { startEmulator } from '../../support/emulator.ts';
import { compileClient } from '../../support/typed-client.ts';
import type { Session } from './clients/typed-session.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const PROGRAM = 'test/providers/openmonetize/clients/typed-session.ts';

const run = promisify(execFile);

const expected: Session = {
  unmade: [404, 'Credit wallet not found'],
  balance: '10000',
  granted: '5000',
  replayed: true,
  bought: 6000,
  credits: [6000, 6000, '2030-01-01T00:00:00.000Z'],
  history: [
    ['PURCHASE', 1000, 6000, 'Credit purchase: 1000 credits'],
    ['GRANT', 5000, 5000, 'Spring gift'],
  ],
  total: 2,
  refusals: [
    [400, 'Bad Request', 'body/amount must be >= 1'],
    [500, 'Internal Server Error', 'Failed to grant credits'],
    [401, 'Unauthorized', 'Missing API key. Provide via Authorization: Bearer or X-API-Key header'],
    [403, 'Forbidden', 'Access denied to this customer'],
  ],
};

const HEADER = `
  import createClient from 'openapi-fetch';
  import type { paths } from './src/providers/openmonetize/types.ts';
  const client = createClient<paths>({ baseUrl: '' });
  const customerId = '550e8400-e29b-41d4-a716-446655440000';
  const userId = '660e8400-e29b-41d4-a716-446655440001';
`;

/** What does not fit the document, and what the compiler says of it. */
const WRONG: Readonly<Record<string, readonly [program: string, fault: RegExp]>> = {
  'an amount as text': [
    `await client.POST('/v1/credits/grant', { body: { customerId, amount: '100' } });`,
    /^2322 Type 'string' is not assignable to type 'number'\.$/,
  ],
  'a grant for no customer': [
    `await client.POST('/v1/credits/grant', { body: { amount: 100 } });`,
    /^2322 .* Property 'customerId' is missing/,
  ],
  'a purchase without a price': [
    `await client.POST('/v1/credits/purchase', { body: { customerId, userId, amount: 100 } });`,
    /^2322 .* Property 'purchasePrice' is missing/,
  ],
  'a purchase without a body': [`await client.POST('/v1/credits/purchase');`, /^2554 Expected 2 arguments/],
  'a path without its user': [
    `await client.GET('/v1/customers/{customerId}/users/{userId}/credits', { params: { path: { customerId } } });`,
    /^2741 Property 'userId' is missing/,
  ],
  'a limit as text': [
    `const params = { path: { customerId, userId }, query: { limit: '10' } };
     await client.GET('/v1/customers/{customerId}/users/{userId}/transactions', { params });`,
    /^2322 .* Type 'string' is not assignable to type 'number'\.$/,
  ],
  'a path of the other profile': [
    `await client.GET('/v1/users/{userId}/credits', { params: { path: { userId } } });`,
    /^2345 Argument of type '"\/v1\/users\/\{userId\}\/credits"' is not assignable/,
  ],
  'the balance after a grant as a number': [
    `const { data } = await client.POST('/v1/credits/grant', { body: { customerId, amount: 100 } });
     export const balance: number | undefined = data?.data.newBalance;`,
    /^2322 Type 'string \| undefined' is not assignable to type 'number \| undefined'\./,
  ],
  'the balance after a purchase as text': [
    `const body = { customerId, userId, amount: 100, purchasePrice: 1 };
     const { data } = await client.POST('/v1/credits/purchase', { body });
     export const balance: string | undefined = data?.data.newBalance;`,
    /^2322 Type 'number \| undefined' is not assignable to type 'string \| undefined'\./,
  ],
};

describe('a client with types that are made from the document', () => {
  it('makes the five calls about credits', async () => {
    const { folder, faults } = await compileClient('openmonetize', {
      [PROGRAM]: readFileSync(join(ROOT, PROGRAM), 'utf8'),
    });
    expect(faults).toEqual({ [PROGRAM]: [] });
    const { urls } = await startEmulator({ providers: ['openmonetize'] });
    const compiled = join(folder, PROGRAM.replace(/ts$/, 'js'));
    const { stdout } = await run(process.execPath, [compiled, urls['openmonetize'] ?? '']);
    expect(JSON.parse(stdout)).toEqual(expected);
  });

  it('refuses to compile what does not fit it', async () => {
    const wrong = Object.entries(WRONG).map(([name, [program, fault]]) => ({ file: `${name}.ts`, program, fault }));
    const programs = wrong.map(({ file, program }) => [file, `${HEADER}${program}`] as const);
    const { faults } = await compileClient('openmonetize', { ...Object.fromEntries(programs), 'right.ts': HEADER });
    expect(faults).toEqual({
      'right.ts': [],
      ...Object.fromEntries(wrong.map(({ file, fault }) => [file, [expect.stringMatching(fault)]])),
    });
  });
});
