import type { Collections, StateOf } from '../store/collection.ts';
import type { IdSource } from '../store/ids.ts';
import type { Note } from '../store/commit.ts';
import type { Instant } from '../values/clock.ts';
import type { Failed } from '../wire/failure.ts';
import type { Reply, TopicView, Stream } from '../wire/reply.ts';
import type { Request } from '../wire/request.ts';
import type { OptionDefinitions, OptionValues } from './options.ts';

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

/** The typed, validated parts of a request. `O` is one entry of the generated `operations`. */
export interface CallOf<O> {
  readonly path: PathOf<O>;
  readonly query: QueryOf<O>;
  readonly body: BodyOf<O>;
}

/** What an operation receives. */
export type Call<O, T extends ProviderTypes> = Context<T> &
  (T extends { readonly parameters: 'merged' } ? { readonly params: ParamsOf<O> } : CallOf<O>) & {
    /** Which of the provider's base paths the request came by; "" where it has none. */
    readonly basePath: string;
    /** `undefined` in an operation that the document opens to everybody. */
    readonly principal: T['principal'];
  };

/** Synchronous. Returns a reply or `failed(code)`, which commit, or `refused(code)` or throws, which commits nothing. */
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

type BodyOfReply<C> = C extends { 'text/event-stream': unknown }
  ? Stream
  : keyof C extends `image/${string}`
    ? Buffer
    : C[keyof C] | TopicView<never, C[keyof C]>;

/** The parts of a request with their types forgotten, as the engine handles them. */
export interface AnyParts {
  readonly path: object;
  readonly query: object;
  readonly body: unknown;
}

/** What a provider sees of a request. Nothing of it need have been validated. */
export interface ParsedRequest extends AnyParts {
  /** All parts in one, for a provider that merges them; else empty. */
  readonly params: object;
  /** Which of the provider's base paths the request came by; "" where it has none. */
  readonly basePath: string;
}

/** What is known of a request when it is asked who sent it. */
export interface Credentials extends ParsedRequest {
  readonly method: string;
  /** Path and query, still encoded and with the slashes that came. */
  readonly url: string;
  /** As `credential` found it, without a sandbox's name. */
  readonly credential: string | undefined;
  readonly headers: Request['headers'];
  readonly operationId: string;
}

export interface AnyCall extends Context<ProviderTypes>, ParsedRequest {
  readonly principal: object | undefined;
}
// A method's parameters are compared both ways, which lets a typed operation stand where an untyped one is asked for.
export type AnyOperation = { run(call: AnyCall): Reply | Failed }['run'];
