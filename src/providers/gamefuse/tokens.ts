import type { RandomSource } from '../../core/provider/call.ts';

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const HEXADECIMAL = '0123456789abcdef';
const LENGTH = 24;

// The random source is a sandbox's or a fixture's. The first draws the next text of a stream, the second one text per name.

/** Draws a user's token. ASSUMED: 24 letters and digits; its form is not documented. */
export function drawToken(random: RandomSource, stream: string): string {
  return random.text(stream, BASE58, LENGTH);
}

/** Draws a password's salt. */
export function drawSalt(random: RandomSource, stream: string): string {
  return random.text(stream, HEXADECIMAL, LENGTH);
}

/** FIDELITY: the token has the form of a UUID (example of the JavaScript client). */
export function drawGameToken(random: RandomSource): string {
  return [8, 4, 4, 4, 12].map((length) => random.text('game token', HEXADECIMAL, length)).join('-');
}
