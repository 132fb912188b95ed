import { hash } from 'node:crypto';

/**
 * Value `n` of a stream: 32 bytes that depend on nothing but the three arguments, so that
 * streams do not disturb each other and a run can be repeated from its seed.
 */
export function randomBytes(seed: number, stream: string, n: number): Buffer {
  return hash('sha256', `${seed}\0${stream}\0${n}`, 'buffer');
}

/** @param length at most 16 characters */
export function toText(bytes: Buffer, alphabet: string, length: number): string {
  let text = '';
  for (let index = 0; index < length; index += 1) {
    text += alphabet.charAt(bytes.readUInt16BE(index * 2) % alphabet.length);
  }
  return text;
}
