/// <reference lib="esnext.disposable" preserve="true" />
import type { components } from '../generated/emulator.ts';
import type { ControlApi, AnswerOf, BodyOf, QueryOf } from './control-api.ts';
import { Faults } from './faults.ts';
import type { EventOptions, SandboxEvent } from './events.ts';
import { EmulatorError } from './failures.ts';
import type { ByProvider } from './names.ts';
import { Accounts, createAudit, Ledger, Requests, Webhooks, type Audit } from './record.ts';
import { Clock, Controls, Fixtures, Snapshots, State } from './world.ts';

export type Health = components['schemas']['Health'];
export type ResetOptions = NonNullable<BodyOf<'reset'>>;

/** Isolated state, and every call on it. */
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
  readonly #api: ControlApi;

  constructor(name: string, api: ControlApi) {
    this.name = name;
    this.#api = api;
    this.faults = new Faults(api);
    this.requests = new Requests(api);
    this.ledger = new Ledger(api);
    this.accounts = new Accounts(api);
    this.clock = new Clock(api);
    this.state = new State(api);
    this.fixtures = new Fixtures(api);
    this.snapshots = new Snapshots(api);
    this.controls = new Controls(api);
    this.webhooks = new Webhooks(api);
    this.audit = createAudit(api);
  }

  /** Resets to the seed: state, ledger, journal, faults, scheduled items, clock, random values and counters. */
  reset(options: ResetOptions = {}): Promise<void> {
    return this.#api.call('reset', { body: options });
  }

  /** Returns all events from the moment of the call; ends with the sandbox. */
  events(options: EventOptions = {}): AsyncGenerator<SandboxEvent, void, undefined> {
    return this.#api.follow(options);
  }

  /** Lists the open streams of providers, oldest first. */
  streams(): Promise<AnswerOf<'listStreams'>> {
    return this.#api.call('listStreams', {});
  }

  /** Lists the operations called here and their statuses, with how each is known, assumed ones first. */
  evidence(): Promise<AnswerOf<'listEvidence'>> {
    return this.#api.call('listEvidence', {});
  }

  /** Returns what the sandbox did since it began, to be saved as a file and replayed by `bundle run`. */
  bundle(options: QueryOf<'getBundle'> = {}): Promise<AnswerOf<'getBundle'>> {
    return this.#api.call('getBundle', { query: options });
  }

  /**
   * Creates a sandbox with the state that this one had before an exchange.
   *
   * @param request its `X-Emulator-Request-Id`
   * @returns the name of the new sandbox
   */
  async rewind(request: string): Promise<string> {
    return (await this.#api.call('rewindSandbox', { body: { request } })).sandbox;
  }

  /** Returns the base URL of each provider for this sandbox, by id. */
  async urls(): Promise<ByProvider<string>> {
    // Every enabled provider has a URL.
    return (await this.health()).providers as ByProvider<string>;
  }

  /** Returns the health of the emulator, with the URLs of this sandbox. */
  health(): Promise<Health> {
    return this.#api.call('getHealth', {}, [503]);
  }

  /** Returns the variables that point clients at this sandbox. */
  env(): Promise<Readonly<Record<string, string>>> {
    return this.#api.call('getEnv', {});
  }

  /** Deletes the sandbox at the end of an `await using`; the next request that names it gets a new one. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#api.call('deleteSandbox', { path: { name: this.name } });
    } catch (error) {
      if (!(error instanceof EmulatorError) || error.status !== 404) throw error;
    }
  }
}
