/// <reference lib="esnext.disposable" preserve="true" />
import type { components } from '../generated/emulator.ts';
import type { Acts, AnswerOf, BodyOf, QueryOf } from './acts.ts';
import { createAudit, type Audit } from './audit.ts';
import { Clock } from './clock.ts';
import { Faults } from './faults.ts';
import type { EventOptions, SandboxEvent } from './events.ts';
import { EmulatorError } from './failures.ts';
import type { ByProvider } from './names.ts';
import { Accounts, Ledger, Requests } from './record.ts';
import { Webhooks } from './webhooks.ts';
import { Controls, Fixtures, Snapshots, State } from './world.ts';

export type Health = components['schemas']['Health'];
export type ResetOptions = NonNullable<BodyOf<'reset'>>;

/** An isolated copy of everything, and all that can be done with it. */
export class Sandbox implements AsyncDisposable {
  readonly name: string;
  readonly faults: Faults;
  readonly requests: Requests;
  readonly ledger: Ledger;
  readonly accounts: Accounts;
  readonly clock: Clock;
  readonly state: State;
  readonly fixtures: Fixtures;
  readonly snapshots: Snapshots;
  readonly controls: Controls;
  readonly webhooks: Webhooks;
  readonly audit: Audit;
  readonly #acts: Acts;

  constructor(name: string, acts: Acts) {
    this.name = name;
    this.#acts = acts;
    this.faults = new Faults(acts);
    this.requests = new Requests(acts);
    this.ledger = new Ledger(acts);
    this.accounts = new Accounts(acts);
    this.clock = new Clock(acts);
    this.state = new State(acts);
    this.fixtures = new Fixtures(acts);
    this.snapshots = new Snapshots(acts);
    this.controls = new Controls(acts);
    this.webhooks = new Webhooks(acts);
    this.audit = createAudit(acts);
  }

  /** Back to its seed: state, ledger, journal, faults, due items, clock, chance and counters. */
  reset(options: ResetOptions = {}): Promise<void> {
    return this.#acts.call('reset', { body: options });
  }

  /** All that happens in it, from the moment of the call on; ends with the sandbox. */
  events(options: EventOptions = {}): AsyncGenerator<SandboxEvent, void, undefined> {
    return this.#acts.follow(options);
  }

  /** Streams of providers that are open in it, in the order in which they were opened. */
  streams(): Promise<AnswerOf<'listStreams'>> {
    return this.#acts.call('listStreams', {});
  }

  /** Which operations were called in it and how they answered, with how that is known, assumed ones first. */
  evidence(): Promise<AnswerOf<'listEvidence'>> {
    return this.#acts.call('listEvidence', {});
  }

  /** What it did since it began, to be saved as a file and played elsewhere by `bundle run`. */
  bundle(options: QueryOf<'getBundle'> = {}): Promise<AnswerOf<'getBundle'>> {
    return this.#acts.call('getBundle', { query: options });
  }

  /**
   * Makes a sandbox as this one stood before an exchange.
   *
   * @param request its `X-Emulator-Request-Id`
   * @returns its name
   */
  async rewind(request: string): Promise<string> {
    return (await this.#acts.call('rewindSandbox', { body: { request } })).sandbox;
  }

  /** Base URLs of the providers in it, by id. */
  async urls(): Promise<ByProvider<string>> {
    // Every provider that is switched on has one.
    return (await this.health()).providers as ByProvider<string>;
  }

  /** Of the emulator, with the URLs of this sandbox. */
  health(): Promise<Health> {
    return this.#acts.call('getHealth', {}, [503]);
  }

  /** The variables that point clients at it. */
  env(): Promise<Readonly<Record<string, string>>> {
    return this.#acts.call('getEnv', {});
  }

  /** Has it go, at the end of an `await using`; whoever names it after that finds a new one. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#acts.call('deleteSandbox', { path: { name: this.name } });
    } catch (error) {
      if (!(error instanceof EmulatorError) || error.status !== 404) throw error;
    }
  }
}
