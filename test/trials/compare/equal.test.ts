import { describe, expect, it } from 'vitest';

import { startEmulator } from '../../support/emulator.ts';
import { compare } from './stand-in.ts';
import { loadSubjects } from '../../support/requests.ts';

/** Some do not say one, and change something by GET, or go on. */
const PASSED_OVER = ['it changes something', 'it is a stream'];

describe.each(await loadSubjects())('the examples of $title', ({ provider: { id }, requests, set }) => {
  it('are answered by an equal service of another time without a difference', async () => {
    const terms = { providers: [id], set: [...set], providerPorts: false, clock: '2026-03-04T05:06:07Z' };
    const { url, sandbox } = await startEmulator(terms);
    const { compared, same, differences, unanswered, passedOver } = await compare({
      ...{ provider: id, target: `${url}/${id}`, set },
      headers: Object.entries(requests.headers).map(([name, value]) => `${name}: ${value}`),
    });
    expect({ differences, unanswered }).toEqual({ differences: [], unanswered: [] });
    expect([compared, compared >= 4, passedOver.filter(({ reason }) => !PASSED_OVER.includes(reason))]).toEqual([
      ...[same, true, []],
    ]);
    const journal = await sandbox().requests.list({ limit: 1000 });
    expect(journal.requests.map(({ method }) => method)).toEqual(Array<string>(compared).fill('GET'));
    expect(journal.requests.some(({ answer }) => answer.status === 200)).toBe(true);
  });
});
