import type { RandomSource } from '../../core/provider/call.ts';

const HEXADECIMAL = '0123456789abcdef';

/** So many characters of an alphabet. */
type Draw = (alphabet: string, length: number) => string;

/** A UUID of version 4. */
export function createUuid(drawFrom: Draw): string {
  const draw = (length: number, alphabet = HEXADECIMAL): string => drawFrom(alphabet, length);
  return `${draw(8)}-${draw(4)}-4${draw(3)}-${draw(1, '89ab')}${draw(3)}-${draw(12)}`;
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
