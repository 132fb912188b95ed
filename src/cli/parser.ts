import type { Argv, CommandModule, PositionalOptions } from 'yargs';

import { parseDuration } from '../core/values/duration.ts';
import { toMessage } from '../core/values/message.ts';
import { suggestKnown } from '../core/values/nearest.ts';
import { quote } from '../core/values/quotation.ts';
import type { Command } from '../trials/command.ts';
import { UsageError } from './report.ts';
import type { Example, Given, Input, Inputs, Verb, VerbGroup } from './verb.ts';

/** Receives what the chosen verb does. */
type Choose = (run: () => void | Promise<void>) => void;

/**
 * Turns a verb into a module of yargs. It does not run the verb, but passes it on: if a module returned a promise, yargs
 * would lay out the help of every command first.
 */
export function toModule(verb: Verb | VerbGroup, choose: Choose): CommandModule {
  return 'verbs' in verb ? toGroupModule(verb, choose) : toVerbModule(verb, choose);
}

function toGroupModule({ name, describe, verbs, examples }: VerbGroup, choose: Choose): CommandModule {
  const names = verbs.map((verb) => verb.name);
  const need = `${name} needs ${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}.`;
  return {
    command: name,
    describe,
    builder: (yargs) => {
      for (const verb of verbs) yargs.command(toVerbModule(verb, choose));
      addExamples(yargs, examples);
      return verbs.some(({ isDefault }) => isDefault) ? yargs : yargs.demandCommand(1, need);
    },
    handler: () => undefined,
  };
}

function toVerbModule(verb: Verb, choose: Choose): CommandModule {
  const { name, describe, words = {}, flags = {}, examples, isDefault = false, usage, epilogue } = verb;
  const command = [name, ...Object.entries(words).map(toPlaceholder)].join(' ');
  return {
    command: isDefault ? [command, '$0'] : command,
    describe,
    builder: (yargs) => {
      for (const [word, input] of Object.entries(words)) {
        yargs.positional(word, toOptions(input));
      }
      for (const [flag, input] of Object.entries(flags)) {
        yargs.option(flag, { ...toOptions(input), requiresArg: input.type !== 'boolean' });
      }
      addExamples(yargs, examples);
      if (usage !== undefined) yargs.usage(usage);
      return epilogue === undefined ? yargs : yargs.epilogue(epilogue);
    },
    handler: (argv) => {
      const given = readInputs({ ...words, ...flags }, argv);
      if (verb.runCommand) {
        const command = readCommand(name, argv['--']);
        choose(() => verb.runCommand?.(given, command));
      } else choose(() => verb.run?.(given));
    },
  };
}

/** `<rule..>` or `[id]`. */
function toPlaceholder([name, { isList, isRequired }]: readonly [string, Input]): string {
  const word = isList ? `${name}..` : name;
  return isRequired ? `<${word}>` : `[${word}]`;
}

function toOptions({ describe, type, isList, isRequired, default: preset }: Input): PositionalOptions {
  return {
    ...(describe !== undefined && { describe }),
    ...(type !== 'file' && { type: type === 'integer' ? 'number' : type === 'boolean' ? type : 'string' }),
    ...(isList && { array: true }),
    ...(isRequired && { demandOption: true }),
    ...(preset !== undefined && { default: typeof preset === 'function' ? preset() : preset }),
  };
}

function addExamples(yargs: Argv, examples: readonly Example[]): void {
  for (const example of examples) {
    const [line, note] = typeof example === 'string' ? [example, ''] : example;
    yargs.example(line, note);
  }
}

function readInputs(inputs: Inputs, argv: Given): Given {
  const values = Object.entries(inputs).map(([name, input]) => [name, readInput(name, input, argv[name])] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

function readInput(name: string, { type, isList, isRepeated, isFilled, choices }: Input, value: unknown): unknown {
  if (value === undefined || type === 'boolean') return value;
  if (Array.isArray(value)) {
    if (isList || isRepeated) return value.map(String);
    throw new UsageError(`--${name} takes one value, but ${value.length} were given.`);
  }
  if (type === 'integer') {
    if (!Number.isSafeInteger(value)) throw new UsageError(`--${name} must be a whole number.`);
    return value;
  }
  // yargs turns "-" into `true`.
  const text = typeof value === 'string' ? value : '-';
  if (type === 'count') return parseCount(name, text);
  if (type === 'duration') return parseTime(name, text);
  if (isFilled && text === '') throw new UsageError(`The ${name} cannot be empty.`);
  if (choices?.includes(text) === false) {
    throw new UsageError(`--${name} cannot be ${quote(text)}${suggestKnown(text, choices)}`);
  }
  return text;
}

function parseCount(name: string, text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new UsageError(`--${name} must be a whole number from 1 to 9999999, got ${quote(text)}.`);
}

/** Takes "30s", as people write it, and "PT30S", as every other duration is written. */
function parseTime(name: string, text: string): number {
  try {
    return parseDuration(/^\d+(\.\d+)?[smh]$/i.test(text) ? `PT${text.toUpperCase()}` : text);
  } catch (error) {
    throw new UsageError(`--${name}: ${toMessage(error)}`);
  }
}

function readCommand(verb: string, words: unknown): Command {
  const [name, ...args] = Array.isArray(words) ? words.map(String) : [];
  if (name === undefined) throw new UsageError(`${verb} needs a command: credits-emulator ${verb} -- npm test`);
  return { name, args };
}
