import { parseRelativeInstant, toInstant, type Instant } from '../values/clock.ts';
import { toAmount, type Amount } from '../values/decimal.ts';
import { toMessage } from '../values/message.ts';
import { FixtureMistake, type FixtureContext, type FixturePath } from './fixture.ts';

/** The state and helpers with which `load` reads one provider's section of a fixture. */
export class Loading<S> {
  readonly state: S;
  readonly context: FixtureContext;
  readonly #named = new Set<string>();

  constructor(state: S, context: FixtureContext) {
    this.state = state;
    this.context = context;
  }

  /** Refuses an identity that the section names twice. @param identity such as `user 7`; errors show `name` */
  assertNew(identity: string, at: FixturePath, name = identity): void {
    this.assertUnnamed(identity, at, name);
    this.#named.add(identity);
  }

  /** Like `assertNew`, but does not count the identity as named. */
  assertUnnamed(identity: string, at: FixturePath, name = identity): void {
    if (this.#named.has(identity)) throw new FixtureMistake(at, `The ${name} appears twice.`);
  }

  /** Parses RFC 3339, milliseconds, or text relative to the clock such as "now-P30D". Default: the start of the seed. */
  parseInstant(written: string | number | undefined, at: FixturePath): Instant {
    // Not `now`, which would make every start build these records again.
    if (written === undefined) return this.context.start;
    try {
      if (typeof written === 'number') return toInstant(written);
      return parseRelativeInstant(written, () => this.context.now());
    } catch (error) {
      throw new FixtureMistake(at, toMessage(error));
    }
  }
}

/** Loads each entry of a list, with its path. */
export function loadEach<E>(
  entries: readonly E[] | undefined,
  at: FixturePath,
  load: (entry: E, at: FixturePath) => void,
): void {
  entries?.forEach((entry, index) => {
    load(entry, [...at, index]);
  });
}

/** Returns the record that an entry refers to. @param what such as `app "a"` */
export function getReferred<R>(found: R | undefined, what: string, at: FixturePath): R {
  if (found === undefined) throw new FixtureMistake(at, `There is no ${what}.`);
  return found;
}

/** Refuses a value that another record has. @param holder that record, such as `app "a"` */
export function assertUnheld(holder: string | false | undefined, at: FixturePath): void {
  if (holder) throw new FixtureMistake(at, `The ${holder} has the same ${at.at(-1) ?? ''}.`);
}

/** Like `assertUnheld`, for records. @param toName names a record uniquely, such as `app "a"` */
export function assertOnly<R>(holder: R | undefined, own: R, toName: (record: R) => string, at: FixturePath): void {
  assertUnheld(holder !== undefined && toName(holder) !== toName(own) && toName(holder), at);
}

/** Parses an amount that a service shows as a JSON number. */
export function parseNumericAmount(written: number | string, at: FixturePath): Amount {
  const amount = toAmount(written);
  if (Number.isFinite(Number(amount))) return amount;
  throw new FixtureMistake(at, BEYOND_NUMBERS);
}

export const BEYOND_NUMBERS = 'An amount must fit into a JSON number.';

/** Lists records in the order in which they were added. */
export function listByPlace<R extends { readonly place: number }>(collection: { values(): Iterable<R> }): readonly R[] {
  return [...collection.values()].sort((one, other) => one.place - other.place);
}
