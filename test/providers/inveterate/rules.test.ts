import { describe, expect, it } from 'vitest';

import { parseInstant, renderInstant } from '../../../src/core/values/clock.ts';
import { toAmount } from '../../../src/core/values/decimal.ts';
import { toExpiry } from '../../../src/providers/inveterate/ledger.ts';
import { changeCredits, expire, redeem, type Holding } from '../../../src/providers/inveterate/rules.ts';
import type { Merchant } from '../../../src/providers/inveterate/state.ts';

const MOST = String(Number.MAX_VALUE);

/** A balance, and what a code reserves of it, if there is one. */
function hold(balance: string, reserved?: string): Holding {
  return { balance: toAmount(balance), reserved: reserved === undefined ? undefined : toAmount(reserved) };
}

describe('a change of credits', () => {
  it.each<[string, string, string | undefined, string, Holding]>([
    ['adds to nothing', '0', undefined, '5', hold('5')],
    ['adds tenths exactly', '0.1', undefined, '0.2', hold('0.3')],
    ['adds beside a code', '10', '10', '0.01', hold('10.01', '10')],
    ['removes a part', '10', undefined, '-0.01', hold('9.99')],
    ['removes everything', '10.5', undefined, '-10.5', hold('0')],
    ['removes what a code does not hold', '30', '10', '-19.99', hold('10.01', '10')],
    ['removes all that a code does not hold', '30', '10', '-20', hold('10', '10')],
    ['adds up to what a number can hold', MOST, undefined, '0.5', hold(`${toAmount(MOST)}.5`)],
  ])('%s, with force or without', (_, balance, reserved, amount, after) => {
    expect(changeCredits(hold(balance, reserved), toAmount(amount), false)).toEqual(after);
    expect(changeCredits(hold(balance, reserved), toAmount(amount), true)).toEqual(after);
  });

  it.each<[string, string, string | undefined, string, string]>([
    ['nothing', '10', undefined, '0', 'ZERO'],
    ['nothing, whatever there is', '0', undefined, '0', 'ZERO'],
    ['a cent more than there is', '10', undefined, '-10.01', 'OVERDRAFT'],
    ['anything of nothing', '0', undefined, '-0.01', 'OVERDRAFT'],
    ['more than there is beside a code', '30', '10', '-30.01', 'OVERDRAFT'],
    ['more than a number can hold', MOST, undefined, MOST, 'OUT_OF_RANGE'],
  ])('is not of %s, with force or without', (_, balance, reserved, amount, refusal) => {
    expect(changeCredits(hold(balance, reserved), toAmount(amount), false)).toBe(refusal);
    expect(changeCredits(hold(balance, reserved), toAmount(amount), true)).toBe(refusal);
  });

  it.each([
    ['30', '10', '-20.01', '9.99'],
    ['30', '10', '-30', '0'],
    ['10', '10', '-0.000001', '9.999999'],
  ])('of %s with a code of %s takes %s by force only, and the code goes', (balance, reserved, amount, left) => {
    expect(changeCredits(hold(balance, reserved), toAmount(amount), false)).toBe('CODE_IN_THE_WAY');
    expect(changeCredits(hold(balance, reserved), toAmount(amount), true)).toEqual(hold(left));
  });
});

describe('a redemption', () => {
  it.each<[string, string | undefined, string | undefined, string]>([
    ['30', undefined, undefined, '30'],
    ['30', '10', undefined, '30'],
    ['0.01', undefined, undefined, '0.01'],
    ['30', undefined, '5', '5'],
    ['30', undefined, '30', '30'],
    ['30', '10', '5.5', '15.5'],
    ['30', '10', '20', '30'],
    ['0.3', '0.1', '0.2', '0.3'],
  ])('of %s with a code of %s and an amount of %s makes one of %s', (balance, reserved, amount, value) => {
    const asked = amount === undefined ? undefined : toAmount(amount);
    expect(redeem(hold(balance, reserved), asked)).toEqual(hold(balance, value));
  });

  it.each<[string, string | undefined, string | undefined, string]>([
    ['0', undefined, undefined, 'NOTHING_TO_REDEEM'],
    ['30', '30', undefined, 'NOTHING_TO_REDEEM'],
    ['30', '30', '0.01', 'OVERDRAFT'],
    ['30', '10', '20.01', 'OVERDRAFT'],
    ['30', undefined, '30.01', 'OVERDRAFT'],
    ['0', undefined, '0.01', 'OVERDRAFT'],
  ])('of %s with a code of %s and an amount of %s is refused: %s', (balance, reserved, amount, refusal) => {
    const asked = amount === undefined ? undefined : toAmount(amount);
    expect(redeem(hold(balance, reserved), asked)).toBe(refusal);
  });
});

describe('an expiry', () => {
  it.each<[string, string | undefined, string, Holding]>([
    ['30', undefined, '30', hold('0')],
    ['30', '10', '19.99', hold('10.01', '10')],
    ['30', '10', '20', hold('10', '10')],
    ['30', '10', '20.01', hold('9.99')],
    ['30', '30', '0.01', hold('29.99')],
  ])('of %s with a code of %s that takes %s keeps a code that is covered', (balance, reserved, lost, after) => {
    expect(expire(hold(balance, reserved), toAmount(lost))).toEqual(after);
  });

  it.each<[string, number | null, string | undefined]>([
    ['2026-01-01T12:34:56.789Z', 30, '2026-01-31T12:34:56.789Z'],
    ['2024-02-28T23:59:59.999Z', 1, '2024-02-29T23:59:59.999Z'],
    ['2026-01-01T00:00:00.000Z', 365, '2027-01-01T00:00:00.000Z'],
    ['9999-12-01T00:00:00.000Z', 36_500, '9999-12-31T23:59:59.999Z'],
    ['2026-01-01T00:00:00.000Z', null, undefined],
  ])('of credits of %s after %s days comes at that time of day', (grantedAt, creditExpiryDays, expected) => {
    const merchant = { creditExpiryDays } as Merchant;
    const expiresAt = toExpiry(merchant, parseInstant(grantedAt));
    expect(expiresAt === null ? undefined : renderInstant(expiresAt)).toBe(expected);
  });
});
