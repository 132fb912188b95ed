import type TestAgent from 'supertest/lib/agent.js';
import { describe, expect, it } from 'vitest';

import { toBundledUrl } from '../src/core/values/bundled-file.ts';
import { startApp } from './support/emulator.ts';
import { listExamples, type ExampleRequest } from '../src/trials/compare/examples.ts';
import { takeFirstEvent } from './support/first-event.ts';
import { type SampleRequest } from '../src/conformance/subject.ts';
import { loadDocument, loadSubjects } from './support/requests.ts';

/** Those that are answered with 400 or more though their samples are not, each sent to the seed as it is, but for what `arrange` adds. */
async function findRefused(
  app: TestAgent,
  examples: readonly ExampleRequest[],
  toSent: (example: ExampleRequest) => Pick<SampleRequest, 'path' | 'headers' | 'stream' | 'status'>,
  arrange: (example: ExampleRequest) => Promise<void> = () => Promise.resolve(),
): Promise<readonly unknown[]> {
  const refused: unknown[] = [];
  for (const example of examples) {
    await arrange(example);
    const { path, headers = {}, stream, status: usual } = toSent(example);
    const verb = example.method.toLowerCase() as 'get' | 'put' | 'post' | 'delete' | 'patch';
    const request = app[verb](path).set({ ...headers, ...example.headers });
    if (stream) request.buffer(true).parse(takeFirstEvent);
    const { operationId, title, body } = example;
    const { status, text } = await (body ? request.type(body.type).send(toBody(body)) : request);
    if (status >= 400 && status !== usual) refused.push({ operationId, title, path, body: body?.value, status, text });
    await app.post('/_emulator/reset').expect(204);
  }
  return refused;
}

function toBody({ type, value }: NonNullable<ExampleRequest['body']>): string {
  if (type === 'application/json') return JSON.stringify(value);
  return typeof value === 'string' ? value : new URLSearchParams(value as Record<string, string>).toString();
}

describe.each(await loadSubjects())('the examples of $title', ({ provider, requests, set }) => {
  it('are answered without a refusal on the default seed', async () => {
    const app = await startApp({ providers: [provider.id], set: [...set] });
    const refused = await findRefused(
      app,
      listExamples(await loadDocument(provider.document)),
      ({ operationId, path }) => {
        const sample = requests.operations[operationId];
        const basePath =
          provider.basePaths?.find((root) => sample?.path.startsWith(root)) ?? provider.basePaths?.[0] ?? '';
        return {
          ...sample,
          path: `/${provider.id}${basePath}${path}`,
          headers: { ...requests.headers, ...sample?.headers },
        };
      },
    );
    expect(refused).toEqual([]);
  });
});

it('the examples of the control API are answered without a refusal, where there is all that they name', async () => {
  const app = await startApp();
  // Whoever follows events is never answered to the end, and a certificate takes --https: other tests do both.
  const examples = listExamples(await loadDocument(toBundledUrl('specs/emulator.yaml'))).filter(
    ({ operationId }) => operationId !== 'followEvents' && operationId !== 'getCa',
  );
  const arrange = async ({ operationId }: ExampleRequest): Promise<void> => {
    await app
      .put('/klaim/users/ada/credits')
      .set('Authorization', 'Bearer klaim_test_lantern')
      .send({ credit_delta: -25 })
      .expect(200);
    // What a receiver does is in no bundle.
    if (operationId !== 'getBundle') {
      await app
        .post('/_emulator/controls/inveterate/announce')
        .send({ merchantId: 'lumen-tea', topic: 'customer.payment_failed', payload: {} })
        .expect(200);
    }
    await app.put('/_emulator/snapshots/before');
    await app.put('/_emulator/sandboxes/checkout');
    if (operationId === 'addFault') return;
    await app
      .post('/_emulator/faults')
      .send({ id: 'grant-lost', effect: { status: 500 } })
      .expect(201);
  };
  expect(await findRefused(app, examples, ({ path }) => ({ path: `/_emulator${path}` }), arrange)).toEqual([]);
});
