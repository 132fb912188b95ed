import { describe, expect, it } from 'vitest';

import { Contract, type ContractOperation } from '../core/contract/contract.ts';
import type { Provider } from '../core/provider/provider.ts';
import { readBundled } from '../core/values/bundled-file.ts';
import { isSame, openBench, type Answered, type Bench } from './bench.ts';
import { findOverlooked } from './fixture-mistakes.ts';
import { findMisanswered, findUnguarded } from './wrong-requests.ts';
import { findUnclaimed } from './claims.ts';
import { findLost } from './loss.ts';
import { findBadlyRendered, findShown, findUnevidenced, findUnmatched } from './sayings.ts';
import { expectNone } from './sentences.ts';
import { isExpected, listSubjects, type ProviderRequests, type Subject } from './subject.ts';
import { findMisjudged, findWithoutTerms } from './terms.ts';
import { findUnkept } from './unkept.ts';

/** The names of all checks, so that each can be skipped with a reason. */
export type Check =
  | 'document'
  | 'operations'
  | 'samples'
  | 'failures'
  | 'journal'
  | 'state'
  | 'records'
  | 'ids'
  | 'isolation'
  | 'determinism'
  | 'head'
  | 'audit'
  | 'retry'
  | 'mistakes'
  | 'refusals'
  | 'credentials';

export interface Skipped {
  readonly check: Check;
  readonly reason: string;
}

/**
 * Defines the checks that every provider must pass in each of its variants. They are made from its document, its seed
 * and one request that succeeds for each operation. A provider's own tests then hold only what is specific to it.
 */
export function describeBehaviour(provider: Provider, requests: ProviderRequests, skip: readonly Skipped[] = []): void {
  for (const subject of listSubjects(provider, requests)) describeSubject(subject, skip);
}

async function loadContract({ document }: Provider): Promise<Contract> {
  return Contract.load((await readBundled(document)) as object, { check: true });
}

const readState = (bench: Bench, sandbox?: string): Promise<unknown> => bench.act('GET', '/state', undefined, sandbox);

function describeSubject(subject: Subject, skip: readonly Skipped[]): void {
  const { title: name, provider } = subject;
  const { headers, operations } = subject.requests;
  const samples = Object.values(operations);
  let contract: Promise<Contract> | undefined;
  const loadOperations = async (): Promise<readonly ContractOperation[]> =>
    (await (contract ??= loadContract(provider))).operations;
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
    check('document', 'has a valid document with evidence for every operation', async () => {
      expectNone(findUnevidenced(await loadOperations()));
    });

    check('operations', 'implements every operation of its document and no other, with a sample of each', async () => {
      const documented = new Set((await loadOperations()).map(({ operationId }) => operationId));
      expectNone(findUnmatched(documented, Object.keys(provider.operations), Object.keys(operations)));
    });

    check(
      'samples',
      'answers each sample as expected, with a request id and a body that fits the document',
      async () => {
        const bench = await openBench(subject);
        for (const [index, sample] of samples.entries()) {
          // Each sample has its own sandbox, so that no sample affects another.
          const sandbox = `sample-${index}`;
          const answer = await bench.send(sample, { sandbox });
          const name = `${sample.method} ${sample.path}`;
          expectNone([
            ...(isExpected(sample, answer.status)
              ? []
              : [
                  `${name} is a sample that must ${sample.status === undefined ? 'succeed' : `be answered ${sample.status}`} ` +
                    `on the seed, but is answered ${answer.status}: ${answer.text}`,
                ]),
            ...('x-emulator-example' in answer.headers
              ? [`${name} is answered with a generated example: its operation is not written.`]
              : []),
          ]);
          expect(answer.headers['x-emulator-request-id'], name).toBe(`${sandbox}-1`);
        }
      },
    );

    check('failures', 'renders every kind of failure in its own body, without secrets', () => {
      expectNone(findBadlyRendered(provider));
      return Promise.resolve();
    });

    check('journal', 'records each exchange in the journal, without violations and secrets', async () => {
      const bench = await openBench(subject);
      await sendAll(bench);
      const { requests } = (await bench.act('GET', '/requests')) as {
        requests: { operation: string; violations: string[]; bug?: string }[];
      };
      expect(requests.map(({ operation }) => operation).reverse()).toEqual(Object.keys(operations));
      expectNone(
        requests.flatMap(({ operation, violations, bug }) => [
          ...violations.map((violation) => `The reply of ${operation} does not fit the document: ${violation}.`),
          ...(bug ? [`${operation} threw an error: ${bug}`] : []),
        ]),
      );
      expectNone(findShown(requests, headers));
    });

    check('state', 'survives getting, putting and resetting its state, and reads the same afterwards', async () => {
      const bench = await openBench(subject);
      const seeded = await readState(bench);
      await sendAll(bench);
      const used = await readState(bench);
      await bench.act('PUT', '/state', used as object, 'copy');
      expect(await readState(bench, 'copy'), 'A state that was put in is dumped differently.').toEqual(used);
      // What the state leaves out shows only in answers.
      for (const sample of samples.filter(({ method }) => method === 'GET')) {
        const [here, there] = [await bench.send(sample), await bench.send(sample, { sandbox: 'copy' })];
        const title = `${sample.path} is answered differently after the state was put in`;
        expect([there.status, there.text], title).toEqual([here.status, here.text]);
      }
      await bench.act('POST', '/reset');
      expect(await readState(bench), 'A reset does not bring the seed back.').toEqual(seeded);
    });

    check('records', 'keeps its seed and every field of its records over dump and load', async () => {
      expectNone([...(await findLost(subject)), ...(await findUnkept(subject))]);
    });

    check('ids', 'claims the ids of the records that it loads, so that none is issued again', async () => {
      expectNone(await findUnclaimed(subject));
    });

    // Variants have the same fixtures.
    if (provider.variant === undefined)
      check('mistakes', 'refuses each mistake in its section of a fixture, and says where it is', async () => {
        expectNone(await findOverlooked(subject));
      });

    check('refusals', 'answers a wrong request with its own failure, and changes nothing', async () => {
      expectNone(await findMisanswered(subject, await (contract ??= loadContract(provider))));
    });

    check('credentials', 'refuses an operation without a credential that is known', async () => {
      expectNone(await findUnguarded(subject, await (contract ??= loadContract(provider))));
    });

    check('isolation', 'shares nothing between sandboxes, nor between two emulators of one process', async () => {
      const [bench, other] = [await openBench(subject), await openBench(subject)];
      const untouched = await readState(bench, 'other');
      await sendAll(bench, 'mine');
      expect(await readState(bench, 'other'), 'Another sandbox has changed.').toEqual(untouched);
      expect(await readState(other, 'mine'), 'Another emulator has changed.').toEqual(untouched);
    });

    check('determinism', 'answers byte by byte the same for the same seed, clock and requests', async () => {
      // A copy of the provider, because emulators with the same one may share a seed.
      const start = (): Promise<Bench> => openBench({ ...subject, defined: { ...subject.defined } }, { randomSeed: 7 });
      const bench = await start();
      const first = await sendAll(bench);
      expect(await sendAll(await start()), 'The same requests are answered differently.').toEqual(first);
      await bench.act('POST', '/reset');
      expect(await sendAll(bench), 'After a reset they are answered differently.').toEqual(first);
    });

    check('head', 'answers HEAD as the GET of the same path, without its body and its changes', async () => {
      const open = async () => {
        const bench = await openBench(subject);
        return { bench, seeded: await readState(bench), stored: bench.stored() };
      };
      let fresh = await open();
      for (const sample of samples) {
        if (sample.method !== 'GET') continue;
        // HEAD comes first, before anything has changed, because the GET itself may change something.
        if (!isSame(fresh.stored, fresh.bench.stored())) fresh = await open();
        const { bench, seeded } = fresh;
        const head = await bench.send({ ...sample, method: 'HEAD' });
        expect(await readState(bench), `HEAD ${sample.path} changes something.`).toEqual(seeded);
        const get = await bench.send(sample);
        const length = get.headers['content-length'];
        expect([head.status, head.headers['content-length']], `HEAD ${sample.path} is not as its GET`).toEqual([
          get.status,
          length,
        ]);
        if (sample.stream) expect(length).toBeUndefined();
        else expect(Number(length)).toBeGreaterThan(0);
        expect(head.text).toBe('');
      }
    });

    check('audit', 'declares to the audit what every operation does, as its sample shows', async () => {
      const documented = await loadOperations();
      expectNone([...findWithoutTerms(documented), ...(await findMisjudged(subject, documented))]);
    });

    check('retry', 'stays consistent when a hundred clients send everything at once', async () => {
      const bench = await openBench(subject);
      const sent = Array.from({ length: 100 }, (_, index) => samples[index % samples.length]).filter(
        (sample) => sample !== undefined,
      );
      const answers = await Promise.all(sent.map(async (sample) => ({ sample, ...(await bench.send(sample)) })));
      expectNone(
        answers.flatMap(({ sample, status, text }) =>
          status < 500 || status === sample.status ? [] : [`One of them is answered ${status}: ${text}`],
        ),
      );
      await bench.act('PUT', '/state', (await readState(bench)) as object, 'copy');
    });
  });
}
