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

/** The rate limit of a client. */
export interface LimitPolicy<O> {
  /** `undefined`: no limit. */
  rate(options: O): Rate | undefined;
  /** Requests with the same key share a window. */
  key(request: Request): string;
  /** Headers of every response after the stage `limit`. */
  headers(window: Window): Readonly<Record<string, string>>;
  /** Seconds in `Retry-After` of a refusal. */
  retryAfter(window: Window): number;
}

/** How a `Stream` is sent. */
export interface StreamPolicy<O> {
  /** The topics that a commit's changes concern. */
  topics(changes: readonly Change[]): Iterable<string>;
  /** Milliseconds of real time between comments that keep a connection open. */
  heartbeat(options: O): number;
  /** Milliseconds of real time after which a client that does not read is disconnected. */
  readonly patience: number;
}

/** Triggers what in reality happens outside the service's API. Runs in a transaction. */
export interface Control<T extends ProviderTypes, A = never> {
  readonly describe: string;
  /** JSON Schema of the arguments. */
  readonly schema: object;
  run(call: Context<T> & { readonly args: A }): unknown;
}

/** The owner of an account, as the balances of collections name it. */
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
   * Prefixes of the document's paths, such as `/api/v2`; a call has the one of its request. None may begin with another.
   */
  readonly basePaths?: readonly string[];
  /** The YAML document. */
  readonly document: URL;
  /** The YAML or JSON file of its part of the world `default`. */
  readonly seed?: URL;
  readonly options: T['options'];
  /** The variables that `env` prints: the URL and working credentials of the seed. */
  env(state: StateOf<T['collections']>, url: string): Readonly<Record<string, string>>;
  /** Whether its real clients drop the path of a base URL, so that they need a host or a port. */
  readonly clientsDropPaths?: boolean;
  /** The checks in the order of the real service. */
  readonly stages: readonly StageName[];
  readonly body: BodyPolicy;
  readonly paths: PathPolicy;
  readonly cors?: CorsPolicy;
  /** How values of requests are converted before validation. Default: `text`. */
  readonly coercion?: Coercion;
  /** How many errors of a request are listed. Default: `all`. */
  readonly failures?: Failures;
  /** Used by the stage `limit`. */
  readonly limit?: LimitPolicy<OptionValues<T['options']>>;
  /** Variants by the value of an option; other values use this definition. */
  readonly variants?: {
    readonly option: keyof T['options'] & string;
    readonly byValue: { readonly [N in keyof T['variants'] & string]: Variant<NonNullable<T['variants']>[N], T> };
  };
  /** Headers of every response, also of injected failures. */
  readonly headers: Readonly<Record<string, string>>;
  /** The credential as sent. Core removes a `~sandbox` from its end. */
  credential(request: Request): string | undefined;
  /** Returns the caller, or returns or throws a failure. Not called if the document has `security: []`. */
  authenticate(
    credentials: Credentials,
    context: Pick<Context<T>, 'state' | 'options'>,
  ): T['principal'] | Failed<T['code']>;
  /**
   * Runs first in the transaction of every operation with a principal. Returns the principal for the operation.
   */
  admit?(context: Context<T> & { readonly principal: T['principal'] }): T['principal'];
  /** The account that the exchange is about, in the provider's own terms. */
  subject(received: ParsedRequest): string | undefined;
  /** The `fault` of the record of this subject, if it is a magic subject. */
  faultOf?(state: StateOf<T['collections']>, subject: string): string | undefined;
  /** The display name of an account's owner, if known. */
  nameOf?(state: StateOf<T['collections']>, owner: AccountOwner): string | undefined;
  /** Its own failure codes, which faults may ask for. */
  readonly codes?: Readonly<Partial<Record<T['code'], unknown>>>;
  /**
   * The authenticated caller, for the audit: the tenant, and the account if the credential belongs to one account, else "".
   * Absent if the provider authenticates nobody.
   */
  identify?(principal: T['principal']): AccountOwner;
  /** Names of headers, parameters and fields that the journal hides; `x-chain-*` is a prefix. */
  readonly secrets: readonly string[];
  readonly collections: T['collections'];
  /** The version of its records on disk. Default: 1. Raise it if records change incompatibly. */
  readonly recordVersion?: number;
  readonly streams?: StreamPolicy<OptionValues<T['options']>>;
  readonly webhooks?: WebhookPolicy<T>;
  /** Runs scheduled items, by kind. */
  readonly due?: Readonly<Record<string, { run(context: Context<T>, payload: object): void }['run']>>;
  readonly controls: Readonly<Record<string, Control<T>>>;
  readonly fixture: FixtureFormat<StateOf<T['collections']>>;
  readonly operations: { readonly [Id in keyof T['spec']]?: Operation<T['spec'][Id], T> };
  /** Renders every failure in the provider's own text and format. No operation runs after it. */
  renderFailure(failure: FailureReason<T['code']>, request: FailedRequest): Reply;
}

/** A failed request, and how far it was handled. */
export type FailedRequest = Pick<Request, 'method' | 'url' | 'headers'> & FailedOperation;

/** Another contract over the same records and rules. */
export interface Variant<Spec, T extends ProviderTypes> {
  readonly document: URL;
  readonly coercion?: Coercion;
  readonly failures?: Failures;
  readonly operations: { readonly [Id in keyof Spec]?: Operation<Spec[Id], T> };
  readonly renderFailure?: ProviderDefinition<T>['renderFailure'];
}

/** How far an exchange was handled when it failed. */
export interface FailedOperation {
  readonly operationId: string | undefined;
  /** `undefined` if no base path matches. */
  readonly basePath: string | undefined;
}

/** Required from providers that merge parameters, and only from them. */
type Parameters<T extends ProviderTypes> = T extends { readonly parameters: 'merged' }
  ? { /** Query, body and path are one: path beats body beats query. */ readonly parameters: 'merged' }
  : { readonly parameters?: never };

/** An untyped provider, as core and http handle it. */
export interface Provider extends Omit<ProviderDefinition<ProviderTypes>, 'operations' | 'variants'> {
  readonly operations: Readonly<Record<string, AnyOperation>>;
  readonly parameters?: 'merged';
  readonly variants?: { readonly option: string; readonly byValue: Readonly<Record<string, AnyVariant>> };
  /** The name of the variant, if it is one. */
  readonly variant?: string;
}

export type AnyVariant = Pick<Provider, 'document' | 'coercion' | 'failures' | 'operations'> &
  Partial<Pick<Provider, 'renderFailure'>>;

/** Makes a provider from a definition, whose parts the compiler checks against each other. */
export function defineProvider<T extends ProviderTypes>(definition: ProviderDefinition<T> & Parameters<T>): Provider {
  // Core handles providers without their types.
  return definition as unknown as Provider;
}
