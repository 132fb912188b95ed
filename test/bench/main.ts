/**
 * Measures the built emulator against bare Express 5 on this machine; docs/performance.md says what and how.
 * Nothing here is a test: a timing passes or fails nothing.
 */
import { toMessage } from '../../src/core/values/message.ts';
import { findLoadGenerator } from './load.ts';
import { describeMachine } from './machine.ts';
import { parseOptions, type Options } from './options.ts';
import { Processes } from './processes.ts';
import { renderPairs, renderTimings } from './report.ts';
import { measureInRounds } from './rounds.ts';
import { rows } from './rows.ts';
import { Servers } from './servers.ts';
import { timings } from './timings.ts';
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
    tell(describeMachine(load.name));
    tell(`${options.rounds} rounds of ${options.seconds} s each\n`);
    const bench = { processes, load, servers: new Servers(processes, workspace), workspace };
    const isChosen = ({ id }: { readonly id: string }): boolean =>
      options.only.length === 0 || options.only.includes(id);
    const { pairs, times } = await measureInRounds(bench, {
      rounds: options.rounds,
      rows: rows.filter(isChosen),
      timings: timings.filter(isChosen),
    });
    const tables = [renderPairs(pairs), renderTimings(times)].filter((table) => table.lines.length > 0);
    for (const table of tables) tell(`${table.toText()}\n`);
    if (options.markdown) for (const table of tables) tell(`${table.toMarkdown()}\n`);
  } finally {
    await processes.endAll();
    workspace.remove();
  }
}

try {
  await run(
    parseOptions(
      process.argv.slice(2),
      [...rows, ...timings].map(({ id }) => id),
    ),
  );
} catch (error) {
  process.stderr.write(`${toMessage(error)}\n`);
  process.exitCode = 1;
}
