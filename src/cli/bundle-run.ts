import { ConfigError } from '../core/values/config-error.ts';
import { NotRecorded } from '../core/sandbox/recording.ts';
import { readBundle } from '../bundles/bundle-file.ts';
import { playBundle } from '../trials/bundle-run.ts';
import { NotPlayable } from '../bundles/player.ts';
import type { Difference, Replayed } from '../bundles/replay.ts';
import { NotVerified } from './report.ts';

/** @throws {NotVerified} if a response differs from the recorded one */
export async function runBundle(file: string, providers: readonly string[], isJson: boolean): Promise<void> {
  const bundle = await readBundle(file);
  const { same, difference } = await play(file, () => playBundle(bundle, providers));
  if (isJson) process.stdout.write(`${JSON.stringify({ file, same, difference: difference ?? null })}\n`);
  else if (!difference) process.stdout.write(`${file}: ${same} exchanges, all as recorded.\n`);
  if (difference) throw new NotVerified(isJson ? '' : describe(file, difference, same));
}

async function play(file: string, work: () => Promise<Replayed>): Promise<Replayed> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof NotPlayable || error instanceof NotRecorded) {
      throw new NotVerified(`${file} cannot be replayed: ${error.message}`);
    }
    if (error instanceof ConfigError) throw new ConfigError(`${file} cannot be replayed: ${error.message}`);
    throw error;
  }
}

function describe(file: string, { id, request, where, was, is }: Difference, same: number): string {
  return [
    `${file}: ${id} (${request}) has another ${where}:`,
    `  was ${JSON.stringify(was)}`,
    `  is  ${JSON.stringify(is)}`,
    `${same} exchanges before it are as recorded.`,
  ].join('\n');
}
