import { parseRelativeInstant, toInstant, type Instant } from '../values/clock.ts';
import { toAmount, type Amount } from '../values/decimal.ts';
import { toMessage } from '../values/message.ts';
import { FixtureMistake, type FixtureContext, type FixturePath } from './fixture.ts';

/** One provider's section of one fixture on its way into the state: what every `load` needs. */
export class Loading<S> {
  readonly state: S;
  readonly context: FixtureContext;
  readonly #named = new Set<string>();

  constructor(state: S, context: FixtureContext) {
    this.state = state;
    this.context = context;
  }

  /** Refuses what the section names for the second time. @param identity such as `user 7`; `name` is how it is told */
  assertNew(identity: string, at: FixturePath, name = identity): void {
    this.assertUnnamed(identity, at, name);
    this.#named.add(identity);
  }

  /** As `assertNew`, and yet does not count as naming it. */
  assertUnnamed(identity: string, at: FixturePath, name = identity): void {
    if (this.#named.has(identity)) throw new FixtureMistake(at, `The ${name} is there twice.`);
  }

  /** RFC 3339, milliseconds, or relative to the clock, "now-P30D"; the start of the seed if left out. */
  parseInstant(written: string | number | undefined, at: FixturePath): Instant {
    // Not by asking for `now`: many records that say nothing of time would be built anew for every start.
    if (written === undefined) return this.context.start;
    try {
      if (typeof written === 'number') return toInstant(written);
      return parseRelativeInstant(written, () => this.context.now());
    } catch (error) {
      throw new FixtureMistake(at, toMessage(error));
    }
  }

  /** As `parseInstant`; never, if null or left out. */
  parseInstantOrNull(written: string | null | undefined, at: FixturePath): Instant | null {
    return written == null ? null : this.parseInstant(written, at);
  }
}

/** Loads each entry of a list, and tells where it stands. */
export function loadEach<E>(
  entries: readonly E[] | undefined,
  at: FixturePath,
  load: (entry: E, at: FixturePath) => void,
): void {
  entries?.forEach((entry, index) => {
    load(entry, [...at, index]);
  });
}

/** The record to which an entry refers. @param what such as `app "a"` */
export function getReferred<R>(found: R | undefined, what: string, at: FixturePath): R {
  if (found === undefined) throw new FixtureMistake(at, `There is no ${what}.`);
  return found;
}

/** Refuses what only one record can have. @param holder another one that has it, such as `app "a"` */
export function assertUnheld(holder: string | false | undefined, at: FixturePath): void {
  if (holder) throw new FixtureMistake(at, `The ${holder} has the same ${at.at(-1) ?? ''}.`);
}

/** As `assertUnheld`. @param toName gives each record a name of its own, such as `app "a"` */
export function assertOnly<R>(holder: R | undefined, own: R, toName: (record: R) => string, at: FixturePath): void {
  assertUnheld(holder !== undefined && toName(holder) !== toName(own) && toName(holder), at);
}

/** An amount that a service shows as a JSON number. */
export function parseNumericAmount(written: number | string, at: FixturePath): Amount {
  const amount = toAmount(written);
  if (Number.isFinite(Number(amount))) return amount;
  throw new FixtureMistake(at, BEYOND_NUMBERS);
}

export const BEYOND_NUMBERS = 'An amount must be what a JSON number can hold.';

/** A collection's records in the order in which they were added, where they keep that. */
export function listByPlace<R extends { readonly place: number }>(collection: { values(): Iterable<R> }): readonly R[] {
  return [...collection.values()].sort((one, other) => one.place - other.place);
}

type Given<F> = { readonly [N in keyof F as undefined extends F[N] ? never : N]: F[N] } & {
  readonly [N in keyof F as undefined extends F[N] ? N : never]?: Exclude<F[N], undefined>;
};

/** The fields without those that are `undefined`, which JSON does not know. */
export function toGiven<F extends object>(fields: F): Given<F> {
  // Only what the type says may be missing has gone.
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<F>;
}
