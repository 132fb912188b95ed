import { parseBoolean, SETTINGS } from '../config/setting-values.ts';
import type { Inputs } from './verb.ts';

/** Flags of `start`, as they were written. */
export type StartFlags = Readonly<Record<string, unknown>>;

/** Kinds of settings that are lists. */
const LIST_KINDS: ReadonlySet<string> = new Set(['list', 'origins', 'targets']);

export const CONFIG = { describe: 'File with settings [credits-emulator.config.{yaml,yml,json}]' } as const;

/** What `start` takes. */
export const START_FLAGS: Inputs = {
  ...Object.fromEntries(
    Object.entries(SETTINGS).map(([name, { kind, describe }]) => [
      name,
      { describe, isRepeated: LIST_KINDS.has(kind), ...(kind === 'boolean' && { type: kind }) },
    ]),
  ),
  config: CONFIG,
  json: { type: 'boolean', describe: 'The same as --log-format json' },
};

/**
 * The flags of a plain `start`, as yargs would parse them; `undefined` for other words, and for words that only yargs can
 * parse or refuse. To load yargs takes 70 ms, a third of a start.
 */
export function findPlainFlags(words: readonly string[]): StartFlags | undefined {
  const [first, ...others] = words;
  const left = [...(first === undefined || first === 'start' ? others : words)];
  const flags: Record<string, unknown> = {};
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    const [, negation, name = '', written] = PLAIN.exec(word) ?? [];
    const flag = Object.hasOwn(START_FLAGS, name) ? START_FLAGS[name] : undefined;
    const known = flags[name];
    if (flag?.type === 'boolean') {
      const value = written === undefined ? negation === undefined : parseBoolean(written);
      const isFollowed = left[0] !== undefined && !left[0].startsWith('--');
      if (value === undefined || known !== undefined || isFollowed || (negation && written !== undefined))
        return undefined;
      flags[name] = value;
    } else if (flag && negation === undefined) {
      const value = written ?? left.shift();
      const isTwice = known !== undefined;
      if (value === undefined || !PLAIN_VALUE.test(value) || (isTwice && !flag.isRepeated)) return undefined;
      flags[name] = isTwice ? [known, value].flat() : value;
    } else return undefined;
  }
  return flags;
}

const PLAIN = /^--(no-)?([a-z-]+?)(?:=(.*))?$/s;
/** Text that yargs leaves as it is. */
const PLAIN_VALUE = /^[^-"'\s][^"']*$/s;
