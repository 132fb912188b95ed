/** Digits in groups of three; the sign stays in front. Any decimal string. */
export function toGrouped(value: string): string {
  const [, sign = '', whole = '', rest = ''] = /^([+-]?)(\d+)(.*)$/.exec(value) ?? [];
  if (whole === '') return value;
  return `${sign === '-' ? '\u2212' : sign}${whole.replaceAll(/\B(?=(\d{3})+$)/g, ',')}${rest}`;
}

/** An amount as people read it: wei by the whole, with what is left of it. */
export function toShown(value: string, unit: string): string {
  return unit === 'wei' ? toGrouped(shift(value, 18)) : toGrouped(value);
}

export function toShownUnit(unit: string): string {
  return unit === 'wei' ? 'e18 wei' : unit;
}

/** With its sign, also where it is a plus. */
export function toSigned(value: string, unit: string): string {
  const shown = toShown(value, unit);
  return value.startsWith('-') || value.startsWith('+') ? shown : `+${shown}`;
}

/** Exact, for decimal strings of any length. */
export function addDecimals(values: readonly string[]): string {
  const places = Math.max(0, ...values.map((value) => value.split('.')[1]?.length ?? 0));
  const sum = values.reduce((total, value) => total + toScaled(value, places), 0n);
  return toTrimmed(sum, places);
}

function toScaled(value: string, places: number): bigint {
  const [whole = '0', fraction = ''] = value.split('.');
  const digits = `${whole}${fraction.padEnd(places, '0')}`.replace(/^\+/, '');
  return /^-?\d+$/.test(digits) ? BigInt(digits) : 0n;
}

/** The value by ten to the power of `places`, without digits that say nothing. */
function shift(value: string, places: number): string {
  return /^[+-]?\d+$/.test(value) ? toTrimmed(BigInt(value.replace(/^\+/, '')), places) : value;
}

function toTrimmed(scaled: bigint, places: number): string {
  const sign = scaled < 0n ? '-' : '';
  const digits = String(scaled < 0n ? -scaled : scaled).padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places);
  const fraction = digits.slice(digits.length - places).replace(/0+$/, '');
  return `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}
