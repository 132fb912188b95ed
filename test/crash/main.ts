/**
 * `npm run test:crash`: clients of all providers write and read while the emulator is killed again and again,
 * each time on the same folder; after each start all that was acknowledged has to be there, and nothing in part.
 * Two runs of the same seed ask for the same; when an answer comes, and what a kill meets, is up to the machine.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { toMessage } from '../../src/core/values/message.ts';
import { Processes } from '../bench/processes.ts';
import { setup as build } from '../support/build.ts';
import { Hooks } from './hooks.ts';
import { toFixture } from './kinds/index.ts';
import { parseOptions, type Durability, type Options } from './options.ts';
import { Tally } from './round.ts';
import { Run } from './run.ts';

function tell(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** @returns whether nothing was wrong; the folder of a run that failed stays */
async function crash(durability: Durability, { rounds, clients, seed, isCalm }: Options): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'credits-emulator-crash-'));
  const processes = new Processes(folder);
  const hooks = await Hooks.start();
  const fixture = join(folder, 'clients.json');
  writeFileSync(fixture, JSON.stringify(toFixture(clients, hooks.url)));
  const data = join(folder, 'data');
  const words = ['--fixtures', fixture, ...(isCalm ? [] : ['--data', data, '--durability', durability])];
  const tally = new Tally();
  const run = new Run({ rounds, clients, seed, isCalm, data, words }, processes, { tally, hooks }, tell);
  tell(`${isCalm ? 'in memory' : durability}: ${rounds} rounds, ${clients} clients, seed ${seed}`);
  try {
    await run.run();
  } catch (error) {
    tally.find(toMessage(error));
  } finally {
    await processes.endAll();
    hooks.close();
  }
  const { findings, ...counts } = tally;
  const { count: hooked, again: hookedAgain } = hooks;
  tell(`  ${JSON.stringify({ ...counts, hooked, hookedAgain, slowestStart: Math.round(run.slowestStart) })}`);
  for (const [remark, count] of run.remarks) tell(`  ${count} times in the log: ${remark}`);
  for (const finding of findings) tell(`FAILED after round ${tally.rounds} of seed ${seed}: ${finding}`);
  if (findings.length === 0) rmSync(folder, { recursive: true });
  else tell(`The folder is ${folder}.`);
  return findings.length === 0;
}

try {
  const options = parseOptions(process.argv.slice(2), process.env);
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  build();
  for (const durability of options.durabilities) {
    if (!(await crash(durability, options))) process.exitCode = 1;
  }
} catch (error) {
  process.stderr.write(`${toMessage(error)}\n`);
  process.exitCode = 2;
}
