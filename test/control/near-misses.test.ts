import { describe, expect, it } from 'vitest';

import { tally } from '../support/providers.ts';
import { problem, startControl, type Answer } from './api.ts';

interface NotVerified {
  readonly misses: readonly { readonly differences: readonly object[] }[];
}

function refused({ status, body }: Answer): NotVerified {
  expect(status).toBe(422);
  return body as NotVerified;
}

describe('a near miss', () => {
  it('shows no secret, neither of the request nor of the expectation', async () => {
    const { post, call } = await startControl({ providers: [tally] });
    await call(
      'post',
      '/tally/echo?password=hush-1',
      { password: 'hush-2', deep: { password: 'hush-3' } },
      { Authorization: 'Bearer hush-4' },
    );
    const match = {
      headers: { authorization: 'Bearer asked-1' },
      query: { password: 'asked-2' },
      body: { password: 'asked-3', deep: { password: 'asked-4' } },
    };
    const answer = await post('/requests/verify', { match });
    const hidden = { expected: '[redacted]', actual: '[redacted]' };
    expect(refused(answer).misses[0]?.differences).toEqual([
      { field: 'query.password', ...hidden },
      { field: 'headers.authorization', ...hidden },
      { field: 'body.password', ...hidden },
      { field: 'body.deep', expected: { password: '[redacted]' }, actual: { password: '[redacted]' } },
    ]);
    expect(JSON.stringify(answer)).not.toMatch(/hush|asked/);
  });

  it('is short, however long the difference', async () => {
    const { post, call } = await startControl({ providers: [tally] });
    const fields = (value: string): object =>
      Object.fromEntries(Array.from({ length: 99 }, (_, index) => [`${'n'.repeat(150)}${index}`, value]));
    await call('post', '/tally/echo', { text: 'x'.repeat(10_000) });
    const match = { body: { ...fields('y'), text: 'z'.repeat(5_000) } };
    const answer = refused(await post('/requests/verify', { match }));
    expect(answer.misses).toMatchObject([{ differences: { length: 10 }, more: 90 }]);
    expect(JSON.stringify(answer).length).toBeLessThan(10_000);
  });

  it('says that a body was too long to be kept', async () => {
    const { post, change } = await startControl();
    await change('ada', 1, 'x'.repeat(20_000));
    expect(refused(await post('/requests/verify', { match: { body: { credit_delta: 1 } } }))).toMatchObject({
      detail: expect.stringMatching(/: The body was longer than the 16384 bytes that the journal keeps\.$/) as unknown,
      misses: [{ differences: [{ field: 'body.credit_delta', expected: 1, why: expect.any(String) as unknown }] }],
    });
  });
});

describe('a hostile match', () => {
  it.each<[string, object]>([
    ['of a megabyte', { path: '*a'.repeat(500_000) }],
    ['of many fields', { body: Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`f${index}`, 1])) }],
    ['that is deep', { body: { a: JSON.parse('['.repeat(900) + ']'.repeat(900)) as unknown } }],
    ['with fields that every object has', { body: { __proto__: null, constructor: {}, toString: 'x' } }],
    ['by a pattern of stars', { path: '*'.repeat(16_000) }],
    ['by a pattern that nearly fits', { path: `${'*a'.repeat(8_000)}b` }],
  ])('%s is answered as any other', async (_, match) => {
    const api = await startControl({ providers: [tally], journalSize: 3_000 });
    for (let count = 0; count < 20; count += 1) await api.call('get', `/tally/${'a'.repeat(8_000)}`);
    const { status } = await api.post('/requests/verify', { match });
    expect([200, 400, 422]).toContain(status);
    expect(await api.get('/health')).toMatchObject({ status: 200 });
  });

  it('is refused if it is longer than any kept body', async () => {
    const { post } = await startControl();
    const match = { body: { text: 'x'.repeat(40_000) } };
    expect(await post('/requests/verify', { match })).toEqual(
      problem(
        400,
        'Too much to match',
        'The request has 40030 bytes; the maximum is 32768.',
        'The journal keeps 16 KiB of a body; leave out fields that need not match.',
      ),
    );
  });
});
