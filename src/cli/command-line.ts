import yargs, { type Argv } from 'yargs';

import { findNearest } from '../core/values/nearest.ts';
import { quote } from '../core/values/quotation.ts';
import { parseBoolean } from '../config/setting-values.ts';
import { version } from '../config/version.ts';
import { audit } from './audit.ts';
import { bundle } from './bundle.ts';
import { ca } from './ca.ts';
import { clock } from './clock.ts';
import { compare } from './compare.ts';
import { control } from './control.ts';
import { env } from './env.ts';
import { evidence } from './evidence.ts';
import { exec } from './exec.ts';
import { fault } from './fault.ts';
import { fixtures } from './fixtures.ts';
import { healthcheck } from './healthcheck.ts';
import { init } from './init.ts';
import { ledger } from './ledger.ts';
import { matrix } from './matrix.ts';
import { providers } from './providers.ts';
import { race } from './race.ts';
import { repair } from './repair.ts';
import { UsageError } from './report.ts';
import { requests } from './requests.ts';
import { reset } from './reset.ts';
import { rewind } from './rewind.ts';
import { sandbox } from './sandbox.ts';
import { snapshot } from './snapshot.ts';
import { START_FLAGS } from './start-flags.ts';
import { start } from './start.ts';
import { state } from './state.ts';
import { validate } from './validate.ts';
import { wait } from './wait.ts';
import { webhook } from './webhook.ts';

export { report } from './report.ts';

const BOOLEANS = new Set([
  'json',
  'follow',
  'unmatched',
  'replace',
  'force',
  'listen',
  'every',
  'fail-fast',
  'redact',
  ...[...START_FLAGS].flatMap(([name, { type }]) => (type === 'boolean' ? [name] : [])),
]);
/** Flags that are text and may be there more than once. */
const LISTS = [
  ...['faults', 'operations', 'header'],
  ...[...START_FLAGS].flatMap(([name, { isList }]) => (isList === true ? [name] : [])),
];
/** Verbs whose `--provider` is the id of one, not files of more than one. */
const OF_ONE_PROVIDER: ReadonlySet<string> = new Set(['compare', 'ledger', 'requests', 'webhook']);
const COMPLETION = 'completion';
const COMPLETES = 'Print a script that has the shell complete commands and flags';
/** What some verbs have of their own. */
const PARTS: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['bundle', ['save', 'run']],
  ['clock', ['show', 'freeze', 'set', 'advance', 'run']],
  ['fault', ['add', 'list', 'clear']],
  ['fixtures', ['list', 'load', 'generate']],
  ['sandbox', ['list', 'create', 'fork', 'delete']],
  ['snapshot', ['save', 'restore', 'list', 'delete']],
  ['state', ['get', 'put']],
  ['webhook', ['list', 'get', 'send']],
]);
const VERBS = [
  ...[
    'start',
    'exec',
    'env',
    'ca',
    'wait',
    'providers',
    'validate',
    'repair',
    'reset',
    'requests',
    'control',
    'ledger',
    'audit',
  ],
  ...['matrix', 'race', 'rewind', 'compare', 'evidence'],
  ...['init', 'healthcheck', COMPLETION],
  ...PARTS.keys(),
].map(String);
/** Those that run a command. */
const RUNNING: ReadonlySet<string> = new Set(['exec', 'matrix', 'race']);
/** Of help that goes to no terminal. */
const WIDTH = 80;

/** Finds the verb and its flags and runs it. Names and help only: what a verb does is in its own file. */
export async function runCommandLine(words: readonly string[]): Promise<void> {
  const parser: Argv = yargs()
    .scriptName('credits-emulator')
    .usage('$0 [command]\n\nAnswers like real credits services, for tests, CI and demonstrations.')
    // The words that are taken apart below, whatever the language of the machine.
    .locale('en')
    .parserConfiguration({
      'camel-case-expansion': false,
      'dot-notation': false,
      'populate--': true,
      // A file may be called 1e3.
      'parse-numbers': false,
      'parse-positional-numbers': false,
    })
    .command(start)
    .command(exec)
    .command(env)
    .command(ca)
    .command(wait)
    .command(providers)
    .command(validate)
    .command(repair)
    .command(reset)
    .command(state)
    .command(snapshot)
    .command(sandbox)
    .command(clock)
    .command(fault)
    .command(requests)
    .command(control)
    .command(ledger)
    .command(audit)
    .command(matrix)
    .command(race)
    .command(bundle)
    .command(rewind)
    .command(compare)
    .command(evidence)
    .command(webhook)
    .command(fixtures)
    .command(init)
    .command(healthcheck)
    .completion(COMPLETION, COMPLETES)
    .alias('help', 'h')
    .version(version)
    .alias('version', 'v')
    .wrap(toWidth())
    .strict()
    .check(assertNothingBehind)
    .check(assertSingle)
    .exitProcess(false)
    .fail((message: string | null, error: Error | undefined) => {
      throw error && error.name !== 'YError' ? error : new UsageError(toSentence(error?.message ?? message, parser));
    });
  try {
    if (words[0] === COMPLETION) await printCompletion(parser, words.slice(1));
    else await parser.parseAsync(toPlainBooleans(words));
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(error.message, findVerb(words)) : error;
  }
}

function toWidth(): number {
  return process.stdout.isTTY ? process.stdout.columns : WIDTH;
}

/** By itself yargs goes on behind the script and misses a command, and has no help for it. */
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

/** Whose help tells more, with the word behind it where it is one of several that a verb has. */
function findVerb([first = '', second = '']: readonly string[]): string | undefined {
  // Flags alone are those of the verb that is run where none is named.
  if (first === '' || first.startsWith('-')) return 'start';
  if (!VERBS.includes(first)) return undefined;
  return PARTS.get(first)?.includes(second) === true ? `${first} ${second}` : first;
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
  if (RUNNING.has(String(verb)) || !Array.isArray(behind)) return true;
  throw new UsageError('Only the command of exec, matrix and race stands behind "--".');
}

/** Of a flag that is text and is there twice yargs makes a list. */
function assertSingle(flags: Record<string, unknown> & { _: (string | number)[] }, options: unknown): true {
  const { array } = options as { readonly array: readonly string[] };
  const lists = OF_ONE_PROVIDER.has(String(flags._[0])) ? LISTS.filter((name) => name !== 'provider') : LISTS;
  const mayBeTwice = new Set(['_', '--', ...array, ...lists]);
  for (const [name, value] of Object.entries(flags)) {
    if (!Array.isArray(value) || mayBeTwice.has(name)) continue;
    throw new UsageError(`--${name} takes one value, and is given ${value.length}.`);
  }
  return true;
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
    .filter((sentence, index, all) => sentence !== '' && all.indexOf(sentence) === index)
    .join('\n');
}

function describeFlag(name: string, flags: readonly string[]): string {
  // Short ones are too near to everything.
  const long = flags.filter((flag) => flag.length > 1);
  const nearest = findNearest(name, long);
  const written = name.length > 1 ? `--${name}` : `-${name}`;
  return `There is no flag ${written} here${nearest === undefined ? '.' : `; did you mean --${nearest}?`}`;
}

function describeWord(word: string, [verb, ...others]: readonly (string | number)[]): string {
  if (verb !== undefined && RUNNING.has(String(verb))) {
    return `The command of ${verb} stands behind "--": credits-emulator ${verb} -- npm test`;
  }
  // It may be the half of a header that has spaces in it, and a key.
  if (verb === 'compare')
    return `compare takes flags only; quote what has spaces: --header 'Authorization: Bearer KEY'.`;
  const parts = PARTS.get(verb);
  if (parts && others[0] === word && !parts.includes(word)) {
    const meant = findNearest(word, parts);
    const all = `: it has ${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}.`;
    return `${verb ?? ''} has no ${quote(word)}${meant === undefined ? all : `; did you mean ${meant}?`}`;
  }
  // Behind one that is misspelt any other may be right.
  if (parts && others[0] !== undefined && !parts.includes(String(others[0]))) return '';
  if (others.length > 0) return `${quote(word)} is one word too many.`;
  const nearest = findNearest(word, VERBS);
  return `${quote(word)} is not a command${nearest === undefined ? '.' : `; did you mean ${nearest}?`}`;
}
