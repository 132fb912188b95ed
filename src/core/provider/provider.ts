import type { Reply } from '../wire/reply.ts';
import type { Request } from '../wire/request.ts';
import type { Failed, FailureReason } from '../wire/failure.ts';
import type { FixtureFormat } from './fixture.ts';
import type { Rate, Window } from '../values/rate.ts';
import type { Change, StateOf } from '../store/collection.ts';
import type { BodyPolicy, Coercion, CorsPolicy, Failures, PathPolicy } from '../wire/policies.ts';
import type { AnyOperation, Context, Credentials, Operation, ParsedRequest, ProviderTypes } from './call.ts';
import type { OptionValues } from './options.ts';
import type { WebhookPolicy } from './webhooks.ts';

export type StageName = 'limit' | 'parse' | 'authenticate' | 'validate';

/** How often one client may ask. */
export interface LimitPolicy<O> {
  /** `undefined` for as often as it likes. */
  rate(options: O): Rate | undefined;
  /** Requests with the same key share a window. */
  key(request: Request): string;
  /** Headers of every answer that the stage has seen. */
  headers(window: Window): Readonly<Record<string, string>>;
  /** Seconds that a refused client is told to wait. */
  retryAfter(window: Window): number;
}

/** How replies that are a `Stream` go on. */
export interface StreamPolicy<O> {
  /** The topics that a commit's changes concern. */
  topics(changes: readonly Change[]): Iterable<string>;
  /** Milliseconds of real time between comments that keep a connection open. */
  heartbeat(options: O): number;
  /** Milliseconds of real time that a client may leave unread what it was sent, before it is cut off. */
  readonly patience: number;
}

/** An act on the provider that in reality happens outside its API. Runs in a transaction. */
export interface Control<T extends ProviderTypes, A = never> {
  readonly describe: string;
  /** JSON Schema of the arguments. */
  readonly schema: object;
  run(call: Context<T> & { readonly args: A }): unknown;
}

/** As the balances of collections say it. */
export interface AccountOwner {
  readonly tenant: string;
  readonly account: string;
}

export interface ProviderDefinition<T extends ProviderTypes> {
  readonly id: string;
  readonly title: string;
  /** The vendor's real host names. */
  readonly hosts: readonly string[];
  /**
   * Paths in front of those of the document, such as `/api/v2`; a call tells which of them it came by.
   * None begins with another one.
   */
  readonly basePaths?: readonly string[];
  /** The YAML document. */
  readonly document: URL;
  /** The YAML or JSON file with its part of the world `default`. */
  readonly seed?: URL;
  readonly options: T['options'];
  /** The variables that `env` prints: where the emulator is and which seeded credentials work. */
  env(state: StateOf<T['collections']>, url: string): Readonly<Record<string, string>>;
  /** Whether its real clients forget the path of a base URL, so that only a host or a port leads here. */
  readonly clientsDropPaths?: boolean;
  /** In the order in which the real service checks. */
  readonly stages: readonly StageName[];
  readonly body: BodyPolicy;
  readonly paths: PathPolicy;
  readonly cors?: CorsPolicy;
  /** Of requests, before they are validated; `text` if left out. */
  readonly coercion?: Coercion;
  /** Of requests that do not fit; `all` if left out. */
  readonly failures?: Failures;
  /** For the stage `limit`. */
  readonly limit?: LimitPolicy<OptionValues<T['options']>>;
  /** Chosen by the value of an option; any other value leaves this definition as it is. */
  readonly variants?: {
    readonly option: keyof T['options'] & string;
    readonly byValue: { readonly [N in keyof T['variants'] & string]: Variant<NonNullable<T['variants']>[N], T> };
  };
  /** Headers of every answer, natural or injected. */
  readonly headers: Readonly<Record<string, string>>;
  /** The credential of a request as the client sent it. A `~sandbox` at its end is core's. */
  credential(request: Request): string | undefined;
  /** Returns or throws a failure when the credential is no good. Not asked where the document has `security: []`. */
  authenticate(
    credentials: Credentials,
    context: Pick<Context<T>, 'state' | 'options'>,
  ): T['principal'] | Failed<T['code']>;
  /**
   * What every operation with a principal does first, in its transaction; gives the principal
   * as the operation gets it.
   */
  admit?(context: Context<T> & { readonly principal: T['principal'] }): T['principal'];
  /** Whose account the exchange is about, in the provider's own words. */
  subject(received: ParsedRequest): string | undefined;
  /** The `fault` of the record whose subject this is, where it has one: a magic subject. */
  faultOf?(state: StateOf<T['collections']>, subject: string): string | undefined;
  /** What people call the owner of an account, where that is known. */
  nameOf?(state: StateOf<T['collections']>, owner: AccountOwner): string | undefined;
  /** Its own failures, for faults that ask for one by name. */
  readonly codes?: Readonly<Partial<Record<T['code'], unknown>>>;
  /**
   * Who it is that was let in, for the audit: the tenant, and the account where the credential is one account's own, else
   * "". Left out where nobody is asked who they are.
   */
  identify?(principal: T['principal']): AccountOwner;
  /** Names of headers, parameters and fields that the journal does not show; `x-chain-*` is all that begin so. */
  readonly secrets: readonly string[];
  readonly collections: T['collections'];
  /** Of the form of its records; 1 if left out. To be raised where records on disk are not what they were. */
  readonly recordVersion?: number;
  readonly streams?: StreamPolicy<OptionValues<T['options']>>;
  readonly webhooks?: WebhookPolicy<T>;
  /** What happens when a due item of each kind comes up. */
  readonly due?: Readonly<Record<string, { run(context: Context<T>, payload: object): void }['run']>>;
  readonly controls: Readonly<Record<string, Control<T>>>;
  readonly fixture: FixtureFormat<StateOf<T['collections']>>;
  readonly operations: { readonly [Id in keyof T['spec']]?: Operation<T['spec'][Id], T> };
  /** The provider's own words and shape for every failure. No operation runs after it. */
  renderFailure(failure: FailureReason<T['code']>, request: FailedRequest): Reply;
}

/** A request as it failed, and where it had got to. */
export type FailedRequest = Pick<Request, 'method' | 'url' | 'headers'> & FailedOperation;

/** Another contract over the same records and rules. */
export interface Variant<Spec, T extends ProviderTypes> {
  readonly document: URL;
  readonly coercion?: Coercion;
  readonly failures?: Failures;
  readonly operations: { readonly [Id in keyof Spec]?: Operation<Spec[Id], T> };
  readonly renderFailure?: ProviderDefinition<T>['renderFailure'];
}

/** Where an exchange had got to when it failed. */
export interface FailedOperation {
  readonly operationId: string | undefined;
  /** `undefined` where none of the provider's base paths fits. */
  readonly basePath: string | undefined;
}

/** Said by providers that merge parameters, and by them only. */
type Parameters<T extends ProviderTypes> = T extends { readonly parameters: 'merged' }
  ? { /** Query, body and path are one: path beats body beats query. */ readonly parameters: 'merged' }
  : { readonly parameters?: never };

/** A provider with its types forgotten, as core and http handle it. */
export interface Provider extends Omit<ProviderDefinition<ProviderTypes>, 'operations' | 'variants'> {
  readonly operations: Readonly<Record<string, AnyOperation>>;
  readonly parameters?: 'merged';
  readonly variants?: { readonly option: string; readonly byValue: Readonly<Record<string, AnyVariant>> };
  /** Which of its variants this is, where it is one. */
  readonly variant?: string;
}

export type AnyVariant = Pick<Provider, 'document' | 'coercion' | 'failures' | 'operations'> &
  Partial<Pick<Provider, 'renderFailure'>>;

/** Makes a provider of a definition whose parts are checked against each other. */
export function defineProvider<T extends ProviderTypes>(definition: ProviderDefinition<T> & Parameters<T>): Provider {
  // Types end here: behind this line a provider is a value like any other.
  return definition as unknown as Provider;
}
