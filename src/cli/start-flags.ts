import type { Argv } from 'yargs';

import { parseBoolean, SETTINGS } from '../config/setting-values.ts';
import type { Command } from '../trials/command.ts';
import { UsageError } from './report.ts';

/** As they were written. */
export type StartFlags = Readonly<Record<string, unknown>>;

interface Flag {
  readonly type: 'string' | 'boolean';
  readonly describe: string;
  /** Whether it may be there more than once. */
  readonly isList?: boolean;
}

/** Kinds of settings that are lists. */
const LIST_KINDS: ReadonlySet<string> = new Set(['list', 'origins', 'targets']);

/** What `start` takes, by name. A flag that is text needs a value. */
export const START_FLAGS: ReadonlyMap<string, Flag> = new Map<string, Flag>([
  ...Object.entries(SETTINGS).map(([name, { kind, describe }]): [string, Flag] => [
    name,
    { type: kind === 'boolean' ? 'boolean' : 'string', describe, isList: LIST_KINDS.has(kind) },
  ]),
  ['config', { type: 'string', describe: 'File with settings [credits-emulator.config.{yaml,yml,json}]' }],
  ['json', { type: 'boolean', describe: 'The same as --log-format json' }],
]);

/** Has a command take what `start` takes. */
export function startFlags(yargs: Argv): Argv<StartFlags> {
  for (const [name, { type, describe }] of START_FLAGS) {
    yargs.option(name, { type, describe, requiresArg: type === 'string' });
  }
  return yargs;
}

/** What stands behind `--`. @throws {UsageError} */
export function toCommand(flags: StartFlags, verb: string): Command {
  const words = flags['--'];
  const [name, ...args] = Array.isArray(words) ? words.map(String) : [];
  if (name === undefined) throw new UsageError(`${verb} needs a command: credits-emulator ${verb} -- npm test`);
  return { name, args };
}

/**
 * The flags of a plain `start`, as yargs would find them; `undefined` for other words, and for those that only yargs
 * knows how to take, or what is wrong with them. To load it takes 70 ms, a third of a start.
 */
export function findPlainFlags(words: readonly string[]): StartFlags | undefined {
  const [first, ...others] = words;
  const left = [...(first === undefined || first === 'start' ? others : words)];
  const flags: Record<string, unknown> = {};
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    const [, negation, name = '', written] = PLAIN.exec(word) ?? [];
    const { type, isList } = START_FLAGS.get(name) ?? {};
    const known = flags[name];
    if (type === 'boolean') {
      const value = written === undefined ? negation === undefined : parseBoolean(written);
      const isFollowed = left[0] !== undefined && !left[0].startsWith('--');
      if (value === undefined || known !== undefined || isFollowed || (negation && written !== undefined))
        return undefined;
      flags[name] = value;
    } else if (type === 'string' && negation === undefined) {
      const value = written ?? left.shift();
      const isTwice = known !== undefined;
      if (value === undefined || !PLAIN_VALUE.test(value) || (isTwice && !isList)) return undefined;
      flags[name] = isTwice ? [known, value].flat() : value;
    } else return undefined;
  }
  return flags;
}

const PLAIN = /^--(no-)?([a-z-]+?)(?:=(.*))?$/s;
/** Text of which yargs makes nothing else. */
const PLAIN_VALUE = /^[^-"'\s][^"']*$/s;
