import type { KeyPart } from './key.ts';

/** A balance that a record holds; the ledger is derived from these declarations. */
export interface Balance<R> {
  readonly field: keyof R & string;
  readonly unit: string;
  /** The game, app, merchant or customer that the account belongs to. */
  tenant(record: R): string;
  /** The owner's id as the provider names it. */
  account(record: R): string;
}

export const BY_KEY = 'by key';

/**
 * A provider's declaration of one kind of record. Records are JSON values and are never changed in place: an update is
 * a `put` of a new object under the same key.
 */
export interface CollectionDefinition<R extends object, U extends string = string, O extends string = string> {
  key(record: R): string;
  /** Look-ups that find at most one record. `undefined` keeps a record out of the look-up. */
  readonly unique?: Readonly<Record<U, (record: R) => readonly KeyPart[] | undefined>>;
  /**
   * Sort orders for lists. The parts must differ between any two records; `undefined` keeps a record out of the order.
   * "by key" stores nothing: it is the order of the keys, each of which is the result of `toRecordKey`.
   */
  readonly orders?: Readonly<Record<O, typeof BY_KEY | ((record: R) => readonly KeyPart[] | undefined)>>;
  readonly balances?: readonly Balance<R>[];
  /**
   * How a record is written to disk and read back, if it holds more than JSON. A change of this requires a higher
   * `recordVersion` of the provider.
   */
  readonly stored?: {
    write(record: R): object;
    /** Receives the result of `write`. */
    read(written: object): object;
  };
}

export function defineCollection<R extends object, U extends string = never, O extends string = never>(
  definition: CollectionDefinition<R, U, O>,
): CollectionDefinition<R, U, O> {
  return definition;
}

export type Collections = Readonly<Record<string, CollectionDefinition<never, never, never>>>;

/** The collections of a provider as its operations see them. */
export type StateOf<C> = {
  readonly [N in keyof C]: C[N] extends CollectionDefinition<infer R, infer U, infer O> ? Collection<R, U, O> : never;
};

export interface ListOptions {
  /** Only records whose sort key starts with these parts. */
  readonly within?: readonly KeyPart[];
  /** Only records that come after this sort key (before it when `reverse`). */
  readonly after?: readonly KeyPart[];
  readonly reverse?: boolean;
}

/** Reads work at any time, writes inside a transaction only. */
export interface Collection<R extends object, U extends string = string, O extends string = string> {
  readonly size: number;
  /** Changes with every change of the collection, for caches. */
  readonly version: number;
  find(key: string): R | undefined;
  findBy(lookup: U, ...parts: KeyPart[]): R | undefined;
  /** In the declared order, lazily: a page costs what it returns. Copy it before writing anything. */
  list(order: O, options?: ListOptions): IterableIterator<R>;
  /** The first record of `list`. */
  first(order: O, within: readonly KeyPart[]): R | undefined;
  /** The last record of `list`. */
  last(order: O, within: readonly KeyPart[]): R | undefined;
  /** In key order, lazily as `list`. */
  values(): IterableIterator<R>;
  /** Adds or replaces. A unique look-up that another record holds is a `UniqueViolation`. */
  put(record: R): void;
  delete(key: string): void;
}

/**
 * The source of a change: the operation itself (`own`), code around it (`admit`), or a write without a commit that this
 * commit includes (`carried`), such as a fault rule that fired on a read.
 */
export type ChangePart = 'own' | 'admit' | 'carried';

/** The effect of a transaction on one record. `undefined` means that the record is not there. */
export interface Change {
  readonly part: ChangePart;
  readonly provider: string;
  readonly collection: string;
  readonly key: string;
  readonly before: object | undefined;
  readonly after: object | undefined;
}

export class UniqueViolation extends Error {
  override readonly name = 'UniqueViolation';

  constructor(collection: string, lookup: string) {
    super(`Another record of "${collection}" has the same "${lookup}".`);
  }
}
