import { readFirstEvent } from '../../src/conformance/first-event.ts';
import { bundled } from '../../src/providers/index.ts';
import { startServer } from './command.ts';
import { loadRequests } from './requests.ts';

/** What an emulator in a process of its own answers to every sample. */
export async function recordSamples(words: readonly string[]): Promise<readonly string[]> {
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
