import type { RandomSource } from '../../core/provider/call.ts';

const HEXADECIMAL = '0123456789abcdef';

/** So many characters of an alphabet. */
type Draw = (alphabet: string, length: number) => string;

const VARIANTS = '89ab';

/** A UUID of version 4, of one draw. */
export function createUuid(draw: Draw): string {
  const digits = draw(HEXADECIMAL, 31);
  const variant = VARIANTS.charAt(HEXADECIMAL.indexOf(digits.charAt(15)) % VARIANTS.length);
  const [first, second, third] = [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 15)];
  return `${first}-${second}-4${third}-${variant}${digits.slice(16, 19)}-${digits.slice(19)}`;
}

interface Records {
  find(key: string): object | undefined;
}

/** A UUID that no record has: after a saved state was put in, chance begins anew and may repeat itself. */
export function createId(random: RandomSource, stream: string, records: Records): string {
  for (;;) {
    const id = createUuid((alphabet, length) => random.text(stream, alphabet, length));
    if (!records.find(id)) return id;
  }
}

/** FIDELITY: its form; nothing ever checks it (real server). */
export function createApiKey(random: RandomSource, isTaken: (key: string) => boolean): string {
  for (;;) {
    const key = `om_live_${random.text('API key', HEXADECIMAL, 64)}`;
    if (!isTaken(key)) return key;
  }
}
