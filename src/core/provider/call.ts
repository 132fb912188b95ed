import type { Collections, StateOf } from '../store/collection.ts';
import type { IdSource } from '../store/ids.ts';
import type { Note } from '../store/commit.ts';
import type { Instant } from '../values/clock.ts';
import type { Failed } from '../wire/failure.ts';
import type { Reply, TopicView, Stream } from '../wire/reply.ts';
import type { Request } from '../wire/request.ts';
import type { OptionDefinitions, OptionValues } from './options.ts';

/**
 * The types of a provider under one name, by which its operations, controls and renderers are typed.
 */
export interface ProviderTypes {
  /** The `operations` that openapi-typescript generates from the document. */
  readonly spec: object;
  readonly collections: Collections;
  /** The caller, as `authenticate` returned it. */
  readonly principal: object;
  readonly options: OptionDefinitions;
  /** The provider's own failure codes. */
  readonly code: string;
  /** Present if query, body and path parameters are merged. */
  readonly parameters?: 'merged';
  /** The `operations` of other documents, by variant. */
  readonly variants?: Readonly<Record<string, object>>;
}

/** What a provider's code may use inside a transaction. */
export interface Context<T extends ProviderTypes> {
  readonly state: StateOf<T['collections']>;
  readonly options: OptionValues<T['options']>;
  /** The sandbox's time, constant during an exchange. */
  readonly now: Instant;
  readonly random: RandomSource;
  readonly ids: IdSource;
  /** Adds an idempotency key or a memo to the ledger entries of this transaction. */
  readonly note: (note: Note) => void;
  /** Schedules a scheduled item of this kind, if the transaction commits. */
  readonly schedule: (at: Instant, kind: string, payload: object) => void;
}

/** Random values from the sandbox's random seed. Each stream name is independent of the others. */
export interface RandomSource {
  /** Returns `length` characters of the alphabet. */
  text(stream: string, alphabet: string, length: number): string;
}

/** The typed, validated parts of a request. `O` is one entry of the generated `operations`. */
export interface CallOf<O> {
  readonly path: PathOf<O>;
  readonly query: QueryOf<O>;
  readonly body: BodyOf<O>;
}

/** The argument of an operation. */
export type Call<O, T extends ProviderTypes> = Context<T> &
  (T extends { readonly parameters: 'merged' } ? { readonly params: ParamsOf<O> } : CallOf<O>) & {
    /** The base path of the request; "" if the provider has none. */
    readonly basePath: string;
    /** `undefined` in an operation that the document opens to everybody. */
    readonly principal: T['principal'];
  };

/** Synchronous. A reply and `failed(code)` commit; `refused(code)` and an error commit nothing. */
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
 * Merged parameters. If an operation has a body, the body's schema is that of all parameters; else the query's.
 */
type ParamsOf<O> = PathOf<O> & (undefined extends BodyOf<O> ? OptionalBodyOf<O> : BodyOf<O>);
type OptionalBodyOf<O> = [BodyOf<O>] extends [undefined] ? QueryOf<O> : NonNullable<BodyOf<O>>;
/** A union of the declared statuses, each with its body. */
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

/** The untyped parts of a request, as the engine handles them. */
export interface AnyParts {
  readonly path: object;
  readonly query: object;
  readonly body: unknown;
}

/** A parsed request, before or after validation. */
export interface ParsedRequest extends AnyParts {
  /** All parts in one object, if the provider merges them; else empty. */
  readonly params: object;
  /** The base path of the request; "" if the provider has none. */
  readonly basePath: string;
}

/** What `authenticate` knows of a request. */
export interface Credentials extends ParsedRequest {
  readonly method: string;
  /** Path and query as received: encoded, with all slashes. */
  readonly url: string;
  /** The credential, without a sandbox's name. */
  readonly credential: string | undefined;
  readonly headers: Request['headers'];
  readonly operationId: string;
}

export interface AnyCall extends Context<ProviderTypes>, ParsedRequest {
  readonly principal: object | undefined;
}
// Taken from a method, whose parameters TypeScript compares both ways, so that a typed operation is assignable.
export type AnyOperation = { run(call: AnyCall): Reply | Failed }['run'];
