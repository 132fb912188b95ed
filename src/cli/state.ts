import { lstat, open, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';

import type { StateDocument } from '../client.ts';
import { toMessage } from '../core/values/message.ts';
import { quote } from '../core/values/quotation.ts';
import { CLIENT_FLAGS, defineClientVerb, withSandbox } from './client.ts';
import { NotVerified, UsageError } from './report.ts';
import { defineVerb, type VerbGroup } from './verb.ts';

/** Milliseconds that a state of many megabytes may take. */
const PATIENCE = 120_000;

export const state: VerbGroup = {
  name: 'state',
  describe: "Get or replace a sandbox's state",
  verbs: [
    defineVerb({
      name: 'get',
      describe: 'Write the whole state of a sandbox to a file, or to standard output',
      words: { file: { type: 'file', default: '-', isFilled: true } },
      flags: CLIENT_FLAGS,
      examples: ['$0 state get checkout.json --sandbox checkout'],
      run: async (given) => {
        const { file, json } = given;
        const text = JSON.stringify(await withSandbox(given, (sandbox) => sandbox.state.get(), PATIENCE));
        if (file === '-') {
          process.stdout.write(`${text}\n`);
          return;
        }
        await writeWhole(file, `${text}\n`);
        if (json) process.stdout.write(`${JSON.stringify({ file })}\n`);
      },
    }),
    defineClientVerb({
      name: 'put',
      describe: 'Replace the whole state of a sandbox by a file (JSON or YAML), or by standard input with -',
      words: { file: { type: 'file', isRequired: true, isFilled: true } },
      examples: ['$0 state put checkout.json --sandbox checkout', '$0 state get | $0 state put - --sandbox copy'],
      patience: PATIENCE,
      ask: async ({ state: current }, { file, sandbox = 'default' }) => {
        await current.put(file === '-' ? await parseInput(await buffer(process.stdin)) : await readState(file));
        return { put: sandbox };
      },
    }),
  ],
  examples: ['$0 state get world.json'],
};

/** Writes a file next to it first, so that readers find the old content or the new, even after a failure. */
async function writeWhole(file: string, text: string): Promise<void> {
  try {
    const target = await findTarget(file);
    if (target === undefined) {
      await writeFile(file, text);
      return;
    }
    const draft = join(dirname(target), `.${basename(target)}.${process.pid}.part`);
    try {
      const handle = await open(draft, 'wx');
      try {
        await handle.writeFile(text);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(draft, target);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  } catch (error) {
    throw new NotVerified(`${quote(file)} cannot be written: ${toMessage(error)}`);
  }
}

/** Follows links to the file that is replaced; `undefined` for a device or a pipe, which cannot be replaced. */
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
  throw new UsageError(`${what} is not a state document: expected an object with a key for each provider.`);
}
