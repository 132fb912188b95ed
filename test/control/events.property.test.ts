import fc from 'fast-check';
import { expect, it } from 'vitest';

import type { Sandbox } from '../../src/core/sandbox/sandbox.ts';
import { board } from '../support/board.ts';
import { propertyRuns } from '../support/property.ts';
import { serveApp } from '../support/server.ts';
import { hear, type Told } from '../support/told.ts';

const LANTERN = { Authorization: 'Bearer klaim_test_lantern', 'Content-Type': 'application/json' };

type Records = Map<string, unknown>;

interface Change {
  readonly provider: string;
  readonly collection: string;
  readonly key: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Collections that the steps change, with the key field of their records. */
const KEYS = [
  ['klaim', 'users', 'klaimId'],
  ['board', 'notes', 'name'],
] as const;

function readRecords(sandbox: Sandbox): Records {
  const records: Records = new Map();
  for (const [provider, collection, key] of KEYS) {
    const state = sandbox.stateOf(provider) as Record<string, { values(): Iterable<object> }>;
    for (const record of state[collection]?.values() ?? []) {
      const json = JSON.parse(JSON.stringify(record)) as Record<string, unknown>;
      records.set(`${provider} ${collection} ${String(json[key])}`, json);
    }
  }
  return records;
}

/** Applies all events to a state. Each change must match that state. */
function replay(records: Records, seeded: Records, told: readonly Told[]): Records {
  let now = new Map(records);
  for (const { name, data } of told) {
    if (name === 'reset') now = new Map(seeded);
    for (const { provider, collection, key, before, after } of (data['changes'] ?? []) as readonly Change[]) {
      if (!KEYS.some(([, known]) => known === collection)) continue;
      const place = `${provider} ${collection} ${key}`;
      expect(now.get(place) ?? null).toEqual(before);
      if (after === null) now.delete(place);
      else now.set(place, after);
    }
  }
  return now;
}

const step = fc.oneof(
  fc.record({
    act: fc.constant('note' as const),
    name: fc.constantFrom('a', 'b', 'c'),
    text: fc.constantFrom('x', 'y'),
  }),
  fc.record({ act: fc.constant('credit' as const), delta: fc.integer({ min: -5, max: 5 }) }),
  fc.constant({ act: 'reset' as const }),
  fc.constant({ act: 'advance' as const }),
);

it('the events of GET /events turn the state before into the state after, and none is missing', async () => {
  const { url, sandbox } = await serveApp({ providers: ['klaim', board] });
  const send = async (method: string, path: string, body: object): Promise<void> => {
    const answer = await fetch(url + path, { method, headers: LANTERN, body: JSON.stringify(body) });
    await answer.arrayBuffer();
  };
  const seeded = readRecords(sandbox);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const before = readRecords(sandbox);
      const last = sandbox.events.position;
      const hearer = await hear(url);
      for (const one of steps) {
        if (one.act === 'note') await send('PUT', `/board/notes/${one.name}`, { text: one.text });
        else if (one.act === 'credit') await send('PUT', '/klaim/users/ada/credits', { credit_delta: one.delta });
        else if (one.act === 'reset') await send('POST', '/_emulator/reset', {});
        else await send('POST', '/_emulator/clock/advance', { by: 'PT1H' });
      }
      const { position } = sandbox.events;
      const told = await hearer.heard(position - last);
      hearer.leave();
      expect(told.map(({ id }) => id)).toEqual(Array.from({ length: position - last }, (_, place) => last + place + 1));
      expect(replay(before, seeded, told)).toEqual(readRecords(sandbox));
    }),
    { numRuns: propertyRuns(15) },
  );
});
