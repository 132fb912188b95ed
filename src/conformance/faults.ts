import { isDeepStrictEqual } from 'node:util';

import { describe, expect, it } from 'vitest';

import { Contract, type ContractOperation } from '../core/contract/contract.ts';
import type { Provider } from '../core/provider/provider.ts';
import { readBundled } from '../core/values/bundled-file.ts';
import { openBench, type Answered, type Bench } from './bench.ts';
import { expectNone } from './sentences.ts';
import { isExpected, listSubjects, type ProviderRequests, type SampleRequest, type Subject } from './subject.ts';

const STATUSES = [400, 401, 403, 404, 409, 422, 429, 500, 503] as const;
const OF_THIS_EXCHANGE = 'x-emulator-request-id';
const JSON_TYPE = 'application/json; charset=utf-8';

/** The form of every failure of a provider, whatever its status. */
export interface Envelope {
  readonly mediaType: 'application/json' | 'text/plain';
  fits(body: unknown, status: number): boolean;
}

const ANY_OBJECT: Envelope = {
  mediaType: 'application/json',
  fits: (body) => typeof body === 'object' && body !== null,
};

/** A bench with a rule for each status and phase, which matches requests by the header X-Case. */
interface ArmedBench extends Pick<Bench, 'act' | 'countOpen'> {
  readonly send: (sample: SampleRequest, rule?: string) => Promise<Answered>;
  /** Returns state, except how often rules have fired, and ledger. */
  readonly look: () => Promise<unknown>;
}

/**
 * Checks that any fault injected into any operation is answered in the provider's format, stores nothing if it comes
 * before, and stores all that would have been stored without it if it comes after.
 */
export function describeFaults(provider: Provider, requests: ProviderRequests, envelope = ANY_OBJECT): void {
  for (const subject of listSubjects(provider, requests)) describeSubject(subject, envelope);
}

function describeSubject(subject: Subject, envelope: Envelope): void {
  describe(`${subject.title} under faults`, () => {
    const samples = Object.entries(subject.requests.operations);
    const contract = loadContract(subject.provider);

    it.each(samples)(
      'refuses %s in its own words before the operation, with every status, and stores nothing',
      async (id, sample) => {
        const bench = await setUp(subject);
        const seeded = await bench.look();
        for (const status of STATUSES) {
          const answer = await bench.send(sample, `before-${status}`);
          expectInjected(answer, `before-${status}`, status);
          expectDialect(answer, envelope, findOperation(await contract, id));
        }
        expect(await bench.look()).toEqual(seeded);
        expect(await listChanges(bench)).toEqual(STATUSES.map(() => []));
        expect(await countFired(bench, 'before')).toEqual(STATUSES.map(() => 1));
        expectNothingOpen(bench);
      },
    );

    it.each(samples)(
      'loses the response of %s after the operation, with every status, and stores what it would',
      async (id, sample) => {
        const bench = await setUp(subject);
        const natural = await bench.send(sample);
        expect([isExpected(sample, natural.status), natural.headers['x-emulator-fault']]).toEqual([true, undefined]);
        const [changes = []] = await listChanges(bench);
        const left = await bench.look();
        const isLost = changes.some((change) => isMore(change, subject.requests.counted));
        for (const status of STATUSES) {
          const rule = `after-${status}`;
          await bench.act('POST', '/reset', { keep: ['faults'] });
          const answer = await bench.send(sample, rule);
          if (isLost) {
            expectInjected(answer, rule, status);
            expectDialect(answer, envelope, findOperation(await contract, id));
          } else {
            // If the client lost nothing, no fault happened and nothing has to be restored.
            expect(answer, rule).toEqual(natural);
          }
          expect(await bench.look(), rule).toEqual(left);
        }
        expect(await countFired(bench, 'after')).toEqual(STATUSES.map(() => (isLost ? 1 : 0)));
        expectNothingOpen(bench);
      },
    );
  });
}

interface Change {
  readonly before: object | null;
  readonly after: object | null;
}

/** Whether it changed anything except the field in which calls are counted. */
function isMore({ before, after }: Change, counted: string | undefined): boolean {
  // The journal does not show that a secret changed.
  if (counted === undefined) return true;
  const leave = (record: object | null): unknown => record && { ...record, [counted]: undefined };
  return !isDeepStrictEqual(leave(before), leave(after));
}

/** Lists the changes of each exchange, newest first. */
async function listChanges({ act }: ArmedBench): Promise<readonly (readonly Change[])[]> {
  const { requests } = (await act('GET', '/requests')) as { requests: readonly { changes: readonly Change[] }[] };
  return requests.map(({ changes }) => changes);
}

/** Counts how often each rule of a phase has fired. */
async function countFired({ act }: ArmedBench, phase: 'before' | 'after'): Promise<readonly number[]> {
  const { faults } = (await act('GET', '/faults')) as { faults: readonly { phase: string; fired: number }[] };
  return faults.filter((rule) => rule.phase === phase).map(({ fired }) => fired);
}

async function setUp(subject: Subject): Promise<ArmedBench> {
  const { send, act, countOpen } = await openBench(subject);
  for (const phase of ['before', 'after'] as const) {
    for (const status of STATUSES) {
      const id = `${phase}-${status}`;
      const match = { headers: { 'X-Case': id } };
      await act('POST', '/faults', { id, provider: subject.provider.id, match, phase, effect: { status } });
    }
  }
  return {
    act,
    countOpen,
    look: async () => {
      const { emulator, ...state } = (await act('GET', '/state')) as { emulator: object };
      return [state, { ...emulator, fired: undefined }, await act('GET', '/ledger')];
    },
    send: async (sample, rule) => {
      const answer = await send(sample, rule === undefined ? {} : { headers: { 'X-Case': rule } });
      const kept = Object.entries(answer.headers).filter(([name]) => name !== OF_THIS_EXCHANGE);
      return { ...answer, headers: Object.fromEntries(kept) };
    },
  };
}

async function loadContract({ document }: Provider): Promise<Contract> {
  return Contract.load((await readBundled(document)) as object, { check: false });
}

function findOperation({ operations }: Contract, id: string): ContractOperation {
  const operation = operations.find(({ operationId }) => operationId === id);
  if (!operation) throw new Error(`The document has no operation "${id}".`);
  return operation;
}

function expectInjected(answer: Answered, rule: string, status: number): void {
  const [phase] = rule.split('-');
  expect([answer.status, answer.headers['x-emulator-fault']]).toEqual([status, `${rule}; phase=${phase ?? ''}`]);
}

/** Checks a failure against the document if that has the status, otherwise against the envelope. */
function expectDialect({ status, headers, text }: Answered, envelope: Envelope, operation: ContractOperation): void {
  const { mediaType } = envelope;
  const isJson = mediaType === 'application/json';
  const type = `The failure ${status} of ${operation.operationId} does not have the content type of its envelope`;
  expect(headers['content-type'], type).toBe(isJson ? JSON_TYPE : 'text/plain; charset=utf-8');
  const body: unknown = isJson ? JSON.parse(text) : text;
  const violations = operation.validateReply(status, mediaType, body);
  const isDocumented = !violations.includes(`status ${status} is not in the document`);
  const name = `The failure ${status} of ${operation.operationId}, ${text},`;
  if (isDocumented) expectNone(violations.map((violation) => `${name} does not fit the document: ${violation}.`));
  else if (!envelope.fits(body, status)) {
    expectNone([`${name} does not look as envelope says that failures look of which the document knows nothing.`]);
  }
}

/** Checks that a refused stream has no listener. */
function expectNothingOpen({ countOpen }: ArmedBench): void {
  expect(countOpen()).toBe(0);
}
