import { assertOr } from '../../core/wire/failure.ts';
import { toAmount, type Amount } from '../../core/values/decimal.ts';

const DIGITS = 18;
const MANA = /^(\d{1,59})(?:\.(\d{1,18}))?$/;

/** Returns the wei of an amount of MANA such as "12.5"; `undefined` for zero or another text. */
export function findWei(mana: string): bigint | undefined {
  const [, whole, fraction = ''] = MANA.exec(mana) ?? [];
  const wei = whole === undefined ? 0n : BigInt(whole + fraction.padEnd(DIGITS, '0'));
  return wei > 0n ? wei : undefined;
}

/** Parses an amount in a control or a request. @param code of the refusal of another text */
export function parseWei(written: string | number, code: 'NOT_AN_AMOUNT' | 'BAD_REQUEST' = 'NOT_AN_AMOUNT'): bigint {
  const wei = findWei(String(written));
  assertOr(wei !== undefined, code);
  return wei;
}

/** Returns the exact MANA in decimal notation. */
export function renderMana(wei: bigint): string {
  const digits = wei.toString().padStart(DIGITS + 1, '0');
  const fraction = digits.slice(-DIGITS).replace(/0+$/, '');
  return digits.slice(0, -DIGITS) + (fraction === '' ? '' : `.${fraction}`);
}

export function toWeiAmount(wei: bigint): Amount {
  return toAmount(wei.toString());
}

/** Returns the JSON number nearest to the MANA of an amount in wei. */
export function toMana(wei: bigint): number {
  return Number(renderMana(wei));
}
