import { add, isNegative, subtract, ZERO, type Amount } from '../../core/values/decimal.ts';

/** What a member has: the balance, and how much of it an active code reserves. */
export interface Holding {
  readonly balance: Amount;
  /** `undefined` without a code. */
  readonly reserved: Amount | undefined;
}

export type Refusal = 'ZERO' | 'OVERDRAFT' | 'CODE_IN_THE_WAY' | 'NOT_POSITIVE' | 'NOTHING_TO_REDEEM' | 'OUT_OF_RANGE';

/** What a change leaves, or why it cannot be. */
export type Outcome = Holding | Refusal;

/**
 * Adds credits, or removes some.
 *
 * FIDELITY: `force` disables a code only when that is necessary (published document). ASSUMED: it is where less
 * would be left than the code is worth; a balance never falls below zero, with or without force.
 */
export function changeCredits({ balance, reserved }: Holding, amount: Amount, force: boolean): Outcome {
  if (amount === ZERO) return 'ZERO';
  const after = add(balance, amount);
  if (!Number.isFinite(Number(after))) return 'OUT_OF_RANGE';
  if (isNegative(after)) return 'OVERDRAFT';
  if (!isNegative(amount) || !exceeds(reserved, after)) return { balance: after, reserved };
  return force ? { balance: after, reserved: undefined } : 'CODE_IN_THE_WAY';
}

/**
 * Has a code reserve credits.
 *
 * FIDELITY: it leaves the balance as it is; redeeming more makes one code of the new total (vendor docs, a live
 * client). ASSUMED: `amount` comes on top of what the active code is worth.
 *
 * @param amount `undefined` for everything
 */
export function redeem({ balance, reserved }: Holding, amount: Amount | undefined): Outcome {
  if (amount === undefined) {
    return balance === (reserved ?? ZERO) ? 'NOTHING_TO_REDEEM' : { balance, reserved: balance };
  }
  if (amount === ZERO || isNegative(amount)) return 'NOT_POSITIVE';
  const total = add(reserved ?? ZERO, amount);
  return exceeds(total, balance) ? 'OVERDRAFT' : { balance, reserved: total };
}

/** ASSUMED: a code that the rest no longer covers is disabled with the credits that expire. */
export function expire({ balance, reserved }: Holding, lost: Amount): Holding {
  const after = subtract(balance, lost);
  return { balance: after, reserved: exceeds(reserved, after) ? undefined : reserved };
}

/** Whether it is more than there is. */
function exceeds(amount: Amount | undefined, balance: Amount): boolean {
  return amount !== undefined && isNegative(subtract(balance, amount));
}
