import { lstat, open, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';

import type { Argv, CommandModule } from 'yargs';

import type { StateDocument } from '../client.ts';
import { toMessage } from '../core/values/message.ts';
import { quote } from '../core/values/quotation.ts';
import { clientFlags, withSandbox, type ClientFlags } from './client.ts';
import { NotVerified, UsageError } from './report.ts';
import { defineVerbGroup } from './verb-group.ts';

interface StateFlags extends ClientFlags {
  /** `true` is what yargs makes of `-`, which stands for standard input or output. */
  readonly file: string | true;
}

/** Milliseconds that a state of many megabytes may take. */
const PATIENCE = 120_000;

const get: CommandModule<object, StateFlags> = {
  command: 'get [file]',
  describe: 'Write the whole state of a sandbox to a file, or to standard output',
  builder: (yargs) =>
    (clientFlags(yargs) as Argv<StateFlags>)
      .positional('file', { default: true as const })
      .example('$0 state get checkout.json --sandbox checkout', ''),
  handler: async (flags) => {
    const { file } = flags;
    if (file === '') throw new UsageError('The name of a file is not empty.');
    const text = JSON.stringify(await withSandbox(flags, (sandbox) => sandbox.state.get(), PATIENCE));
    if (file === true) {
      process.stdout.write(`${text}\n`);
      return;
    }
    await writeWhole(file, `${text}\n`);
    if (flags.json) process.stdout.write(`${JSON.stringify({ file })}\n`);
  },
};

const put: CommandModule<object, StateFlags> = {
  command: 'put <file>',
  describe: 'Replace the whole state of a sandbox by that of a file (JSON or YAML), or of standard input with -',
  builder: (yargs) =>
    (clientFlags(yargs).positional('file', { demandOption: true }) as Argv<StateFlags>)
      .example('$0 state put checkout.json --sandbox checkout', '')
      .example('$0 state get | $0 state put - --sandbox copy', ''),
  handler: async (flags) => {
    const { file } = flags;
    if (file === '') throw new UsageError('The name of a file is not empty.');
    const body = file === true ? await parseInput(await buffer(process.stdin)) : await readState(file);
    await withSandbox(flags, (sandbox) => sandbox.state.put(body), PATIENCE);
    if (flags.json) process.stdout.write(`${JSON.stringify({ put: flags.sandbox ?? 'default' })}\n`);
  },
};

/** Beside it first: whoever reads the file finds the old content or the new, whatever happens meanwhile. */
async function writeWhole(file: string, text: string): Promise<void> {
  try {
    const target = await findTarget(file);
    if (target === undefined) {
      await writeFile(file, text);
      return;
    }
    const beside = join(dirname(target), `.${basename(target)}.${process.pid}.part`);
    try {
      const handle = await open(beside, 'wx');
      try {
        await handle.writeFile(text);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(beside, target);
    } catch (error) {
      await rm(beside, { force: true });
      throw error;
    }
  } catch (error) {
    throw new NotVerified(`${quote(file)} cannot be written: ${toMessage(error)}`);
  }
}

/** What is written in the place of a file, behind links; `undefined` for a device or a pipe, which nothing can replace. */
async function findTarget(file: string): Promise<string | undefined> {
  try {
    const target = await realpath(file);
    const found = await lstat(target);
    if (found.isDirectory()) throw new Error('it is a folder');
    return found.isFile() ? target : undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return file;
    throw error;
  }
}

async function readState(file: string): Promise<StateDocument> {
  const { readFileSource } = await import('../fixtures/source.ts');
  const { content } = await readFileSource(file);
  return toObject(content, quote(file));
}

async function parseInput(bytes: Buffer): Promise<StateDocument> {
  const text = bytes.toString('utf8');
  try {
    return toObject(JSON.parse(text), 'Standard input');
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const { parse } = await import('yaml');
  try {
    return toObject(parse(text), 'Standard input');
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`Standard input is neither JSON nor YAML: ${toMessage(error)}`);
  }
}

function toObject(value: unknown, what: string): StateDocument {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as StateDocument;
  throw new UsageError(`${what} is no state: that is an object with a key for each provider.`);
}

export const state = defineVerbGroup({
  name: 'state',
  describe: 'Get or put the whole state of a sandbox',
  verbs: [get, put],
  example: '$0 state get world.json',
});
