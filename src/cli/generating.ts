/** What `fixtures generate` runs; loaded when it does. */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { readConfig } from '../config/imported-providers.ts';
import { generateFixture, parseSizes } from '../fixtures/generation.ts';
import { bundled } from '../providers/index.ts';
import { NotVerified } from './report.ts';
import { resolveFlags } from './server.ts';
import type { StartFlags } from './start-flags.ts';

export interface GenerationTarget {
  /** A file; standard output if left out. */
  readonly out: string | undefined;
  /** Whether an existing file may be overwritten. */
  readonly force: boolean;
  readonly randomSeed: number;
}

/**
 * @returns how many entries each list has, by provider
 * @throws {ConfigError} for invalid sizes
 * @throws {NotVerified} if the file cannot be written
 */
export async function writeGenerated(
  words: readonly string[],
  flags: StartFlags,
  { out, force, randomSeed }: GenerationTarget,
): Promise<Readonly<Record<string, Readonly<Record<string, number>>>>> {
  const { providers } = await readConfig(await resolveFlags(flags), bundled);
  const sizes = parseSizes(words, providers);
  const parts = generateFixture(sizes, randomSeed);
  if (out === undefined) await print(parts);
  else await write(parts, out, force);
  return Object.fromEntries([...sizes].map(([{ id }, lists]) => [id, Object.fromEntries(lists)]));
}

async function print(parts: AsyncIterable<string>): Promise<void> {
  try {
    await pipeline(Readable.from(parts), process.stdout, { end: false });
  } catch (error) {
    // The reader has enough.
    if (toCode(error) !== 'EPIPE') throw error;
  }
}

async function write(parts: AsyncIterable<string>, out: string, force: boolean): Promise<void> {
  try {
    await pipeline(Readable.from(parts), createWriteStream(out, { flags: force ? 'w' : 'wx' }));
  } catch (error) {
    const code = toCode(error);
    if (code === undefined) throw error;
    const hint =
      code === 'EEXIST' ? 'The file exists already; --force overwrites it.' : `The file cannot be written (${code}).`;
    throw new NotVerified(`${out}: ${hint}`);
  }
}

function toCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
