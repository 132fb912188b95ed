import { expect, it, onTestFinished } from 'vitest';

import type { EmulatorOptions } from '../../src/config/options.ts';
import { Connection } from '../crash/connection.ts';
import { Dice } from '../crash/dice.ts';
import { toFixture, toKind } from '../crash/kinds/index.ts';
import { toBody, type Answer, type Order, type Request } from '../crash/kinds/kind.ts';
import { startEmulator } from '../support/emulator.ts';

const SANDBOXES = 64;
/** One of each provider. */
const ACCOUNTS = 5;
const MILLISECONDS = 20_000;
const NAMES = ['first', 'second'];

/** All that a sandbox holds, as plain sums of what its client did. */
interface World {
  readonly states: readonly unknown[];
  /** What has its effect when time goes by, each with its account. */
  readonly late: readonly (readonly [account: number, order: Order<unknown>])[];
}

const SEED: World = { states: Array.from({ length: ACCOUNTS }, (_, number) => toKind(number).seed), late: [] };

/** What the only client of a sandbox knows of it. */
interface Model {
  readonly name: string;
  readonly dice: Dice;
  readonly snapshots: Map<string, World>;
  world: World;
  /** Requests since its numbers began. */
  requests: number;
  steps: number;
  /** Whoever wants to be alone with it waits for this. */
  free: Promise<void>;
}

function put(states: readonly unknown[], at: number, order: Order<unknown>): readonly unknown[] {
  return states.map((state, number) => (number === at ? order.after(state) : state));
}

/** Runs alone with all of these; who wants several takes them in one turn, so that nobody waits for each other. */
async function alone(models: readonly Model[], work: () => Promise<void>): Promise<void> {
  const before = Promise.all(models.map(({ free }) => free));
  let done = (): void => undefined;
  const freed = new Promise<void>((resolve) => (done = resolve));
  for (const model of models) model.free = freed;
  await before;
  try {
    await work();
  } finally {
    done();
  }
}

class Run {
  readonly #connection: Connection;
  readonly counts: Record<string, number> = {};

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** @param status left out where what is read says it */
  async send(model: Model, request: Request, status?: number): Promise<Answer> {
    const answer = await this.#connection.send(model.name, request);
    if (!answer || (status !== undefined && answer.status !== status)) {
      throw new Error(`${model.name}: ${JSON.stringify(request)} is answered ${JSON.stringify(answer)}.`);
    }
    if (!request.path.startsWith('/_emulator')) {
      model.requests += 1;
      expect(answer.headers['x-emulator-request-id']).toBe(`${model.name}-${model.requests}`);
    }
    return answer;
  }

  act(model: Model, method: Request['method'], path: string, status: number, body?: object): Promise<Answer> {
    return this.send(model, { method, path: `/_emulator${path}`, headers: {}, ...(body && { body }) }, status);
  }

  /** One random thing. @param others of which it may be made a fork */
  async step(model: Model, others: readonly Model[]): Promise<void> {
    const { dice, snapshots } = model;
    const drawn = dice.next();
    if (drawn < 0.03) {
      const source = dice.pick(others);
      await alone(source === model ? [model] : [model, source], () => this.#fork(model, source));
      return;
    }
    await alone([model], async () => {
      if (drawn < 0.75) await this.#write(model);
      else if (drawn < 0.85) await this.#check(model, dice.between(0, ACCOUNTS - 1));
      else if (drawn < 0.88) await this.#advance(model);
      else if (drawn < 0.91) {
        await this.act(model, 'POST', '/reset', 204);
        this.#become(model, SEED, 'reset');
      } else if (drawn < 0.95) {
        const name = dice.pick(NAMES);
        await this.act(model, 'PUT', `/snapshots/${name}`, snapshots.has(name) ? 200 : 201);
        snapshots.set(name, model.world);
        this.#count('snapshot');
      } else if (drawn < 0.99) await this.#restore(model);
      else {
        await this.act(model, 'DELETE', `/sandboxes/${model.name}`, 204);
        // There is one of that name before anybody forks it.
        await this.act(model, 'PUT', `/sandboxes/${model.name}`, 201);
        snapshots.clear();
        this.#become(model, SEED, 'deletion');
      }
    });
  }

  async checkAll(model: Model): Promise<void> {
    await this.#advance(model);
    for (let number = 0; number < ACCOUNTS; number += 1) await this.#check(model, number);
  }

  async #write(model: Model): Promise<void> {
    const number = model.dice.between(0, ACCOUNTS - 1);
    model.steps += 1;
    const id = `${model.name}-w-${model.steps}`;
    const order = toKind(number).draw(model.dice, model.world.states[number], id, number);
    // Of two that wait for the same account, the sums would depend on which comes first.
    if (order.isLate && model.world.late.some(([account]) => account === number)) return;
    await this.send(model, order.request, order.status);
    const { states, late } = model.world;
    model.world = order.isLate
      ? { states, late: [...late, [number, order]] }
      : { states: put(states, number, order), late };
    this.#count(toKind(number).provider);
  }

  async #advance(model: Model): Promise<void> {
    await this.act(model, 'POST', '/clock/advance', 200, { by: 'PT1M' });
    let { states } = model.world;
    for (const [number, order] of model.world.late) states = put(states, number, order);
    model.world = { states, late: [] };
    this.#count('advance');
  }

  async #restore(model: Model): Promise<void> {
    const name = model.dice.pick(NAMES);
    const world = model.snapshots.get(name);
    await this.act(model, 'POST', `/snapshots/${name}/restore`, world ? 204 : 404);
    if (!world) return;
    model.world = world;
    this.#count('restore');
  }

  async #fork(model: Model, source: Model): Promise<void> {
    const snapshot = model.dice.pick(['now', ...source.snapshots.keys()]);
    const from = { sandbox: source.name, ...(snapshot !== 'now' && { snapshot }) };
    const world = snapshot === 'now' ? source.world : source.snapshots.get(snapshot);
    await this.act(model, 'PUT', `/sandboxes/${model.name}`, 200, { from });
    this.#become(model, world ?? SEED, 'fork');
  }

  #become(model: Model, world: World, how: string): void {
    model.world = world;
    model.requests = 0;
    this.#count(how);
  }

  async #check(model: Model, number: number): Promise<void> {
    const kind = toKind(number);
    const state = model.world.states[number];
    const answers: Answer[] = [];
    for (const request of kind.reads(number, [state])) answers.push(await this.send(model, request));
    const where = `${kind.provider} in ${model.name}`;
    expect(kind.toView(answers, [state]), where).toEqual(kind.show(state));
    const query = new URLSearchParams({ provider: kind.provider, account: kind.toId(number) });
    const listed = toBody<{ accounts: readonly { unit: string; balance: string }[] }>(
      await this.act(model, 'GET', `/accounts?${String(query)}`, 200),
    );
    const balance = listed.accounts.find(({ unit }) => unit === kind.unit)?.balance;
    expect(balance ?? '0', where).toBe(kind.toBalance(state));
    this.#count('check');
  }

  #count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }
}

it('keeps 64 sandboxes apart through operations, resets, forks, snapshots and restores at the same time', async () => {
  const fixtures = [toFixture(ACCOUNTS)] as NonNullable<EmulatorOptions['fixtures']>;
  const { url } = await startEmulator({ fixtures, set: ['openmonetize.burnDelay=PT1S'] });
  const connection = new Connection(url);
  onTestFinished(() => {
    connection.cut();
  });
  const run = new Run(connection);
  const models = Array.from({ length: SANDBOXES }, (_, number): Model => {
    const name = `s-${number}`;
    const dice = new Dice('sandboxes', name);
    return { name, dice, snapshots: new Map(), world: SEED, requests: 0, steps: 0, free: Promise.resolve() };
  });
  for (const model of models) await run.act(model, 'PUT', `/sandboxes/${model.name}`, 201);
  const kinds = Array.from({ length: ACCOUNTS }, (_, number) => toKind(number).provider);
  const wanted = [...kinds, 'reset', 'fork', 'snapshot', 'restore', 'deletion', 'advance'];
  const isEnough = (): boolean => wanted.every((what) => (run.counts[what] ?? 0) > SANDBOXES / 2);
  const end = performance.now() + MILLISECONDS;
  await Promise.all(
    models.map(async (model) => {
      while (performance.now() < end || !isEnough()) await run.step(model, models);
    }),
  );
  for (const model of models) await run.checkAll(model);
});
