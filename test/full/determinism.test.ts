import { expect, it } from 'vitest';

import { loadRequests } from '../support/requests.ts';
import { startServer } from '../support/command.ts';
import { bundled } from '../../src/providers/index.ts';
import { readFirstEvent } from '../../src/conformance/first-event.ts';

const WORDS = ['--clock', '2026-01-01T00:00:00Z', '--random-seed', '5'];

it('answers byte by byte the same in two processes with the same seed, clock and requests', async () => {
  const [first, second] = [await recordSamples(WORDS), await recordSamples(WORDS)];
  expect(first.length).toBeGreaterThan(5);
  expect(second).toEqual(first);
});

/** What an emulator in a process of its own answers to every sample. */
async function recordSamples(words: readonly string[]): Promise<readonly string[]> {
  const { ready } = await startServer(words);
  const urls = ready.providers;
  const answers: string[] = [];
  for (const { provider } of bundled) {
    const requests = await loadRequests(provider.id);
    for (const { method, path, headers, body, stream } of Object.values(requests.operations)) {
      const response = await fetch(`${urls[provider.id] ?? ''}${path}`, {
        method,
        headers: { ...requests.headers, ...headers, 'Content-Type': 'application/json' },
        ...(body === undefined ? undefined : { body: JSON.stringify(body) }),
      });
      const kept = [...response.headers].filter(([name]) => !['date', 'connection', 'keep-alive'].includes(name));
      answers.push(
        `${response.status} ${JSON.stringify(kept)} ${await (stream ? readFirstEvent(response) : response.text())}`,
      );
    }
  }
  return answers;
}
