import type { RandomSource } from '../../core/provider.ts';

const HEXADECIMAL = '0123456789abcdef';

/** A UUID of version 4. */
export function createUuid(random: RandomSource, stream: string): string {
  const draw = (length: number, alphabet = HEXADECIMAL): string => random.text(stream, alphabet, length);
  return `${draw(8)}-${draw(4)}-4${draw(3)}-${draw(1, '89ab')}${draw(3)}-${draw(12)}`;
}

/** FIDELITY: its form; nothing ever checks it (real server). */
export function createApiKey(random: RandomSource): string {
  const draw = (): string => random.text('API key', HEXADECIMAL, 16);
  return `om_live_${draw()}${draw()}${draw()}${draw()}`;
}
