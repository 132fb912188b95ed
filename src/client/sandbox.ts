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

  /** Back to its seed: state, ledger, journal, faults, due items, clock, chance and counters. */
  reset(options: ResetOptions = {}): Promise<void> {
    return this.#api.call('reset', { body: options });
  }

  /** All that happens in it, from the moment of the call on; ends with the sandbox. */
  events(options: EventOptions = {}): AsyncGenerator<SandboxEvent, void, undefined> {
    return this.#api.follow(options);
  }

  /** Streams of providers that are open in it, in the order in which they were opened. */
  streams(): Promise<AnswerOf<'listStreams'>> {
    return this.#api.call('listStreams', {});
  }

  /** Which operations were called in it and how they answered, with how that is known, assumed ones first. */
  evidence(): Promise<AnswerOf<'listEvidence'>> {
    return this.#api.call('listEvidence', {});
  }

  /** What it did since it began, to be saved as a file and played elsewhere by `bundle run`. */
  bundle(options: QueryOf<'getBundle'> = {}): Promise<AnswerOf<'getBundle'>> {
    return this.#api.call('getBundle', { query: options });
  }

  /**
   * Makes a sandbox as this one stood before an exchange.
   *
   * @param request its `X-Emulator-Request-Id`
   * @returns its name
   */
  async rewind(request: string): Promise<string> {
    return (await this.#api.call('rewindSandbox', { body: { request } })).sandbox;
  }

  /** Base URLs of the providers in it, by id. */
  async urls(): Promise<ByProvider<string>> {
    // Every provider that is switched on has one.
    return (await this.health()).providers as ByProvider<string>;
  }

  /** Of the emulator, with the URLs of this sandbox. */
  health(): Promise<Health> {
    return this.#api.call('getHealth', {}, [503]);
  }

  /** The variables that point clients at it. */
  env(): Promise<Readonly<Record<string, string>>> {
    return this.#api.call('getEnv', {});
  }

  /** Has it go, at the end of an `await using`; whoever names it after that finds a new one. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#api.call('deleteSandbox', { path: { name: this.name } });
    } catch (error) {
      if (!(error instanceof EmulatorError) || error.status !== 404) throw error;
    }
  }
}
