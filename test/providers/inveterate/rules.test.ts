import { expect, it } from 'vitest';

import { parseInstant, renderInstant } from '../../../src/core/values/clock.ts';
import { toAmount } from '../../../src/core/values/decimal.ts';
import { toExpiry } from '../../../src/providers/inveterate/ledger.ts';
import { changeCredits, expire, redeem, type Holding, type Outcome } from '../../../src/providers/inveterate/rules.ts';
import type { Merchant } from '../../../src/providers/inveterate/state.ts';

const MOST = String(Number.MAX_VALUE);

/** A balance, and the part of it that a code reserves, if there is one. */
function hold(balance: string, reserved?: string): Holding {
  return { balance: toAmount(balance), reserved: reserved === undefined ? undefined : toAmount(reserved) };
}

it.each<[Holding, string, Outcome, Outcome?]>([
  [hold('0'), '5', hold('5')],
  [hold('0.1'), '0.2', hold('0.3')],
  [hold('10', '10'), '0.01', hold('10.01', '10')],
  [hold('10'), '-0.01', hold('9.99')],
  [hold('10.5'), '-10.5', hold('0')],
  [hold('30', '10'), '-19.99', hold('10.01', '10')],
  [hold('30', '10'), '-20', hold('10', '10')],
  [hold(MOST), '0.5', hold(`${toAmount(MOST)}.5`)],
  [hold('10'), '0', 'ZERO'],
  [hold('0'), '0', 'ZERO'],
  [hold('10'), '-10.01', 'OVERDRAFT'],
  [hold('0'), '-0.01', 'OVERDRAFT'],
  [hold('30', '10'), '-30.01', 'OVERDRAFT'],
  [hold(MOST), MOST, 'OUT_OF_RANGE'],
  [hold('30', '10'), '-20.01', 'CODE_IN_THE_WAY', hold('9.99')],
  [hold('30', '10'), '-30', 'CODE_IN_THE_WAY', hold('0')],
  [hold('10', '10'), '-0.000001', 'CODE_IN_THE_WAY', hold('9.999999')],
])('a change of %j by %s comes to %j, and by force to %j if that differs', (held, amount, usual, forced = usual) => {
  expect(changeCredits(held, toAmount(amount), false)).toEqual(usual);
  expect(changeCredits(held, toAmount(amount), true)).toEqual(forced);
});

it.each<[Holding, string | undefined, Outcome]>([
  [hold('30'), undefined, hold('30', '30')],
  [hold('30', '10'), undefined, hold('30', '30')],
  [hold('0.01'), undefined, hold('0.01', '0.01')],
  [hold('30'), '5', hold('30', '5')],
  [hold('30'), '30', hold('30', '30')],
  [hold('30', '10'), '5.5', hold('30', '15.5')],
  [hold('30', '10'), '20', hold('30', '30')],
  [hold('0.3', '0.1'), '0.2', hold('0.3', '0.3')],
  [hold('0'), undefined, 'NOTHING_TO_REDEEM'],
  [hold('30', '30'), undefined, 'NOTHING_TO_REDEEM'],
  [hold('30', '30'), '0.01', 'OVERDRAFT'],
  [hold('30', '10'), '20.01', 'OVERDRAFT'],
  [hold('30'), '30.01', 'OVERDRAFT'],
  [hold('0'), '0.01', 'OVERDRAFT'],
  [hold('30'), '0', 'NOT_POSITIVE'],
  [hold('30'), '-1', 'NOT_POSITIVE'],
])('a redemption from %j of %s comes to %j', (held, amount, outcome) => {
  expect(redeem(held, amount === undefined ? undefined : toAmount(amount))).toEqual(outcome);
});

it.each<[Holding, string, Holding]>([
  [hold('30'), '30', hold('0')],
  [hold('30', '10'), '20', hold('10', '10')],
  [hold('30', '10'), '20.01', hold('9.99')],
  [hold('30', '30'), '0.01', hold('29.99')],
])('an expiry from %j of %s leaves %j', (held, lost, after) => {
  expect(expire(held, toAmount(lost))).toEqual(after);
});

it.each<[string, number | null, string | undefined]>([
  ['2024-02-28T23:59:59.999Z', 1, '2024-02-29T23:59:59.999Z'],
  ['2026-01-01T00:00:00.000Z', 365, '2027-01-01T00:00:00.000Z'],
  ['9999-12-01T00:00:00.000Z', 36_500, '9999-12-31T23:59:59.999Z'],
  ['2026-01-01T00:00:00.000Z', null, undefined],
])('credits of %s that last %s days expire at %s', (grantedAt, creditExpiryDays, expected) => {
  const expiresAt = toExpiry({ creditExpiryDays } as Merchant, parseInstant(grantedAt));
  expect(expiresAt === null ? undefined : renderInstant(expiresAt)).toBe(expected);
});
