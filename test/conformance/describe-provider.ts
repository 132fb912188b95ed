import { describe, expect, it } from 'vitest';

import { Contract, type ContractOperation } from '../../src/core/contract/contract.ts';
import { readBundled } from '../../src/core/values/bundled-file.ts';
import type { FailureReason } from '../../src/core/wire/failure.ts';
import type { Provider } from '../../src/core/provider/provider.ts';
import { startApp, startEmulator } from '../support/emulator.ts';
import { readFirstEvent, takeFirstEvent } from '../support/first-event.ts';
import { takeLogged } from '../support/log.ts';
import { listSubjects, type ProviderRequests, type SampleRequest, type Subject } from '../support/requests.ts';

/** Every check by name, so that one that is skipped can be named with its reason. */
export type Check =
  | 'document'
  | 'operations'
  | 'samples'
  | 'failures'
  | 'journal'
  | 'state'
  | 'isolation'
  | 'determinism'
  | 'head'
  | 'retry';

export interface ConformanceOptions {
  readonly skip?: readonly { readonly check: Check; readonly reason: string }[];
}

const OF_THE_CONNECTION = new Set(['date', 'connection', 'keep-alive']);

const FAILURES: readonly FailureReason[] = [
  { kind: 'notFound' },
  { kind: 'methodNotAllowed', allow: ['GET'] },
  { kind: 'badPath' },
  { kind: 'parse', cause: 'json' },
  { kind: 'parse', cause: 'empty' },
  { kind: 'parse', cause: 'mediaType' },
  { kind: 'parse', cause: 'encoding' },
  { kind: 'parse', cause: 'tooDeep' },
  { kind: 'tooLarge', limit: 1 },
  { kind: 'unauthenticated' },
  { kind: 'invalid', violations: [{ where: 'body', pointer: '/x', keyword: 'type', params: {}, message: 'is wrong' }] },
  { kind: 'limited', retryAfter: 30 },
  { kind: 'injected', status: 409 },
  { kind: 'injected', status: 503, message: 'down' },
  { kind: 'unwritten', operationId: 'x' },
  { kind: 'bug', error: new Error('secret') },
];

/**
 * What every provider must pass, in each of its variants, made from its document, its fixtures and one
 * request that succeeds for each operation. A provider's own tests then hold only what is peculiar to it.
 */
export function describeProvider(
  provider: Provider,
  requests: ProviderRequests,
  options: ConformanceOptions = {},
): void {
  for (const subject of listSubjects(provider, requests)) describeSubject(subject, options);
}

function describeSubject(
  { title: subject, provider, requests, set }: Subject,
  { skip = [] }: ConformanceOptions,
): void {
  const { id } = provider;
  const { headers, operations } = requests;
  const check = (name: Check, title: string, body: () => Promise<void>): void => {
    const skipped = skip.find((candidate) => candidate.check === name);
    if (skipped) it.skip(`${title} (${skipped.reason})`, body);
    else it(title, body);
  };
  const loadOperations = async (): Promise<readonly ContractOperation[]> => {
    const document = await readBundled(provider.document);
    return (await Contract.load(document as object, { check: true })).operations;
  };
  const start = (options: object = {}): ReturnType<typeof startApp> => startApp({ providers: [id], set, ...options });
  type App = Awaited<ReturnType<typeof start>>;
  type Sent = Omit<SampleRequest, 'method'> & { readonly method: SampleRequest['method'] | 'HEAD' };
  const send = async (app: App, { method, path, headers: own, body, stream }: Sent, sandbox = 'default') => {
    const verb = method.toLowerCase() as Lowercase<Sent['method']>;
    const request = app[verb](`/${id}${path}`).set({ ...headers, ...own, 'X-Emulator-Sandbox': sandbox });
    if (stream) request.buffer(true).parse(takeFirstEvent);
    const response = await (body === undefined ? request : request.send(body));
    const kept = Object.entries(response.headers as Record<string, string>).filter(
      ([name]) => !OF_THE_CONNECTION.has(name),
    );
    return { status: response.status, headers: Object.fromEntries(kept), text: response.text };
  };
  const sendAll = async (app: App, sandbox?: string): Promise<unknown[]> => {
    const answers = [];
    for (const sample of Object.values(operations)) answers.push(await send(app, sample, sandbox));
    return answers;
  };
  const readState = async (app: App, sandbox = 'default'): Promise<unknown> =>
    (await app.get('/_emulator/state').set('X-Emulator-Sandbox', sandbox)).body;

  describe(`${subject} conforms`, () => {
    check('document', 'has a valid document that says of every operation how it is known', async () => {
      for (const { operationId, evidence } of await loadOperations()) {
        expect([operationId, evidence.level]).toEqual([
          operationId,
          expect.stringMatching(/^(documented|observed|assumed)$/),
        ]);
        expect(evidence.source, operationId).not.toBe('nothing said');
      }
    });

    check('operations', 'writes every operation of its document and no other, with a sample of each', async () => {
      const documented = new Set((await loadOperations()).map(({ operationId }) => operationId));
      expect(new Set(Object.keys(operations))).toEqual(documented);
      for (const written of Object.keys(provider.operations)) expect(documented).toContain(written);
    });

    check('samples', 'answers each sample with success, a request id and a body that fits', async () => {
      for (const sample of Object.values(operations)) {
        const app = await start();
        const answer = await send(app, sample);
        expect([sample.path, Math.floor(answer.status / 100)]).toEqual([sample.path, 2]);
        expect(answer.headers['x-emulator-request-id']).toBe('default-1');
        expect(answer.headers).not.toHaveProperty('x-emulator-example');
      }
    });

    check('failures', 'renders every kind of failure in a body of its own that tells no secrets', () => {
      for (const failure of FAILURES) {
        const reply = provider.renderFailure(failure, {
          method: 'GET',
          url: '/x',
          headers: {},
          operationId: undefined,
          basePath: undefined,
        });
        expect(reply.status, failure.kind).toBeGreaterThanOrEqual(failure.kind === 'injected' ? failure.status : 299);
        expect(reply.body, failure.kind).toBeDefined();
        expect(JSON.stringify(reply), failure.kind).not.toContain('secret');
      }
      return Promise.resolve();
    });

    check('journal', 'leaves an entry for each exchange, with no violation and no secret', async () => {
      const app = await start();
      await sendAll(app);
      const { requests } = (await app.get('/_emulator/requests')).body as {
        requests: { operation: string; violations: unknown[]; bug?: string }[];
      };
      expect(requests.map(({ operation }) => operation).reverse()).toEqual(Object.keys(operations));
      expect(requests.flatMap(({ violations, bug }) => [...violations, ...(bug ? [bug] : [])])).toEqual([]);
      for (const secret of Object.values(headers)) expect(JSON.stringify(requests)).not.toContain(secret);
    });

    check('state', 'survives getting, putting and resetting its state, before and after use', async () => {
      const app = await start();
      const seeded = await readState(app);
      await sendAll(app);
      const used = await readState(app);
      expect(
        (
          await app
            .put('/_emulator/state')
            .set('X-Emulator-Sandbox', 'copy')
            .send(used as object)
        ).status,
      ).toBe(204);
      expect(await readState(app, 'copy')).toEqual(used);
      expect((await app.post('/_emulator/reset')).status).toBe(204);
      expect(await readState(app)).toEqual(seeded);
    });

    check('isolation', 'shares nothing between sandboxes, nor between two emulators of one process', async () => {
      const [app, other] = [await start(), await start()];
      const untouched = await readState(app, 'other');
      await sendAll(app, 'mine');
      expect(await readState(app, 'other')).toEqual(untouched);
      expect(await readState(other, 'mine')).toEqual(untouched);
    });

    check('determinism', 'answers byte by byte the same for the same seed, clock and requests', async () => {
      expect(await sendAll(await start({ randomSeed: 7 }))).toEqual(await sendAll(await start({ randomSeed: 7 })));
      const app = await start({ randomSeed: 7 });
      const first = await sendAll(app);
      await app.post('/_emulator/reset');
      expect(await sendAll(app)).toEqual(first);
    });

    check('head', 'answers HEAD as the GET of the same path, without its body and its changes', async () => {
      for (const sample of Object.values(operations)) {
        if (sample.method !== 'GET') continue;
        // HEAD comes first and on an app of its own, because the GET itself may change something.
        const app = await start();
        const seeded = await readState(app);
        const head = await send(app, { ...sample, method: 'HEAD' });
        expect(await readState(app), sample.path).toEqual(seeded);
        const get = await send(app, sample);
        const length = get.headers['content-length'];
        expect([sample.path, head.status, head.headers['content-length']]).toEqual([sample.path, get.status, length]);
        if (sample.stream) expect(length).toBeUndefined();
        else expect(Number(length)).toBeGreaterThan(0);
        expect(head.text).toBeUndefined();
      }
    });

    check('retry', 'is left whole by a hundred clients that send everything at once', async () => {
      const emulator = await startEmulator({ providers: [id], set });
      const samples = Object.values(operations);
      await Promise.all(
        Array.from({ length: 100 }, async (_, index) => {
          const sample: SampleRequest = samples[index % samples.length] ?? { method: 'GET', path: '/' };
          const { method, path, headers: own, body, stream } = sample;
          const response = await fetch(`${emulator.urls[id] ?? ''}${path}`, {
            method,
            headers: { ...headers, ...own, 'Content-Type': 'application/json' },
            ...(body === undefined ? undefined : { body: JSON.stringify(body) }),
          });
          await (stream ? readFirstEvent(response) : response.text());
          expect(response.status).toBeLessThan(500);
        }),
      );
      const saved = await fetch(`${emulator.url}/_emulator/state`);
      const put = await fetch(`${emulator.url}/_emulator/state`, {
        method: 'PUT',
        headers: { 'Content-Type': 'application/json', 'X-Emulator-Sandbox': 'copy' },
        body: await saved.text(),
      });
      expect(put.status).toBe(204);
      expect(takeLogged()).toEqual([]);
    });
  });
}
