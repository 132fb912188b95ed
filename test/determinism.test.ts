import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { expect, it, onTestFinished } from 'vitest';

import { bundled } from '../src/providers/index.ts';
import { readFirstEvent } from '../src/conformance/first-event.ts';
import type { ProviderRequests } from './support/requests.ts';

/** Starts the emulator from its sources in a process of its own. */
async function startProcess(): Promise<Record<string, string>> {
  const args = [
    '--import',
    'tsx',
    'src/cli/main.ts',
    'start',
    '--port',
    '0',
    '--clock',
    '2026-01-01T00:00:00Z',
    '--random-seed',
    '5',
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await once(child, 'exit');
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return (JSON.parse(line.toString()) as { providers: Record<string, string> }).providers;
}

async function record(urls: Record<string, string>): Promise<string[]> {
  const answers: string[] = [];
  for (const { provider } of bundled) {
    const { requests } = (await import(`./providers/${provider.id}/requests.ts`)) as { requests: ProviderRequests };
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
  const [first, second] = [await record(await startProcess()), await record(await startProcess())];
  expect(first.length).toBeGreaterThan(5);
  expect(second).toEqual(first);
});
