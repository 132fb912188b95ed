/**
 * Measures the built emulator against bare `node:http` and bare Express 5 on this machine, as docs/performance.md describes.
 * With `--check` it exits with 1 if a figure misses its aim by more than half.
 */
import { cpus, loadavg, release, type } from 'node:os';
import { parseArgs } from 'node:util';

import { toMessage } from '../../src/core/values/message.ts';
import { exchanges } from './exchanges.ts';
import { LoadGenerator } from './load.ts';
import { processRows } from './process-rows.ts';
import { Processes } from './processes.ts';
import { listSlow, renderTable, type Measured, type Sample } from './report.ts';
import type { Bench, Row, Side } from './row.ts';
import { Servers } from './servers.ts';
import { streamRows } from './streams.ts';
import { Workspace } from './workspace.ts';

const ROWS = [...exchanges, ...streamRows, ...processRows];

interface Options {
  readonly rounds: number;
  readonly seconds: number;
  readonly rows: readonly Row[];
  readonly check: boolean;
}

/** @throws for an unknown option or row, or a wrong number */
function parseOptions(words: string[]): Options {
  const { values } = parseArgs({
    args: words,
    options: {
      seconds: { type: 'string', default: '1' },
      rounds: { type: 'string', default: '9' },
      only: { type: 'string', multiple: true, default: [] },
      check: { type: 'boolean', default: false },
    },
  });
  const only = values.only.flatMap((list) => list.split(','));
  const ids = ROWS.map(({ id }) => id);
  const unknown = only.find((id) => !ids.includes(id));
  if (unknown !== undefined) throw new Error(`Row "${unknown}" is unknown. Use: ${ids.join(', ')}.`);
  return {
    rounds: parseCount('rounds', values.rounds),
    seconds: parseCount('seconds', values.seconds),
    rows: ROWS.filter(({ id }) => only.length === 0 || only.includes(id)),
    check: values.check,
  };
}

/** wrk and autocannon both take whole seconds only. */
function parseCount(name: string, text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new Error(`--${name} must be a whole number from 1 to 9999, got "${text}".`);
}

/** The sides run one after the other in each round, and a different one goes first each time. */
async function measureRow(bench: Bench, row: Row, rounds: number): Promise<Measured> {
  const sides = Object.entries(await row.prepare(bench)) as (readonly [Side, () => Promise<number>])[];
  const samples: Sample[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const first = round % sides.length;
    const sample: Partial<Record<Side, number>> = {};
    for (const [side, measure] of [...sides.slice(first), ...sides.slice(0, first)]) sample[side] = await measure();
    samples.push(sample);
  }
  return { row, samples };
}

async function run({ rounds, seconds, rows, check }: Options): Promise<void> {
  const workspace = new Workspace();
  const processes = new Processes(workspace.folder);
  // A signal that is not handled would leave the child processes and the folder behind.
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  const load = await LoadGenerator.find(processes, seconds);
  const [cpu] = cpus();
  process.stdout.write(
    `${cpu?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, load ${(loadavg()[0] ?? 0).toFixed(2)} before the run\n` +
      `${type()} ${release()}, Node ${process.version}, ${load.name}; ${rounds} rounds of ${seconds} s\n\n`,
  );
  const bench = { load, servers: new Servers(processes, workspace) };
  const measured: Measured[] = [];
  for (const row of rows) {
    process.stderr.write(`${row.id} (${measured.length + 1} of ${rows.length})\n`);
    measured.push(await measureRow(bench, row, rounds));
    await processes.endAll();
  }
  process.stdout.write(renderTable(measured));
  const slow = check ? listSlow(measured) : [];
  for (const sentence of slow) process.stdout.write(`${sentence}\n`);
  if (slow.length > 0) process.exitCode = 1;
}

try {
  await run(parseOptions(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`${toMessage(error)}\n`);
  process.exit(1);
}
