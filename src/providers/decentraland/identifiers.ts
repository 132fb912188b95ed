import type { RandomSource } from '../../core/provider.ts';

const HEXADECIMAL = '0123456789abcdef';

/** A UUID of version 4. */
export function createUuid(random: RandomSource): string {
  const draw = (length: number, alphabet = HEXADECIMAL): string => random.text('credit', alphabet, length);
  return `${draw(8)}-${draw(4)}-4${draw(3)}-${draw(1, '89ab')}${draw(3)}-${draw(12)}`;
}
