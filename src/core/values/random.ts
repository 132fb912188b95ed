import { hash } from 'node:crypto';

/** Two words that a seed and a stream are hashed to. */
type Key = readonly [number, number];

/** Keys that are remembered: a hash takes twenty times as long as a value. Streams have few names, and a sandbox one seed. */
const REMEMBERED = 1000;
const WORD = 2 ** 32;

let remembered = new Map<number, Map<string, Key>>();
let size = 0;

function toKey(seed: number, stream: string): Key {
  const known = remembered.get(seed)?.get(stream);
  if (known) return known;
  if (size >= REMEMBERED) {
    remembered = new Map();
    size = 0;
  }
  const bytes = hash('sha256', `${seed}\0${stream}`, 'buffer');
  const key: Key = [bytes.readInt32BE(0), bytes.readInt32BE(4)];
  const ofSeed = remembered.get(seed) ?? new Map<string, Key>();
  remembered.set(seed, ofSeed.set(stream, key));
  size += 1;
  return key;
}

/**
 * Mixes two words of 32 bits, a counter and the number of a block, by the twenty rounds of Threefry-2x32 (Salmon and
 * others, "Parallel random numbers: as easy as 1, 2, 3", 2011). Values can be computed in any order.
 */
export function mix([first, second]: Key, counter: number, block: number): Key {
  const keys = [first, second, first ^ second ^ 0x1bd11bda];
  let a = (counter + first) | 0;
  let b = (block + second) | 0;
  for (let group = 1; group <= 5; group += 1) {
    for (const rotation of ROTATIONS[group % 2] ?? []) {
      a = (a + b) | 0;
      b = ((b << rotation) | (b >>> (32 - rotation))) ^ a;
    }
    a = (a + (keys[group % 3] ?? 0)) | 0;
    b = (b + (keys[(group + 1) % 3] ?? 0) + group) | 0;
  }
  return [a >>> 0, b >>> 0];
}

/** For groups of four rounds with an even number and an odd one, from 1. */
const ROTATIONS = [
  [17, 29, 16, 24],
  [13, 15, 26, 6],
];

/**
 * Value `n` of a stream: words of 32 bits, as many as are asked for, that depend on nothing but the three arguments, so
 * that streams do not disturb each other and a run can be repeated from its seed.
 */
export class Chance {
  readonly #key: Key;
  readonly #n: number;
  #block = -1;
  #words: Key = [0, 0];

  constructor(seed: number, stream: string, n: number) {
    this.#key = toKey(seed, n < WORD ? stream : `${stream}\0${Math.floor(n / WORD)}`);
    this.#n = n | 0;
  }

  /** @param at from 0 up to 2^33 */
  word(at: number): number {
    const block = Math.floor(at / 2);
    if (block !== this.#block) {
      this.#block = block;
      this.#words = mix(this.#key, this.#n, block | 0);
    }
    return this.#words[at % 2 === 0 ? 0 : 1];
  }
}

/** Characters of the alphabet. A shorter text is the beginning of a longer one. */
export function toText(chance: Chance, alphabet: string, length: number): string {
  // Where characters are so many bits, they are cut from a word as they are; else two are made of it.
  const isEven = Number.isInteger(Math.log2(alphabet.length)) && alphabet.length <= 256;
  const bits = isEven ? Math.max(Math.log2(alphabet.length), 1) : 16;
  const each = Math.floor(32 / bits);
  const codes: number[] = [];
  for (let at = 0; at < length; at += 1) {
    const drawn = (chance.word(Math.floor(at / each)) >>> ((at % each) * bits)) & ((1 << bits) - 1);
    codes.push(alphabet.charCodeAt(drawn % alphabet.length));
  }
  // At once: a text that is put together is looked up more slowly for as long as it is there.
  return String.fromCharCode(...codes);
}

/** From 0 up to 1, without it. Each `part` gives another one of the same value, independent of the others. */
export function toFraction(chance: Chance, part = 0): number {
  return chance.word(part) / WORD;
}
