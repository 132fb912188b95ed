import { afterAll, beforeAll, expect, onTestFinished, vi } from 'vitest';

import type { AuditOptions, Finding, Sandbox } from '../../../src/client.ts';
import type { EmulatorOptions } from '../../../src/config/options.ts';
import { createEmulator, type Emulator } from '../../../src/compose/emulator.ts';
import { START } from '../../support/emulator.ts';
import { testLogger } from '../../support/log.ts';
import { openSocket, toBytes } from '../../support/raw-socket.ts';
import type { Ask, Part } from './cast.ts';

/** What a client learnt of an answer; `undefined` where none came. */
export interface Learnt {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Headers;
}

/** A client of one provider, which says who it is. */
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

  /** Sends an object, and leaves without an answer. @param more fields of it @param isMet resolves once it may */
  async leave(ask: Ask, more: object, isMet: () => Promise<unknown>): Promise<void> {
    const socket = await openSocket(this.#base);
    const { pathname } = new URL(this.#base + ask.path);
    const body = { ...(ask.body as object), ...more };
    socket.send(toBytes(ask.method, pathname, { headers: this.#toHeaders(ask), body }));
    await isMet();
    socket.finish();
    // The emulator ends its side once it has seen that.
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

/** A sandbox of its own, and the clients in it. */
export interface Scene {
  readonly sandbox: Sandbox;
  /** A client of a provider. @param name what it calls itself; `null` where it does not */
  actor(provider: string, name?: string | null): Actor;
  /** Has real time go by for the emulator, without waiting. */
  skip(milliseconds: number): void;
}

export type Script = (scene: Scene) => Promise<unknown>;

/** What clients do, and the gists of what is found in it. */
export type Case = readonly [name: string, found: readonly string[], script: Script];

/** Milliseconds that any two readings of the time are apart by itself, however slow the machine is. */
const TICK = 0.01;
/** What the emulator takes for real time, in milliseconds: it goes on where a scene skips some, and by a tick at each reading. */
let running = 1000;

/** An emulator for all scenes of a file. */
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

  /** What the audit says of a scene once it is over. */
  async judge(script: Script, options: AuditOptions = {}): Promise<readonly Finding[]> {
    const scene = await this.open();
    await script(scene);
    return (await scene.sandbox.audit(options)).findings;
  }

  /** Holds what is found in each case against what is planted there. */
  async hold(cases: readonly Case[]): Promise<void> {
    const found: Record<string, readonly string[]> = {};
    for (const [name, , script] of cases) found[name] = (await this.judge(script)).map(toGist);
    expect(found).toEqual(Object.fromEntries(cases.map(([name, planted]) => [name, planted])));
  }
}

/**
 * Has the next read of a provider be told slowly.
 *
 * @returns what resolves once that read has looked at the state
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

/** Milliseconds that no polling comes to, which has faked time go by. */
const DELAY = 60_000;

/**
 * Has a client leave while what it adds is delayed.
 *
 * @param more fields of what it sends
 * @returns what has that time go by, and resolves once the exchange is over
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

/** What of a finding is planted: its rule, how sure and how grave it is, and how many exchanges prove it. */
export function toGist({ rule, certainty, severity, requests }: Finding): string {
  return `${rule} ${certainty} ${severity} ${requests.length}`;
}
