import fc from 'fast-check';
import { expect, it } from 'vitest';

import { bundled } from '../../src/providers/index.ts';
import type { SampleRequest } from '../../src/conformance/subject.ts';
import { propertyRuns } from '../support/property.ts';
import { loadRequests } from '../support/requests.ts';
import { PARTS, type Ask, type Part } from './zoo/cast.ts';
import { Stage, type Actor, type Learnt, type Scene } from './zoo/stage.ts';

const stage = new Stage();
const RUNS = propertyRuns(40);

/** Operations after which a client has other credentials. */
const SPOILING = new Set(['signIn', 'rotateKey']);

/** A correct request of every operation of every provider. */
const SAMPLES = new Map<string, readonly (SampleRequest & { readonly id: string })[]>();
for (const { provider } of bundled) {
  const { headers, operations } = await loadRequests(provider.id);
  const samples = Object.entries(operations).filter(([id, { stream }]) => !stream && !SPOILING.has(id));
  SAMPLES.set(
    provider.id,
    samples.map(([id, sample]) => ({ id, ...sample, headers: { ...headers, ...sample.headers } })),
  );
}

const STREAM = { method: 'GET', path: '/users/0x1111111111111111111111111111111111111111/credits/stream' } as const;

/** What one client does, or what happens to the sandbox. */
type Step =
  | { readonly kind: 'add'; readonly amount: number }
  | { readonly kind: 'read' | 'listen' | 'reset' | 'freeze' | 'advance' | 'back' }
  | { readonly kind: 'sample'; readonly place: number }
  | { readonly kind: 'fault'; readonly place: number; readonly isOfReads: boolean };

const FAULTS = [
  { effect: { status: 500 }, phase: 'before' },
  { effect: { status: 503, retryAfter: 2 }, phase: 'before' },
  { effect: { status: 429, retryAfter: 1 }, phase: 'before' },
  { effect: { connection: 'reset' }, phase: 'before' },
  { effect: { status: 500 }, phase: 'after' },
  { effect: { connection: 'reset' }, phase: 'after' },
  { effect: { connection: 'empty' }, phase: 'after' },
  { effect: { body: 'truncate' }, phase: 'during' },
  { effect: { body: 'garbage' }, phase: 'during' },
  { effect: { body: 'malformed-json' }, phase: 'during' },
  { effect: { connection: { reset: { afterBytes: 3 } } }, phase: 'during' },
  { effect: { delay: 3 }, phase: 'before' },
] as const;

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('add' as const), amount: fc.integer({ min: 1, max: 50 }) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('sample' as const), place: fc.nat() }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('fault' as const), place: fc.nat(), isOfReads: fc.boolean() }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('read', 'listen', 'reset', 'freeze', 'advance', 'back') }),
  },
);

const turn = fc.record({ who: fc.nat({ max: 2 }), part: fc.nat({ max: PARTS.length - 1 }), step });

/** A correct client: it waits, sends a key for each change if the contract has one, and reads the state before it goes on. */
class Careful {
  readonly #scene: Scene;
  readonly #part: Part;
  readonly #actor: Actor;
  #keys = 0;

  constructor(scene: Scene, part: Part, name: string | null) {
    this.#scene = scene;
    this.#part = part;
    this.#actor = scene.actor(part.provider, name);
  }

  async add(amount: number, run: string): Promise<void> {
    const hasKey = this.#part.provider === 'openmonetize';
    const key = hasKey ? { idempotencyKey: `${run}-${(this.#keys += 1)}` } : {};
    for (let attempt = 0; attempt < 4; attempt += 1) {
      const answer = await this.#actor.send(this.#part.add(amount), key);
      if (isWell(answer)) return;
      this.#wait(answer, attempt);
      // Without a key, only a read shows whether it took effect.
      if (!hasKey) break;
    }
    await this.read();
  }

  async read(): Promise<void> {
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const answer = await this.#actor.send(this.#part.read());
      // A refusal is a result, too.
      if (isWell(answer) || (answer && answer.status < 500 && answer.status !== 429 && answer.status >= 400)) return;
      this.#wait(answer, attempt);
    }
    throw new Error('Every read failed.');
  }

  async send(ask: Ask): Promise<void> {
    await this.#actor.send(ask);
  }

  async listen(): Promise<void> {
    await this.#actor.send(STREAM, { signal: AbortSignal.timeout(5) });
  }

  #wait(answer: Learnt | undefined, attempt: number): void {
    const told = Number(answer?.headers.get('retry-after') ?? 0) * 1000;
    this.#scene.skip(Math.max(told + 10, 300 * 2 ** attempt));
  }
}

/** Whether the service's own response arrived whole. */
function isWell(answer: Learnt | undefined): boolean {
  return answer !== undefined && answer.status < 300 && typeof answer.body === 'object';
}

async function take(
  scene: Scene,
  client: Careful,
  part: Part,
  { step }: { readonly step: Step },
  run: string,
): Promise<void> {
  const { sandbox } = scene;
  switch (step.kind) {
    case 'add':
      return client.add(step.amount, run);
    case 'read':
      return client.read();
    case 'listen':
      await sandbox.faults.clear();
      return client.listen();
    case 'reset':
      return sandbox.reset();
    case 'freeze':
      await sandbox.clock.freeze();
      return;
    case 'advance':
      await sandbox.clock.advance('PT1H');
      return;
    case 'back':
      await sandbox.clock.set('2026-01-01T00:00:00Z');
      return;
    case 'sample': {
      const samples = SAMPLES.get(part.provider) ?? [];
      const sample = samples[step.place % samples.length];
      // After a lost response it would have to read the state, in another way for each operation.
      await sandbox.faults.clear();
      // A set is not based on a read that is older than 10 s.
      scene.skip(11_000);
      if (sample) await client.send(sample);
      return;
    }
    case 'fault': {
      const fault = FAULTS[step.place % FAULTS.length];
      const operation = step.isOfReads ? undefined : part.adding;
      if (!fault) return;
      if (operation === undefined && fault.phase === 'after') return;
      await sandbox.faults.add({ ...fault, provider: part.provider, ...(operation && { operation }), times: 1 });
    }
  }
}

it('finds no error and no warning in what correct clients do', { timeout: 3_600_000 }, async () => {
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(turn, { minLength: 1, maxLength: 14 }), fc.boolean(), async (turns, areNamed) => {
      const run = `run-${(runs += 1)}`;
      const scenes = [await stage.open(), await stage.open()];
      const clients = new Map<string, Careful>();
      for (const { who, part: place, step } of turns) {
        const scene = scenes[who % 2];
        const part = PARTS[place];
        if (!scene || !part) continue;
        const id = `${who} ${place}`;
        const client = clients.get(id) ?? new Careful(scene, part, areNamed ? `client-${who}` : null);
        clients.set(id, client);
        await take(scene, client, part, { step }, `${run}-${who}`);
      }
      for (const { sandbox } of scenes) {
        const { findings } = await sandbox.audit();
        expect(findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
        await stage.emulator.sandboxes.delete(sandbox.name);
      }
    }),
    { numRuns: RUNS },
  );
});
