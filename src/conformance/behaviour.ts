import { describe, expect, it } from 'vitest';

import { Contract, type ContractOperation } from '../core/contract/contract.ts';
import { SAMPLE_FAILURES } from '../core/provider/failure-samples.ts';
import type { Provider } from '../core/provider/provider.ts';
import { readBundled } from '../core/values/bundled-file.ts';
import { openBench, type Answered, type Bench } from './bench.ts';
import { listSubjects, type ProviderRequests, type Subject } from './subject.ts';

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

export interface Skipped {
  readonly check: Check;
  readonly reason: string;
}

/**
 * What every provider must pass, in each of its variants, made from its document, its seed and one
 * request that succeeds for each operation. A provider's own tests then hold only what is peculiar to it.
 */
export function describeBehaviour(provider: Provider, requests: ProviderRequests, skip: readonly Skipped[] = []): void {
  for (const subject of listSubjects(provider, requests)) describeSubject(subject, skip);
}

async function loadOperations({ document }: Provider): Promise<readonly ContractOperation[]> {
  return (await Contract.load((await readBundled(document)) as object, { check: true })).operations;
}

const readState = (bench: Bench, sandbox?: string): Promise<unknown> => bench.act('GET', '/state', undefined, sandbox);

function describeSubject(subject: Subject, skip: readonly Skipped[]): void {
  const { title: name, provider } = subject;
  const { headers, operations } = subject.requests;
  const samples = Object.values(operations);
  let loaded: Promise<readonly ContractOperation[]> | undefined;
  const check = (of: Check, title: string, body: () => Promise<void>): void => {
    const skipped = skip.find((candidate) => candidate.check === of);
    if (skipped) it.skip(`${title} (${skipped.reason})`, body);
    else it(title, body);
  };
  const sendAll = async (bench: Bench, sandbox?: string): Promise<readonly Answered[]> => {
    const answers = [];
    for (const sample of samples) answers.push(await bench.send(sample, sandbox === undefined ? {} : { sandbox }));
    return answers;
  };

  describe(`${name} conforms`, () => {
    check('document', 'has a valid document that says of every operation how it is known', async () => {
      for (const { operationId, evidence } of await (loaded ??= loadOperations(provider))) {
        expect([operationId, evidence.level]).toEqual([
          operationId,
          expect.stringMatching(/^(documented|observed|assumed)$/),
        ]);
        expect(evidence.source, operationId).not.toBe('nothing said');
      }
    });

    check('operations', 'writes every operation of its document and no other, with a sample of each', async () => {
      const documented = new Set((await (loaded ??= loadOperations(provider))).map(({ operationId }) => operationId));
      expect(new Set(Object.keys(operations))).toEqual(documented);
      for (const written of Object.keys(provider.operations)) expect(documented).toContain(written);
    });

    check('samples', 'answers each sample with success, a request id and a body that fits', async () => {
      for (const sample of samples) {
        const bench = await openBench(subject);
        const answer = await bench.send(sample);
        expect([sample.path, Math.floor(answer.status / 100)]).toEqual([sample.path, 2]);
        expect(answer.headers['x-emulator-request-id']).toBe('default-1');
        expect(answer.headers).not.toHaveProperty('x-emulator-example');
      }
    });

    check('failures', 'renders every kind of failure in a body of its own that tells no secrets', () => {
      for (const failure of SAMPLE_FAILURES) {
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
      const bench = await openBench(subject);
      await sendAll(bench);
      const { requests } = (await bench.act('GET', '/requests')) as {
        requests: { operation: string; violations: unknown[]; bug?: string }[];
      };
      expect(requests.map(({ operation }) => operation).reverse()).toEqual(Object.keys(operations));
      expect(requests.flatMap(({ violations, bug }) => [...violations, ...(bug ? [bug] : [])])).toEqual([]);
      for (const secret of Object.values(headers)) expect(JSON.stringify(requests)).not.toContain(secret);
    });

    check('state', 'survives getting, putting and resetting its state, and reads the same afterwards', async () => {
      const bench = await openBench(subject);
      const seeded = await readState(bench);
      await sendAll(bench);
      const used = await readState(bench);
      await bench.act('PUT', '/state', used as object, 'copy');
      expect(await readState(bench, 'copy')).toEqual(used);
      // What the state leaves out shows only in answers.
      for (const sample of samples.filter(({ method }) => method === 'GET')) {
        const [here, there] = [await bench.send(sample), await bench.send(sample, { sandbox: 'copy' })];
        expect([sample.path, there.status, there.text]).toEqual([sample.path, here.status, here.text]);
      }
      await bench.act('POST', '/reset');
      expect(await readState(bench)).toEqual(seeded);
    });

    check('isolation', 'shares nothing between sandboxes, nor between two emulators of one process', async () => {
      const [bench, other] = [await openBench(subject), await openBench(subject)];
      const untouched = await readState(bench, 'other');
      await sendAll(bench, 'mine');
      expect(await readState(bench, 'other')).toEqual(untouched);
      expect(await readState(other, 'mine')).toEqual(untouched);
    });

    check('determinism', 'answers byte by byte the same for the same seed, clock and requests', async () => {
      const start = (): Promise<Bench> => openBench(subject, { randomSeed: 7 });
      const bench = await start();
      const first = await sendAll(bench);
      expect(await sendAll(await start())).toEqual(first);
      await bench.act('POST', '/reset');
      expect(await sendAll(bench)).toEqual(first);
    });

    check('head', 'answers HEAD as the GET of the same path, without its body and its changes', async () => {
      for (const sample of samples) {
        if (sample.method !== 'GET') continue;
        // HEAD comes first and on an emulator of its own, because the GET itself may change something.
        const bench = await openBench(subject);
        const seeded = await readState(bench);
        const head = await bench.send({ ...sample, method: 'HEAD' });
        expect(await readState(bench), sample.path).toEqual(seeded);
        const get = await bench.send(sample);
        const length = get.headers['content-length'];
        expect([sample.path, head.status, head.headers['content-length']]).toEqual([sample.path, get.status, length]);
        if (sample.stream) expect(length).toBeUndefined();
        else expect(Number(length)).toBeGreaterThan(0);
        expect(head.text).toBe('');
      }
    });

    check('retry', 'is left whole by a hundred clients that send everything at once', async () => {
      const bench = await openBench(subject);
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, index) =>
          bench.send(samples[index % samples.length] ?? { method: 'GET', path: '/' }),
        ),
      );
      expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
      await bench.act('PUT', '/state', (await readState(bench)) as object, 'copy');
    });
  });
}
