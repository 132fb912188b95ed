import type { RandomSource } from '../../core/provider/call.ts';

const HEXADECIMAL = '0123456789abcdef';

/** Draws random characters of an alphabet. */
type Draw = (alphabet: string, length: number) => string;

const VARIANTS = '89ab';

/** Creates a version 4 UUID from one draw. */
export function createUuid(draw: Draw): string {
  const digits = draw(HEXADECIMAL, 31);
  const variant = VARIANTS.charAt(HEXADECIMAL.indexOf(digits.charAt(15)) % VARIANTS.length);
  const [first, second, third] = [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 15)];
  return `${first}-${second}-4${third}-${variant}${digits.slice(16, 19)}-${digits.slice(19)}`;
}

interface Records {
  find(key: string): object | undefined;
}

/** Creates a UUID that no record has: after a saved state is loaded, random values can repeat. */
export function createId(random: RandomSource, stream: string, records: Records): string {
  for (;;) {
    const id = createUuid((alphabet, length) => random.text(stream, alphabet, length));
    if (!records.find(id)) return id;
  }
}

/** FIDELITY: the form of the key, which nothing checks (real server). */
export function createApiKey(random: RandomSource, isTaken: (key: string) => boolean): string {
  for (;;) {
    const key = `om_live_${random.text('API key', HEXADECIMAL, 64)}`;
    if (!isTaken(key)) return key;
  }
}
