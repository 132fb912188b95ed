import { hash } from 'node:crypto';

/**
 * Value `n` of a stream: 32 bytes that depend on nothing but the three arguments, so that
 * streams do not disturb each other and a run can be repeated from its seed.
 */
export function randomBytes(seed: number, stream: string, n: number): Buffer {
  return hash('sha256', `${seed}\0${stream}\0${n}`, 'buffer');
}

/** Characters of the alphabet, one for each two bytes. Where those end, the bytes of their hash follow. */
export function toText(bytes: Buffer, alphabet: string, length: number): string {
  let text = '';
  for (let block = bytes; text.length < length; block = hash('sha256', block, 'buffer')) {
    for (let at = 0; at < block.length && text.length < length; at += 2) {
      text += alphabet.charAt(block.readUInt16BE(at) % alphabet.length);
    }
  }
  return text;
}

/** From 0 up to 1, without it. `part` from 0 to 7 gives independent ones of the same bytes. */
export function toFraction(bytes: Buffer, part = 0): number {
  return bytes.readUInt32BE(part * 4) / 2 ** 32;
}
