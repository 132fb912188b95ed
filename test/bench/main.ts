/**
 * Measures the built emulator against bare `node:http` and bare Express 5 on this machine; docs/performance.md says what
 * and how. Nothing here is a test; with `--check`, figures that have left their aims far behind end it with 1.
 */
import { writeFileSync } from 'node:fs';

import { toMessage } from '../../src/core/values/message.ts';
import { contests } from './contests.ts';
import { findLoadGenerator } from './load.ts';
import { describeMachine } from './machine.ts';
import { parseOptions, type Options } from './options.ts';
import { Processes } from './processes.ts';
import { renderPlot } from './plot.ts';
import { Quiet } from './quiet.ts';
import { renderContests, renderPairs, renderTimings } from './report.ts';
import { measureInRounds } from './rounds.ts';
import { rows } from './rows.ts';
import { Servers } from './servers.ts';
import { timings } from './timings.ts';
import { listSlow } from './verdict.ts';
import { Workspace } from './workspace.ts';

function tell(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function run(options: Options): Promise<void> {
  const workspace = new Workspace();
  const processes = new Processes(workspace.folder);
  // Left to itself, a signal would end this process without its children and its folder.
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  try {
    const load = await findLoadGenerator(processes, options.seconds);
    const machine = describeMachine(load.name);
    tell(machine);
    tell(`${options.rounds} rounds of ${options.seconds} s each\n`);
    const quiet = new Quiet();
    const bench = { processes, load, quiet, servers: new Servers(processes, workspace), workspace };
    const isChosen = ({ id }: { readonly id: string }): boolean =>
      options.only.length === 0 || options.only.includes(id);
    const measured = await measureInRounds(bench, {
      rounds: options.rounds,
      contests: contests.filter(isChosen),
      rows: rows.filter(isChosen),
      timings: timings.filter(isChosen),
    });
    const { pairs, times } = measured;
    tell(`${quiet.describe()}\n`);
    const all = [renderContests(measured.contests), renderPairs(pairs), renderTimings(times)];
    const tables = all.filter((table) => table.lines.length > 0);
    for (const table of tables) tell(`${table.toText()}\n`);
    if (options.markdown) for (const table of tables) tell(`${table.toMarkdown()}\n`);
    if (options.svg !== undefined) writeFileSync(options.svg, renderPlot(measured.contests, machine));
    const slow = options.check ? listSlow(measured.contests) : [];
    for (const sentence of slow) tell(sentence);
    if (slow.length > 0) process.exitCode = 1;
  } finally {
    await processes.endAll();
    workspace.remove();
  }
}

try {
  await run(
    parseOptions(
      process.argv.slice(2),
      [...contests, ...rows, ...timings].map(({ id }) => id),
    ),
  );
} catch (error) {
  process.stderr.write(`${toMessage(error)}\n`);
  process.exitCode = 1;
}
