import { afterAll, beforeAll, expect, onTestFinished, vi } from 'vitest';

import type { AuditOptions, Fault, Finding, Sandbox } from '../../../src/client.ts';
import type { EmulatorOptions } from '../../../src/config/options.ts';
import { createEmulator, type Emulator } from '../../../src/compose/emulator.ts';
import { START } from '../../support/emulator.ts';
import { testLogger } from '../../support/log.ts';
import { openSocket, toBytes } from '../../support/raw-socket.ts';
import type { Ask, Part } from './cast.ts';

/** What a client received. */
export interface Learnt {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Headers;
}

/** A client of one provider. */
export class Actor {
  readonly #base: string;
  readonly #sandbox: string;
  readonly #name: string | undefined;

  constructor(base: string, sandbox: string, name: string | undefined) {
    this.#base = base;
    this.#sandbox = sandbox;
    this.#name = name;
  }

  async send(
    ask: Ask,
    { signal, ...more }: { signal?: AbortSignal } & Record<string, unknown> = {},
  ): Promise<Learnt | undefined> {
    const body = typeof ask.body === 'object' ? JSON.stringify({ ...ask.body, ...more }) : ask.body;
    try {
      const answer = await fetch(`${this.#base}${ask.path}`, {
        method: ask.method,
        headers: {
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...this.#toHeaders(ask),
        },
        ...(body === undefined ? {} : { body }),
        ...(signal ? { signal } : {}),
      });
      const text = await answer.text();
      return { status: answer.status, body: parse(text), headers: answer.headers };
    } catch {
      return undefined;
    }
  }

  /** Sends a request and leaves without a response. @param more fields of the body @param isMet resolves when it may leave */
  async leave(ask: Ask, more: object, isMet: () => Promise<unknown>): Promise<void> {
    const socket = await openSocket(this.#base);
    const { pathname } = new URL(this.#base + ask.path);
    const body = { ...(ask.body as object), ...more };
    socket.send(toBytes(ask.method, pathname, { headers: this.#toHeaders(ask), body }));
    await isMet();
    socket.finish();
    // The emulator then ends its side.
    expect([await socket.ended, socket.text()]).toEqual(['end', '']);
  }

  #toHeaders({ headers }: Ask): Readonly<Record<string, string>> {
    return {
      'X-Emulator-Sandbox': this.#sandbox,
      ...(this.#name === undefined ? {} : { 'X-Emulator-Client': this.#name }),
      ...headers,
    };
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** A sandbox and its clients. */
export interface Scene {
  readonly sandbox: Sandbox;
  /** Creates a client of a provider. @param name sent in `X-Emulator-Client`; `null` for none */
  actor(provider: string, name?: string | null): Actor;
  /** Advances the real time of the emulator without waiting. */
  skip(milliseconds: number): void;
}

export type Script = (scene: Scene) => Promise<unknown>;

/** A request that the client of a script sends, or anything else that happens. */
export type Step = Ask | Script;

/** What a client of a provider does. @param name as for `Scene.actor` */
export const as =
  (name: string | null, provider: string, ...steps: readonly Step[]): Script =>
  async (scene) => {
    for (const step of steps) await (typeof step === 'function' ? step(scene) : scene.actor(provider, name).send(step));
  };

/** What the client "shop" of a provider does. */
export const by = (provider: string, ...steps: readonly Step[]): Script => as('shop', provider, ...steps);

export const times = (count: number, ...steps: readonly Step[]): readonly Step[] =>
  Array.from({ length: count }, () => steps).flat();

export const arm =
  (rule: Fault): Script =>
  ({ sandbox }) =>
    sandbox.faults.add(rule);

/** The next add takes effect, and its response is lost. */
export const lose = ({ provider, adding: operation }: Part): Script =>
  arm({ provider, operation, effect: { connection: 'reset' }, phase: 'after', times: 1 });

/** The next add is answered 503 and takes no effect. */
export const refuse = ({ provider, adding: operation }: Part): Script =>
  arm({ provider, operation, effect: { status: 503 }, times: 1 });

/** The next response of a provider is another one. */
export const spoil = (provider: string, effect: Fault['effect']): Script => arm({ provider, effect, times: 1 });

export const skip =
  (milliseconds: number): Script =>
  (scene) =>
    Promise.resolve(scene.skip(milliseconds));

export const advance =
  (duration: string): Script =>
  ({ sandbox }) =>
    sandbox.clock.advance(duration);

/** The same request with more fields in its body. */
export const withFields = (ask: Ask, fields: object): Ask => ({ ...ask, body: { ...(ask.body as object), ...fields } });

/** The same request with the key of OpenMonetize's contract. */
export const keyed = (ask: Ask, idempotencyKey = 'k'): Ask => withFields(ask, { idempotencyKey });

/** The same request with more headers. */
export const withHeaders = (ask: Ask, headers: Readonly<Record<string, string>>): Ask => ({
  ...ask,
  headers: { ...ask.headers, ...headers },
});

/** Milliseconds between two readings of the time, however slow the machine is. */
const TICK = 0.01;
/** The real time of the emulator in milliseconds. It advances by a tick at each reading, and when a scene skips time. */
let running = 1000;

/** An emulator for all scenes of a test file. */
export class Stage {
  #emulator: Emulator | undefined;
  #scenes = 0;

  constructor(options: EmulatorOptions = {}) {
    beforeAll(async () => {
      vi.spyOn(performance, 'now').mockImplementation(() => (running += TICK));
      this.#emulator = await createEmulator({ port: 0, clock: START, ...options }, testLogger);
    });
    afterAll(async () => {
      await this.#emulator?.close();
      vi.restoreAllMocks();
    });
  }

  get emulator(): Emulator {
    if (!this.#emulator) throw new Error('The stage is not set.');
    return this.#emulator;
  }

  async open(): Promise<Scene> {
    const { emulator } = this;
    const sandbox = emulator.sandbox(`scene-${(this.#scenes += 1)}`);
    await sandbox.clock.get();
    const urls = emulator.urls as Readonly<Record<string, string>>;
    return {
      sandbox,
      actor: (provider, name = 'shop') => new Actor(urls[provider] ?? '', sandbox.name, name ?? undefined),
      skip: (milliseconds) => {
        running += milliseconds;
      },
    };
  }

  /** Runs a script in a new scene and returns the findings. */
  async judge(script: Script, options: AuditOptions = {}): Promise<readonly Finding[]> {
    const scene = await this.open();
    await script(scene);
    return (await scene.sandbox.audit(options)).findings;
  }

  /** Compares the gists of the findings of each script with the expected ones. */
  async finds(expected: readonly string[], scripts: Readonly<Record<string, Script>>): Promise<void> {
    const found: Record<string, readonly string[]> = {};
    for (const [name, script] of Object.entries(scripts)) found[name] = (await this.judge(script)).map(toGist);
    expect(found).toEqual(Object.fromEntries(Object.keys(scripts).map((name) => [name, expected])));
  }
}

/**
 * Slows down the response of the next read of a provider.
 *
 * @returns a function that waits until that read has seen the state
 */
export async function slowDown(
  { sandbox }: Scene,
  provider: string,
  bytesPerSecond: number,
): Promise<() => Promise<void>> {
  const { id } = await sandbox.faults.add({
    ...{ provider, match: { method: 'GET' }, times: 1 },
    effect: { body: { slow: { bytesPerSecond } } },
  });
  return () => expect.poll(() => sandbox.faults.get(id)).toMatchObject({ fired: 1 });
}

/** Milliseconds, more than polling with fake timers advances. */
const DELAY = 60_000;

/**
 * Sends an add that is delayed, and leaves without a response.
 *
 * @param more fields of the body
 * @returns a function that ends the delay and waits until the exchange has ended
 */
export async function leave(
  scene: Scene,
  { provider, adding: operation, add }: Part,
  more: object = {},
): Promise<() => Promise<void>> {
  const { sandbox } = scene;
  const { id } = await sandbox.faults.add({ provider, operation, effect: { delay: DELAY }, times: 1 });
  onTestFinished(() => void vi.useRealTimers());
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const isDelayed = () => expect.poll(() => sandbox.faults.get(id)).toMatchObject({ fired: 1 });
  await scene.actor(provider).leave(add(1), more, isDelayed);
  return async () => {
    vi.advanceTimersByTime(DELAY);
    vi.useRealTimers();
    await expect.poll(() => sandbox.requests.list({ fault: id })).toMatchObject({ requests: [{}] });
  };
}

/** The gist of a finding: rule, certainty, severity and number of exchanges. */
export function toGist({ rule, certainty, severity, requests }: Finding): string {
  return `${rule} ${certainty} ${severity} ${requests.length}`;
}
