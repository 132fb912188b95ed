import yargs, { type Argv } from 'yargs';

import { findNearest } from '../core/values/nearest.ts';
import { quote } from '../core/values/quotation.ts';
import { parseBoolean } from '../config/setting-values.ts';
import { version } from '../config/version.ts';
import { toModule } from './parser.ts';
import { UsageError } from './report.ts';
import { VERBS } from './verbs.ts';

export { report } from './report.ts';

const COMPLETION = 'completion';
const COMPLETES = 'Print a shell completion script';
const NAMES = [...VERBS.map(({ name }) => name), COMPLETION];
/** Verbs that take a command after "--". */
const RUNNERS = VERBS.filter((verb) => 'runCommand' in verb).map(({ name }) => name);
const BOOLEANS = new Set(
  VERBS.flatMap((verb) => ('verbs' in verb ? verb.verbs : [verb])).flatMap(({ flags = {} }) =>
    Object.keys(flags).filter((name) => flags[name]?.type === 'boolean'),
  ),
);
/** Columns of help that is not written to a terminal. */
const WIDTH = 80;

/** Finds the verb and its flags and runs it. */
export async function runCommandLine(words: readonly string[]): Promise<void> {
  const parser: Argv = yargs();
  let run: (() => void | Promise<void>) | undefined;
  for (const verb of VERBS) parser.command(toModule(verb, (chosen) => (run = chosen)));
  parser
    .scriptName('credits-emulator')
    .usage('$0 [command]\n\nEmulates real credits services, for tests, CI and demos.')
    // The messages that are matched below, whatever the language of the machine.
    .locale('en')
    .parserConfiguration({
      'camel-case-expansion': false,
      'dot-notation': false,
      'populate--': true,
      // A file may be called 1e3.
      'parse-numbers': false,
      'parse-positional-numbers': false,
    })
    .completion(COMPLETION, COMPLETES)
    .alias('help', 'h')
    .version(version)
    .alias('version', 'v')
    .wrap(toWidth())
    .strict()
    .check(assertNoCommand)
    .exitProcess(false)
    .fail((message: string | null, error: Error | undefined) => {
      throw error && error.name !== 'YError' ? error : new UsageError(toSentence(error?.message ?? message, parser));
    });
  try {
    if (words[0] === COMPLETION) await printCompletion(parser, words.slice(1));
    else await parser.parseAsync(toPlainBooleans(words));
    await run?.();
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(error.message, findVerb(words)) : error;
  }
}

function toWidth(): number {
  return process.stdout.isTTY ? process.stdout.columns : WIDTH;
}

/** By itself yargs continues after the script, then misses a verb, and shows no help for completion. */
async function printCompletion(parser: Argv, words: readonly string[]): Promise<void> {
  const own: Argv = yargs()
    .scriptName(`credits-emulator ${COMPLETION}`)
    .locale('en')
    .usage(`$0\n\n${COMPLETES}`)
    .example('$0 >> ~/.bashrc', '')
    .alias('help', 'h')
    .version(false)
    .wrap(toWidth())
    .strict()
    .exitProcess(false)
    .demandCommand(0, 0)
    .fail((message: string | null) => {
      throw new UsageError(toSentence(message, own));
    });
  const { help } = (await own.parseAsync(words)) as { readonly help?: boolean };
  if (help !== true) parser.showCompletionScript();
}

/** The verb whose help is suggested, with the second word of one in a group. */
function findVerb([first = '', second = '']: readonly string[]): string | undefined {
  // Without a verb, flags are those of `start`.
  if (first === '' || first.startsWith('-')) return 'start';
  if (!NAMES.includes(first)) return undefined;
  return listParts(first)?.includes(second) === true ? `${first} ${second}` : first;
}

/** The verbs of a group. */
function listParts(name: unknown): readonly string[] | undefined {
  const verb = VERBS.find((one) => one.name === name);
  return verb && 'verbs' in verb ? verb.verbs.map((part) => part.name) : undefined;
}

/** yargs reads --strict=1 and --strict=yes as false. */
function toPlainBooleans(words: readonly string[]): string[] {
  const end = words.includes('--') ? words.indexOf('--') : words.length;
  return words.map((word, index) => {
    const [, name = '', value = ''] = /^--([^=]+)=(.*)$/s.exec(word) ?? [];
    if (index > end || !BOOLEANS.has(name)) return word;
    const parsed = parseBoolean(value);
    if (parsed === undefined) throw new UsageError(`--${name} must be true or false, got ${quote(value)}.`);
    return `--${name}=${parsed}`;
  });
}

function assertNoCommand({ _: [verb], '--': command }: Record<string, unknown> & { _: (string | number)[] }): true {
  if (RUNNERS.includes(String(verb)) || !Array.isArray(command)) return true;
  throw new UsageError(`"--" is only for ${listNames(RUNNERS)}.`);
}

/** `exec, matrix and race`. */
function listNames(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}

const UNKNOWN = /^Unknown arguments?: (.*)$/s;
const WITHOUT_VALUE = /^Not enough arguments following: (.*)$/s;

/** A message of yargs, as our own sentence and with the nearest name. */
function toSentence(message: string | null | undefined, { parsed }: Argv): string {
  const [, withoutValue] = WITHOUT_VALUE.exec(message ?? '') ?? [];
  if (withoutValue !== undefined) return `--${withoutValue} needs a value.`;
  const [, unknown] = UNKNOWN.exec(message ?? '') ?? [];
  if (unknown === undefined) return message ?? 'The command is not complete.';
  const { argv, aliases } = parsed || { argv: { _: [] }, aliases: {} };
  return unknown
    .split(', ')
    .map((name) => (Object.hasOwn(argv, name) ? describeFlag(name, Object.keys(aliases)) : describeWord(name, argv._)))
    .filter((sentence, index, all) => sentence !== '' && all.indexOf(sentence) === index)
    .join('\n');
}

function describeFlag(name: string, flags: readonly string[]): string {
  // A short flag is near to every other one.
  const long = flags.filter((flag) => flag.length > 1);
  const nearest = findNearest(name, long);
  const written = name.length > 1 ? `--${name}` : `-${name}`;
  return `Unknown flag ${written}${nearest === undefined ? '.' : `; did you mean --${nearest}?`}`;
}

function describeWord(word: string, [verb, ...others]: readonly (string | number)[]): string {
  if (verb !== undefined && RUNNERS.includes(String(verb))) {
    return `Put the command of ${verb} after "--": credits-emulator ${verb} -- npm test`;
  }
  // It may be half of a header, and hold a key, so it is not repeated.
  if (verb === 'compare')
    return `compare takes only flags; quote values with spaces: --header 'Authorization: Bearer KEY'.`;
  const parts = listParts(verb);
  if (parts && others[0] === word && !parts.includes(word)) {
    const meant = findNearest(word, parts);
    const ending = meant === undefined ? `: it has ${listNames(parts)}.` : `; did you mean ${meant}?`;
    return `${verb ?? ''} has no ${quote(word)}${ending}`;
  }
  // After a misspelt verb, the other words may be right.
  if (parts && others[0] !== undefined && !parts.includes(String(others[0]))) return '';
  if (others.length > 0) return `${quote(word)} is unexpected.`;
  const nearest = findNearest(word, NAMES);
  return `${quote(word)} is not a command${nearest === undefined ? '.' : `; did you mean ${nearest}?`}`;
}
