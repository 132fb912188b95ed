import fc from 'fast-check';
import { expect, it } from 'vitest';

import type { Match } from '../../src/core/faults/match.ts';
import { tally } from '../support/providers.ts';
import { propertyRuns } from '../support/property.ts';
import { done, startControl } from './api.ts';

const JSON_TYPE = 'application/json';

const text = fc.constantFrom('1', 'x');
const name = fc.constantFrom('a', '__proto__');
const value = fc.constantFrom<unknown>('1', 1, true, 'x', null, ['x', 1], { deep: [1] });

/** One or two conditions at once, so that some exchanges match. */
const match = fc
  .tuple(
    fc.record({
      subject: fc.constantFrom('x', 'y'),
      method: fc.constantFrom('get', 'POST'),
      // No exchange has one.
      topic: fc.constant('x'),
      path: fc.constantFrom('/counters/x', '/counters/*', '*/add', '/echo', '*'),
      query: fc.dictionary(name, text, { maxKeys: 1 }),
      headers: fc.dictionary(fc.constantFrom('X-A', 'x-b'), text, { maxKeys: 1 }),
      body: fc.dictionary(name, fc.oneof(text, value), { maxKeys: 1 }),
    }),
    fc.subarray<keyof Match>(['subject', 'method', 'path', 'query', 'headers', 'body'], { minLength: 1, maxLength: 2 }),
  )
  .map(([whole, parts]): Match => Object.fromEntries(parts.map((part) => [part, whole[part]])));

const fields = fc.array(fc.tuple(name, text), { minLength: 1, maxLength: 2 });

const request = fc.record({
  path: fc.constantFrom('/counters/x', '/counters/x/add', '/counters/y/add', '/echo', '/echo', '/nothing'),
  query: fields,
  headers: fc.dictionary(fc.constantFrom('x-a', 'x-b'), text, { maxKeys: 2 }),
  sent: fc.oneof(
    {
      weight: 2,
      arbitrary: fc
        .dictionary(name, value, { minKeys: 1 })
        .map((body) => ({ type: JSON_TYPE, body: JSON.stringify(body) })),
    },
    fc.constantFrom('{"a":', '[1]', '').map((body) => ({ type: JSON_TYPE, body })),
    fields.map((pairs) => ({ type: 'application/x-www-form-urlencoded', body: String(new URLSearchParams(pairs)) })),
    fields.map((pairs) => ({ type: 'multipart/form-data; boundary=limit', body: toMultipart(pairs) })),
  ),
});

function toMultipart(pairs: readonly (readonly [string, string])[]): string {
  const parts = pairs.map(([key, one]) => `--limit\r\nContent-Disposition: form-data; name="${key}"\r\n\r\n${one}\r\n`);
  return `${parts.join('')}--limit--\r\n`;
}

it('a rule fires on exactly the exchanges that filters find and that verification counts', async () => {
  const { agent, get, post, delete: remove } = await startControl({ providers: [tally] });
  await fc.assert(
    fc.asyncProperty(match, fc.array(request, { minLength: 3, maxLength: 6 }), async (asked, requests) => {
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
      // Lists have no filters by query and headers.
      if (asked.query || asked.headers) return;
      const { body, subject, method, path } = asked;
      const filters = Object.entries({ subject, method, path, ...(body && { body: JSON.stringify(body) }) });
      const query = new URLSearchParams(filters.filter((pair): pair is [string, string] => pair[1] !== undefined));
      const { body: listed } = await get(`/requests?brief=true&${String(query)}`);
      expect((listed as { requests: { id: string }[] }).requests.map(({ id }) => id)).toEqual(fired);
    }),
    { numRuns: propertyRuns(40) },
  );
});
