import { add, isNegative, subtract, ZERO, type Amount } from '../../core/values/decimal.ts';

/** A member's balance, and the part of it that an active code reserves. */
export interface Holding {
  readonly balance: Amount;
  /** `undefined` without a code. */
  readonly reserved: Amount | undefined;
}

export type Refusal = 'ZERO' | 'OVERDRAFT' | 'CODE_IN_THE_WAY' | 'NOT_POSITIVE' | 'NOTHING_TO_REDEEM' | 'OUT_OF_RANGE';

/** The holding after a change, or why it is refused. */
export type Outcome = Holding | Refusal;

/**
 * Adds credits, or removes some.
 *
 * FIDELITY: `force` disables a code only when that is necessary (published document). ASSUMED: it is necessary if less
 * than the code's value would be left; a balance never falls below zero, with or without force.
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
 * Reserves credits for a code.
 *
 * FIDELITY: the balance does not change; redeeming more makes one code of the new total (vendor docs, a live client).
 * ASSUMED: `amount` is added to the value of the active code.
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

/** ASSUMED: a code that the rest no longer covers is disabled when credits expire. */
export function expire({ balance, reserved }: Holding, lost: Amount): Holding {
  const after = subtract(balance, lost);
  return { balance: after, reserved: exceeds(reserved, after) ? undefined : reserved };
}

/** Whether an amount is more than the balance. */
function exceeds(amount: Amount | undefined, balance: Amount): boolean {
  return amount !== undefined && isNegative(subtract(balance, amount));
}
