import yargs, { type Argv } from 'yargs';

import { findNearest } from '../core/values/nearest.ts';
import { quote } from '../core/values/quotation.ts';
import { parseBoolean, SETTINGS } from '../config/setting-values.ts';
import { version } from '../config/version.ts';
import { env } from './env.ts';
import { exec } from './exec.ts';
import { fault } from './fault.ts';
import { healthcheck } from './healthcheck.ts';
import { providers } from './providers.ts';
import { repair } from './repair.ts';
import { UsageError } from './report.ts';
import { reset } from './reset.ts';
import { start } from './start.ts';
import { validate } from './validate.ts';
import { wait } from './wait.ts';

const BOOLEANS = new Set([
  'json',
  ...Object.entries(SETTINGS).flatMap(([name, { kind }]) => (kind === 'boolean' ? [name] : [])),
]);
const VERBS = ['start', 'exec', 'env', 'wait', 'providers', 'validate', 'repair', 'reset', 'fault', 'healthcheck'];

/** Finds the verb and its flags and runs it. Names and help only: what a verb does is in its own file. */
export async function runCommandLine(words: readonly string[]): Promise<void> {
  const parser: Argv = yargs()
    .scriptName('credits-emulator')
    .usage('$0 [command]\n\nAnswers like real credits services, for tests, CI and demonstrations.')
    // The words that are taken apart below, whatever the language of the machine.
    .locale('en')
    .parserConfiguration({ 'camel-case-expansion': false, 'dot-notation': false, 'populate--': true })
    .command(start)
    .command(exec)
    .command(env)
    .command(wait)
    .command(providers)
    .command(validate)
    .command(repair)
    .command(reset)
    .command(fault)
    .command(healthcheck)
    .version(version)
    .strict()
    .check(assertNothingBehind)
    .exitProcess(false)
    .fail((message: string | null, error: Error | undefined) => {
      throw error && error.name !== 'YError' ? error : new UsageError(toSentence(error?.message ?? message, parser));
    });
  await parser.parseAsync(toPlainBooleans(words));
}

/** yargs takes --strict=1 and --strict=yes for false. */
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

function assertNothingBehind({ _: [verb], '--': behind }: Record<string, unknown> & { _: (string | number)[] }): true {
  if (verb === 'exec' || !Array.isArray(behind)) return true;
  throw new UsageError('Only the command of exec stands behind "--".');
}

const UNKNOWN = /^Unknown arguments?: (.*)$/s;
const WITHOUT_VALUE = /^Not enough arguments following: (.*)$/s;

/** What yargs has to say, in our words and with the nearest name. */
function toSentence(message: string | null | undefined, { parsed }: Argv): string {
  const [, withoutValue] = WITHOUT_VALUE.exec(message ?? '') ?? [];
  if (withoutValue !== undefined) return `--${withoutValue} needs a value.`;
  const [, unknown] = UNKNOWN.exec(message ?? '') ?? [];
  if (unknown === undefined) return message ?? 'The command is not complete.';
  const { argv, aliases } = parsed || { argv: { _: [] }, aliases: {} };
  return unknown
    .split(', ')
    .map((name) => (Object.hasOwn(argv, name) ? describeFlag(name, Object.keys(aliases)) : describeWord(name, argv._)))
    .filter((sentence, index, all) => all.indexOf(sentence) === index)
    .join('\n');
}

function describeFlag(name: string, flags: readonly string[]): string {
  const nearest = findNearest(name, flags);
  const written = name.length > 1 ? `--${name}` : `-${name}`;
  return `There is no flag ${written} here${nearest === undefined ? '.' : `; did you mean --${nearest}?`}`;
}

function describeWord(word: string, [verb, ...others]: readonly (string | number)[]): string {
  if (verb === 'exec') return 'The command of exec stands behind "--": credits-emulator exec -- npm test';
  if (verb === 'fault' && others[0] === word) {
    const meant = findNearest(word, ['add', 'list', 'clear']);
    return `fault has no ${quote(word)}${meant === undefined ? ': it has add, list and clear.' : `; did you mean ${meant}?`}`;
  }
  if (others.length > 0) return `${quote(word)} is one word too many.`;
  const nearest = findNearest(word, VERBS);
  return `${quote(word)} is not a command${nearest === undefined ? '.' : `; did you mean ${nearest}?`}`;
}
