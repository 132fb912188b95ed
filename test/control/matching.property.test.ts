import fc from 'fast-check';
import { expect, it } from 'vitest';

import { tally } from '../support/providers.ts';
import { propertyRuns } from '../support/property.ts';
import { done, startControl } from './api.ts';

const text = fc.constantFrom('1', 'x', 'true');
const name = fc.constantFrom('a', 'B', '__proto__', 'key');
const value = fc.constantFrom<unknown>('1', 1, true, 'x', null, ['x', 1], { deep: [1] });
const fields = (values: fc.Arbitrary<unknown>): fc.Arbitrary<object> => fc.dictionary(name, values, { maxKeys: 2 });

const match = fc.record(
  {
    subject: fc.constantFrom('x', 'y'),
    method: fc.constantFrom('get', 'POST'),
    path: fc.constantFrom('/counters/x', '/counters/*', '*/add', '/echo', '*'),
    query: fields(text),
    headers: fc.dictionary(fc.constantFrom('X-A', 'x-b'), text, { maxKeys: 2 }),
    body: fields(value),
  },
  { requiredKeys: [] },
);

const request = fc.record({
  path: fc.constantFrom('/counters/x', '/counters/x/add', '/counters/y/add', '/echo', '/nothing'),
  query: fc.array(fc.tuple(name, text), { maxLength: 3 }),
  headers: fc.dictionary(fc.constantFrom('x-a', 'x-b'), text, { maxKeys: 2 }),
  sent: fc.oneof(
    fc.record({ type: fc.constant('application/json'), body: fields(value).map((body) => JSON.stringify(body)) }),
    fc.record({ type: fc.constant('application/json'), body: fc.constantFrom('{"a":', '[1]', '') }),
    fc.record({
      type: fc.constant('application/x-www-form-urlencoded'),
      body: fc.array(fc.tuple(name, text), { maxLength: 3 }).map((pairs) => String(new URLSearchParams(pairs))),
    }),
    fc.record({
      type: fc.constant('multipart/form-data; boundary=limit'),
      body: fc
        .array(fc.tuple(name, text), { minLength: 1, maxLength: 3 })
        .map((pairs) =>
          [
            ...pairs.map(([key, one]) => `--limit\r\nContent-Disposition: form-data; name="${key}"\r\n\r\n${one}\r\n`),
            '--limit--\r\n',
          ].join(''),
        ),
    }),
  ),
});

it('a rule fires on those exchanges, and on no others, that filters find and that are verified', async () => {
  const { agent, get, post, delete: remove } = await startControl({ providers: [tally] });
  await fc.assert(
    fc.asyncProperty(match, fc.array(request, { minLength: 1, maxLength: 4 }), async (asked, requests) => {
      await remove('/faults');
      expect(await remove('/requests')).toEqual(done);
      await post('/faults', { id: 'rule', match: asked, effect: { status: 418 } });
      const fired: string[] = [];
      for (const { path, query, headers, sent } of requests) {
        const url = `/tally${path}?${String(new URLSearchParams(query))}`;
        const response =
          path === '/counters/x' || path === '/nothing'
            ? await agent.get(url).set(headers)
            : await agent.post(url).set(headers).set('Content-Type', sent.type).send(sent.body);
        if (response.status === 418) fired.unshift(response.headers['x-emulator-request-id'] ?? '');
      }
      const count = { exactly: fired.length };
      expect(await post('/requests/verify', { match: asked, count })).toMatchObject({
        status: 200,
        body: { verified: true, matched: fired.length },
      });
      const {
        query: _query,
        headers: _headers,
        body,
        ...others
      } = { query: {}, headers: {}, body: undefined, ...asked };
      if (Object.keys({ ...asked }).some((part) => part === 'query' || part === 'headers')) return;
      const filters = new URLSearchParams({ ...others, ...(body && { body: JSON.stringify(body) }) });
      const { body: listed } = await get(`/requests?brief=true&${String(filters)}`);
      expect((listed as { requests: { id: string }[] }).requests.map(({ id }) => id)).toEqual(fired);
    }),
    { numRuns: propertyRuns(60) },
  );
});
