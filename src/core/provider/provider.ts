import type { Instant } from '../values/clock.ts';
import type { Reply, Request, Stream } from '../wire/answer.ts';
import type { Failed, FailureReason } from '../wire/failure.ts';
import type { FixtureFormat } from './fixture.ts';
import type { Rate, Window } from '../sandbox/windows.ts';
import type { Note } from '../store/ledger.ts';
import type { Change, Collections, StateOf } from '../store/collection.ts';

/**
 * The types that a provider brings along, gathered under one name so that its operations,
 * controls and renderers can be typed with it.
 */
export interface ProviderTypes {
  /** `operations` as openapi-typescript generates it from the document. */
  readonly spec: object;
  readonly collections: Collections;
  /** Who calls, as `authenticate` found out. */
  readonly principal: object;
  readonly options: OptionDefinitions;
  /** The provider's own failure codes. */
  readonly code: string;
  /** Where its parameters come from, unless query, body and path are kept apart. */
  readonly parameters?: 'merged';
  /** `operations` of each further document, by the name of its variant. */
  readonly variants?: Readonly<Record<string, object>>;
}

// ---------------------------------------------------------------------------
// What an operation gets and gives

/** What every piece of a provider's code that runs in a transaction may use. */
export interface Context<T extends ProviderTypes> {
  readonly state: StateOf<T['collections']>;
  readonly options: OptionValues<T['options']>;
  /** The instant of the sandbox's clock, the same during the whole exchange. */
  readonly now: Instant;
  readonly random: RandomSource;
  readonly ids: IdSource;
  /** Adds an idempotency key or a memo to the ledger entries of this transaction. */
  readonly note: (note: Note) => void;
  /** Has a due item of this kind happen at that instant, if this transaction commits. */
  readonly schedule: (at: Instant, kind: string, payload: object) => void;
}

/** Chance from the sandbox's seed. Each name is a stream of its own, so that they do not disturb each other. */
export interface RandomSource {
  /** `length` characters of the alphabet. */
  text(stream: string, alphabet: string, length: number): string;
}

/** Integer ids. Each kind of record has a count of its own, which begins after the highest id of the seed. */
export interface IdSource {
  next(kind: string): number;
}

/** The typed, validated parts of a request. `O` is one entry of the generated `operations`. */
export interface CallOf<O> {
  readonly path: PathOf<O>;
  readonly query: QueryOf<O>;
  readonly body: BodyOf<O>;
}

/** What an operation receives. */
export type Call<O, T extends ProviderTypes> = Context<T> &
  (T extends { readonly parameters: 'merged' } ? { readonly params: ParamsOf<O> } : CallOf<O>) & {
    /** Which of the provider's roots the request came by; "" where it has none. */
    readonly root: string;
    /** `undefined` in an operation that the document opens to everybody. */
    readonly principal: T['principal'];
  };

/** Synchronous. Returns a reply or `failed(code)`, which commit, or throws, which commits nothing. */
export type Operation<O, T extends ProviderTypes> = (call: Call<O, T>) => ReplyOf<O> | Failed<T['code']>;

type PathOf<O> = O extends { parameters: { path?: infer P } } ? Given<P> : object;
type QueryOf<O> = O extends { parameters: { query?: infer Q } } ? Given<Q> : object;
type Given<P> = [NonNullable<P>] extends [never] ? object : NonNullable<P>;
type BodyOf<O> = O extends { requestBody: { content: infer C } }
  ? C[keyof C]
  : O extends { requestBody?: { content: infer C } }
    ? C[keyof C] | undefined
    : undefined;
/**
 * Parameters from wherever they came. Where an operation has a body, the body's schema is that of
 * all its parameters; else they are those of its query.
 */
type ParamsOf<O> = PathOf<O> & (undefined extends BodyOf<O> ? OptionalBodyOf<O> : BodyOf<O>);
type OptionalBodyOf<O> = [BodyOf<O>] extends [undefined] ? QueryOf<O> : NonNullable<BodyOf<O>>;
/** A union over the declared statuses, each with the body that the document gives it. */
export type ReplyOf<O> = O extends { responses: infer R }
  ? {
      [S in keyof R & number]: {
        readonly status: S;
        readonly headers?: Readonly<Record<string, string>>;
      } & (R[S] extends { content: infer C } ? { readonly body: BodyOfReply<C> } : { readonly body?: undefined });
    }[keyof R & number]
  : never;

type BodyOfReply<C> = C extends { 'text/event-stream': unknown } ? Stream : C[keyof C];

/** The parts of a request with their types forgotten, as the engine handles them. */
export interface AnyParts {
  readonly path: object;
  readonly query: object;
  readonly body: unknown;
}

/** What a provider sees of a request. Nothing of it need have been validated. */
export interface Received extends AnyParts {
  /** All parts in one, for a provider that merges them; else empty. */
  readonly params: object;
  /** Which of the provider's roots the request came by; "" where it has none. */
  readonly root: string;
}

/** What is known of a request when it is asked who sent it. */
export interface Credentials extends Received {
  /** As `credential` found it, without a sandbox's name. */
  readonly credential: string | undefined;
  readonly headers: Request['headers'];
  readonly operationId: string;
}

export interface AnyCall extends Context<ProviderTypes>, Received {
  readonly principal: object | undefined;
}
// A method's parameters are compared both ways, which lets a typed operation stand where an untyped one is asked for.
export type AnyOperation = { run(call: AnyCall): Reply | Failed }['run'];

// ---------------------------------------------------------------------------
// What a provider declares

export type StageName = 'limit' | 'parse' | 'authenticate' | 'validate';

export interface BodyPolicy {
  /** Media types that are read; any other is the failure `parse: mediaType`. */
  readonly accept: readonly MediaType[];
  /** The media type of a body that names none. Without it that is `parse: mediaType` too. */
  readonly assume?: MediaType;
  /** A request that names JSON and has no body is `parse: empty`, also where none is required. */
  readonly refuseEmptyJson?: true;
  /** A type such as `application/problem+json` is not JSON. */
  readonly refuseJsonSuffix?: true;
  /** A body of another type counts as none at all and is no failure. */
  readonly ignoreOthers?: true;
  /**
   * A name that repeats in a form or query has its last value, and `name[]` makes a list.
   * Left out, a name that repeats makes a list.
   */
  readonly lastValueWins?: true;
  /** Bytes. */
  readonly limit: number;
  /** Levels of nested JSON. */
  readonly depth: number;
  /** Whether an object key `__proto__` is kept as plain data or makes the body unreadable. */
  readonly protoKeys: 'data' | 'refuse';
}

export type MediaType = 'application/json' | 'application/x-www-form-urlencoded' | 'multipart/form-data' | 'text/plain';

export interface PathPolicy {
  readonly doubleSlash: 'collapse' | 'refuse';
  readonly trailingSlash: 'collapse' | 'refuse';
}

/**
 * Whether values of another type are made ones of the declared type: those of path, query and
 * headers only, also those of a body (lists of one value included), or none.
 */
export type Coercion = 'text' | 'everything' | 'nothing';

/** Which ways in which a part of a request does not fit are looked for. */
export type Failures = 'first' | 'all';

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

/** Headers of a preflight's answer, and those of every answer to a request that has an `Origin`. */
export interface CorsPolicy {
  readonly preflight: Readonly<Record<string, string>>;
  readonly actual: Readonly<Record<string, string>>;
  /**
   * The only origins that get these headers, each with its own name as `Access-Control-Allow-Origin`.
   * Left out, every origin gets the headers as they are.
   */
  readonly origins?: readonly string[];
  /** A preflight allows whatever headers it asks for. */
  readonly echoHeaders?: true;
}

export type OptionDefinition =
  /** A default of `undefined` leaves it to the provider. */
  | { readonly kind: 'boolean'; readonly default: boolean | undefined; readonly describe: string }
  | {
      readonly kind: 'oneOf';
      readonly values: readonly string[];
      readonly default: string;
      readonly describe: string;
    }
  | { readonly kind: 'integer'; readonly default: number; readonly describe: string }
  /** Milliseconds in code, ISO 8601 outside. */
  | { readonly kind: 'duration'; readonly default: number; readonly describe: string }
  | { readonly kind: 'rate'; readonly default: Rate | undefined; readonly describe: string };

export type OptionDefinitions = Readonly<Record<string, OptionDefinition>>;

export type OptionValues<D extends OptionDefinitions> = { readonly [N in keyof D]: OptionValue<D[N]> };

/** The value of any option. */
export type AnyOptionValue = OptionValue<OptionDefinition> | undefined;

type OptionValue<D> = D extends { values: readonly (infer V)[] }
  ? V
  : D extends { kind: 'rate' }
    ? Rate | undefined
    : D extends { kind: 'boolean'; default: infer B }
      ? boolean | Extract<B, undefined>
      : number;

/** An act on the provider that in reality happens outside its API. Runs in a transaction. */
export interface Control<T extends ProviderTypes, A = never> {
  readonly describe: string;
  /** JSON Schema of the arguments. */
  readonly schema: object;
  run(call: Context<T> & { readonly args: A }): unknown;
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
  readonly roots?: readonly string[];
  /** The YAML document. */
  readonly document: URL;
  readonly options: T['options'];
  /** The variables that `env` prints: where the emulator is and which seeded credentials work. */
  env(state: StateOf<T['collections']>, url: string): Readonly<Record<string, string>>;
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
  /** Throws a failure when the credential is no good. Not asked where the document has `security: []`. */
  authenticate(credentials: Credentials, context: Pick<Context<T>, 'state' | 'options'>): T['principal'];
  /**
   * What every operation with a principal does first, in its transaction; gives the principal
   * as the operation gets it.
   */
  admit?(context: Context<T> & { readonly principal: T['principal'] }): T['principal'];
  /** Whose account the exchange is about, in the provider's own words. */
  subject(received: Received): string | undefined;
  /** The `fault` of the record whose subject this is, where it has one: a magic subject. */
  faultOf?(state: StateOf<T['collections']>, subject: string): string | undefined;
  /** Its own failures, for faults that ask for one by name. */
  readonly codes?: Readonly<Partial<Record<T['code'], unknown>>>;
  /** Names of headers, parameters and fields that the journal does not show. */
  readonly secrets: readonly string[];
  readonly collections: T['collections'];
  readonly streams?: StreamPolicy<OptionValues<T['options']>>;
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
  /** `undefined` where none of the provider's roots fits. */
  readonly root: string | undefined;
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
