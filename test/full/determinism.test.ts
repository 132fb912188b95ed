import { expect, it } from 'vitest';

import { bundled } from '../../src/providers/index.ts';
import { readFirstEvent } from '../../src/conformance/first-event.ts';
import { startServer } from '../support/command.ts';
import type { ProviderRequests } from '../support/requests.ts';

const WORDS = ['--clock', '2026-01-01T00:00:00Z', '--random-seed', '5'];

/** What an emulator in a process of its own answers to every request. */
async function record(): Promise<string[]> {
  const { ready } = await startServer(WORDS);
  const urls = ready.providers;
  const answers: string[] = [];
  for (const { provider } of bundled) {
    const { requests } = (await import(`../providers/${provider.id}/requests.ts`)) as { requests: ProviderRequests };
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

it('answers byte by byte the same in two processes with the same seed, clock and requests', async () => {
  const [first, second] = [await record(), await record()];
  expect(first.length).toBeGreaterThan(5);
  expect(second).toEqual(first);
});
