import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { describe, expect, it } from 'vitest';

import { startEmulator } from '../../support/emulator.ts';
import { compileClient } from '../../support/typed-client.ts';
import { ADA, BENOIT, CHIYO, DMITRI, LUMEN, LUMEN_KEY, MAGIC, NOBODY, anyCode, toFixtures } from './api.ts';
import type { Paging } from './clients/paging-session.ts';
import type { Session } from './clients/typed-session.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const SESSION = 'test/providers/inveterate/clients/typed-session.ts';
const PAGING = 'test/providers/inveterate/clients/paging-session.ts';

const run = promisify(execFile);

/** Compiles a program, which must be without fault, runs it and reads what it prints. */
async function runProgram(path: string, ...words: readonly string[]): Promise<unknown> {
  const { folder, faults } = await compileClient('inveterate', { [path]: readFileSync(join(ROOT, path), 'utf8') });
  expect(faults).toEqual({ [path]: [] });
  const { stdout } = await run(process.execPath, [join(folder, path.replace(/ts$/, 'js')), ...words]);
  return JSON.parse(stdout) as unknown;
}

function toPairs(ids: readonly string[]): string[][] {
  return ids.flatMap((_, index) => (index % 2 === 0 ? [ids.slice(index, index + 2)] : []));
}

const expected: Session = {
  merchant: ['lumen-tea', 'USD'],
  joined: [NOBODY, 10, null],
  rows: [
    [-3, 9.5, 'MANUAL', null],
    [2.5, 12.5, 'MANUAL', 'Sorry'],
    [10, 10, 'MANUAL', null],
  ],
  codes: [null, { code: anyCode, value: 5 }, { code: anyCode, value: 12.5 }, null],
  listed: toPairs([ADA, BENOIT, CHIYO, DMITRI, ...MAGIC, NOBODY]),
  refusals: [
    [400, 'An active redemption code holds these credits'],
    [400, 'Amount cannot be zero'],
    [400, 'Customer not found'],
    [400, 'Invalid API key'],
  ],
};

const HEADER = `
  import createClient from 'openapi-fetch';
  import type { paths } from './src/providers/inveterate/types.ts';
  const client = createClient<paths>({ baseUrl: '' });
  const params = { path: { id: '6100000000001' } };
`;

/** What does not fit the document, and what the compiler says of it. */
const WRONG: Readonly<Record<string, readonly [program: string, fault: RegExp]>> = {
  'an amount as text': [
    `await client.POST('/v2.0/admin/members/{id}/credits', { params, body: { amount: '5' } });`,
    /^2322 Type 'string' is not assignable to type 'number'\.$/,
  ],
  'no amount': [
    `await client.POST('/v2.0/admin/members/{id}/credits', { params, body: { note: 'x' } });`,
    /^2322 .* Property 'amount' is missing/,
  ],
  'a note of null': [
    `await client.POST('/v2.0/admin/members/{id}/credits', { params, body: { amount: 5, note: null } });`,
    /^2322 Type 'null' is not assignable to type 'string'\.$/,
  ],
  'an addition without a body': [
    `await client.POST('/v2.0/admin/members/{id}/credits', { params });`,
    /^2345 .* Property 'body' is missing/,
  ],
  'a path without its member': [
    `await client.GET('/v2.0/storefront/members/{id}/credits', { params: {} });`,
    /^2741 Property 'path' is missing/,
  ],
  'a limit as text': [
    `await client.GET('/v2.0/admin/members/{id}/credits', { params: { ...params, query: { limit: '7' } } });`,
    /^2322 Type '"7"' is not assignable to type 'number \| "" \| undefined'\.$/,
  ],
  'an addition by the storefront': [
    `await client.POST('/v2.0/storefront/members/{id}/credits', { params, body: { amount: 5 } });`,
    /^2345 Argument of type '"\/v2\.0\/storefront\/members\/\{id\}\/credits"' is not assignable/,
  ],
  'a code that is always there': [
    `const { data } = await client.GET('/v2.0/admin/members/{id}/credits', { params });
     export const code: string | undefined = data?.data.redemption.code;`,
    /^18047 'data\.data\.redemption' is possibly 'null'\.$/,
  ],
  'a balance in what an addition answers': [
    `const { data } = await client.POST('/v2.0/admin/members/{id}/credits', { params, body: { amount: 5 } });
     export const balance: number | undefined = data?.data.newBalance;`,
    /^2339 Property 'newBalance' does not exist/,
  ],
};

describe('a client with types that are made from the document', () => {
  it('makes all calls', async () => {
    const { urls } = await startEmulator({ providers: ['inveterate'] });
    expect(await runProgram(SESSION, urls['inveterate'] ?? '')).toEqual(expected);
  });

  it.each(['admin', 'storefront'])(
    'pages through a thousand entries by seven on the %s path, while another one adds before every page',
    async (side) => {
      const merchants = [{ merchantId: LUMEN, name: 'Lumen Tea', apiKey: LUMEN_KEY }];
      const notes = Array.from({ length: 1000 }, (_, index) => `old ${index + 1}`);
      // Of the same instant by tens, as of a job that grants them.
      const credits = notes.map((note, index) => ({
        ...{ note, amount: index % 5 === 4 ? -1.5 : 0.7 },
        createdAt: `now-PT${2000 - Math.floor(index / 10)}M`,
      }));
      const fixtures = toFixtures({ merchants, members: [{ merchantId: LUMEN, customerId: ADA, credits }] });
      const { urls } = await startEmulator({ providers: ['inveterate'], fixtures });
      const pages: Paging = {
        seen: [...notes].reverse(),
        sizes: [...Array<number>(142).fill(7), 6],
        added: 284,
        newest: 'new 284',
      };
      expect(await runProgram(PAGING, urls['inveterate'] ?? '', side, '7', ADA)).toEqual(pages);
    },
  );

  it('refuses to compile what does not fit it', async () => {
    const wrong = Object.entries(WRONG).map(([name, [program, fault]]) => ({ file: `${name}.ts`, program, fault }));
    const programs = wrong.map(({ file, program }) => [file, `${HEADER}${program}`] as const);
    const { faults } = await compileClient('inveterate', { ...Object.fromEntries(programs), 'right.ts': HEADER });
    expect(faults).toEqual({
      'right.ts': [],
      ...Object.fromEntries(wrong.map(({ file, fault }) => [file, [expect.stringMatching(fault)]])),
    });
  });
});
