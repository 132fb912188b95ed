import type { Instant } from './clock.ts';
import type { Reply, Request } from './exchange.ts';
import type { Failed, FailureReason } from './failure.ts';
import type { FixtureFormat } from './fixture.ts';
import type { Note } from './ledger.ts';
import type { Collections, StateOf } from './collection.ts';

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
  /** Adds an idempotency key or a memo to the ledger entries of this transaction. */
  note(note: Note): void;
  /** Has a due item of this kind happen at that instant, if this transaction commits. */
  schedule(at: Instant, kind: string, payload: object): void;
}

/** Chance from the sandbox's seed. Each name is a stream of its own, so that they do not disturb each other. */
export interface RandomSource {
  /** `length` (at most 16) characters of the alphabet. */
  text(stream: string, alphabet: string, length: number): string;
}

/** The typed, validated parts of a request. `O` is one entry of the generated `operations`. */
export interface CallOf<O> {
  readonly path: PathOf<O>;
  readonly query: QueryOf<O>;
  readonly body: BodyOf<O>;
}

/** What an operation receives. */
export interface Call<O, T extends ProviderTypes> extends Context<T>, CallOf<O> {
  readonly principal: T['principal'];
}

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
/** A union over the declared statuses, each with the body that the document gives it. */
export type ReplyOf<O> = O extends { responses: infer R }
  ? {
      [S in keyof R & number]: {
        readonly status: S;
        readonly headers?: Readonly<Record<string, string>>;
      } & (R[S] extends { content: infer C } ? { readonly body: C[keyof C] } : { readonly body?: undefined });
    }[keyof R & number]
  : never;

/** The parts of a request with their types forgotten, as the engine handles them. */
export interface AnyParts {
  readonly path: object;
  readonly query: object;
  readonly body: unknown;
}

export interface AnyCall extends Context<ProviderTypes>, AnyParts {
  readonly principal: object | undefined;
}
// A method's parameters are compared both ways, which lets a typed operation stand where an untyped one is asked for.
export type AnyOperation = { run(call: AnyCall): Reply | Failed }['run'];

// ---------------------------------------------------------------------------
// What a provider declares

export type StageName = 'parse' | 'authenticate' | 'validate';

export interface BodyPolicy {
  /** Media types that are read; any other is the failure `parse: mediaType`. */
  readonly accept: readonly MediaType[];
  /** The media type of a body that names none. Without it that is `parse: mediaType` too. */
  readonly assume?: MediaType;
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

/** Headers of a preflight's answer, and those of every answer to a request that has an `Origin`. */
export interface CorsPolicy {
  readonly preflight: Readonly<Record<string, string>>;
  readonly actual: Readonly<Record<string, string>>;
  /**
   * The only origins that get these headers, each with its own name as `Access-Control-Allow-Origin`.
   * Left out, every origin gets the headers as they are.
   */
  readonly origins?: readonly string[];
}

export type OptionDefinition =
  | { readonly kind: 'boolean'; readonly default: boolean; readonly describe: string }
  | {
      readonly kind: 'oneOf';
      readonly values: readonly string[];
      readonly default: string;
      readonly describe: string;
    }
  | { readonly kind: 'integer'; readonly default: number; readonly describe: string }
  /** Milliseconds in code, ISO 8601 outside. */
  | { readonly kind: 'duration'; readonly default: number; readonly describe: string };

export type OptionDefinitions = Readonly<Record<string, OptionDefinition>>;

export type OptionValues<D extends OptionDefinitions> = {
  readonly [N in keyof D]: D[N] extends { values: readonly (infer V)[] } ? V : D[N]['default'];
};

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
  /** Headers of every answer, natural or injected. */
  readonly headers: Readonly<Record<string, string>>;
  /** The credential of a request as the client sent it. A `~sandbox` at its end is core's. */
  credential(request: Request): string | undefined;
  /** Throws a failure when the credential is no good. */
  authenticate(credential: string | undefined, context: { readonly state: StateOf<T['collections']> }): T['principal'];
  /** Whose account the exchange is about, in the provider's own words. Nothing of it need have been validated. */
  subject(call: AnyParts): string | undefined;
  /** Names of headers, parameters and fields that the journal does not show. */
  readonly secrets: readonly string[];
  readonly collections: T['collections'];
  /** What happens when a due item of each kind comes up. */
  readonly due?: Readonly<Record<string, { run(context: Context<T>, payload: object): void }['run']>>;
  readonly controls: Readonly<Record<string, Control<T>>>;
  readonly fixture: FixtureFormat<StateOf<T['collections']>>;
  readonly operations: { readonly [Id in keyof T['spec']]?: Operation<T['spec'][Id], T> };
  /** The provider's own words and shape for every failure. No operation runs after it. */
  renderFailure(
    failure: FailureReason<T['code']>,
    request: Pick<Request, 'method' | 'url'> & { readonly operationId: string | undefined },
  ): Reply;
}

/** A provider with its types forgotten, as core and http handle it. */
export interface Provider extends Omit<ProviderDefinition<ProviderTypes>, 'operations'> {
  readonly operations: Readonly<Record<string, AnyOperation>>;
}

/** Makes a provider of a definition whose parts are checked against each other. */
export function defineProvider<T extends ProviderTypes>(definition: ProviderDefinition<T>): Provider {
  // Types end here: behind this line a provider is a value like any other.
  return definition as unknown as Provider;
}
