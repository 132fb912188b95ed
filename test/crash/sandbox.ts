import { Account } from './account.ts';
import { ClockRecord } from './clock.ts';
import type { Answer } from './kinds/kind.ts';
import { toKind } from './kinds/index.ts';
import type { Kind, Order } from './kinds/kind.ts';

/** A client's account in a sandbox. */
export interface Holding {
  readonly number: number;
  readonly kind: Kind<unknown>;
  readonly account: Account<unknown>;
  /** The rule that was armed for it, and whether an answer has named it. */
  rule: { readonly id: string; isCertain: boolean; isFired: boolean } | undefined;
}

/** Everything that clients know of one sandbox. */
export class Sandbox {
  readonly name: string;
  readonly holdings: readonly Holding[];
  clock = new ClockRecord(Date.now());
  /** Whether somebody was at it in this round, and who. */
  readonly touched = new Set<Holding>();
  /** By the note of each write that was acknowledged, the amount of which somebody has to be told. */
  readonly owed = new Map<string, number>();
  /** Deliveries of which the emulator has said that they were taken. */
  readonly taken = new Set<string>();
  #ids = new Set<string>();
  #epoch = 0;
  #isResetting = false;

  constructor(name: string, clients: number) {
    this.name = name;
    this.holdings = Array.from({ length: clients }, (_, number) => {
      const kind = toKind(number);
      return { number, kind, account: new Account(kind.seed, (state) => kind.show(state)), rule: undefined };
    });
  }

  get isResetting(): boolean {
    return this.#isResetting;
  }

  getHolding(number: number): Holding {
    const holding = this.holdings[number];
    if (!holding) throw new Error(`There is no client ${number}.`);
    return holding;
  }

  /** Before a request is sent. @returns what has to be called with the id of its answer; it throws for one that was there before */
  expectId(): (id: string | undefined) => void {
    const epoch = this.#epoch;
    const isClear = !this.#isResetting;
    return (id) => {
      if (!isClear || epoch !== this.#epoch || this.#isResetting) return;
      if (!id?.startsWith(`${this.name}-`)) throw new Error(`"${id}" is no id of a request.`);
      if (this.#ids.has(id)) throw new Error(`The request id ${id} was given a second time.`);
      this.#ids.add(id);
    };
  }

  /** The write has happened. */
  owe({ told }: Pick<Order<unknown>, 'told'>): void {
    if (told && !this.#isResetting) this.owed.set(told.note, told.amount);
  }

  beginReset(): void {
    this.#isResetting = true;
    // What had not been sent goes with the old state.
    this.owed.clear();
    this.taken.clear();
    for (const { account, rule } of this.holdings) {
      account.beginReset();
      if (rule) rule.isCertain = false;
    }
  }

  /** @param isKnown whether the reset was acknowledged */
  endReset(isKnown: boolean): void {
    this.#isResetting = false;
    this.#epoch += 1;
    this.#ids.clear();
    this.clock.reset(Date.now(), isKnown);
    for (const holding of this.holdings) {
      holding.account.endReset(isKnown);
      if (holding.rule) holding.rule.isCertain = false;
      if (isKnown) this.touched.add(holding);
    }
  }
}

/** The rule, if any, that an answer says it has met, with its phase. */
export function findFault({ headers }: Answer): { readonly name: string; readonly isAfter: boolean } | undefined {
  const written = headers['x-emulator-fault'];
  if (written === undefined) return undefined;
  return { name: written.split(';')[0] ?? '', isAfter: written.includes('phase=after') };
}
