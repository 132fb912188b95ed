/**
 * `npm run bench:peers`: ours beside other tools that answer in a service's place, each as its own command line starts it, on
 * the read and the write that it has. What they do beside that differs; docs/performance.md says how. Their packages go into
 * the run's own folder and are gone with it. emulate asks for Node 22.15 or later.
 */
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { toMessage } from '../../../src/core/values/message.ts';
import { toGet, toPut, type Ask } from '../client.ts';
import { findLoadGenerator } from '../load.ts';
import { describeMachine } from '../machine.ts';
import { readMemory } from '../memory.ts';
import { Processes, type Child } from '../processes.ts';
import { Quiet } from '../quiet.ts';
import { readProcessorTime } from '../rates.ts';
import type { Bench } from '../row.ts';
import { Servers } from '../servers.ts';
import { buildImageStart, findFreePort, installOurs, PLACE, startTimed } from '../start.ts';
import { toSpread } from '../statistics.ts';
import { Table } from '../table.ts';
import { Workspace } from '../workspace.ts';
import { peers, type Peer } from './peers.ts';

const INSTALLING = 300_000;
const MEGABYTE = 1_000_000;
/** Seconds under load that are thrown away. */
const WARM_UPS = 3;
/** Of each tool in a round, in turn: the time of a start differs by a half from minute to minute. */
const STARTS = 7;
const FIGURES = ['read', 'read rate', 'write', 'write rate', 'start', 'idle'] as const;
/** Of which more is better. */
const RATES: ReadonlySet<string> = new Set(['read rate', 'write rate']);

type Figure = (typeof FIGURES)[number];
type Samples = Readonly<Record<Figure, number[]>>;

interface Contender {
  readonly title: string;
  /** Bytes of what is installed. */
  readonly size: number;
  readonly start: () => Promise<Running>;
}

interface Running {
  readonly child: Child;
  /** Milliseconds to the first answer. */
  readonly took: number;
  readonly read: Ask;
  readonly write: Ask;
}

async function toContender(bench: Bench, peer: Peer): Promise<Contender> {
  const { processes, workspace } = bench;
  const folder = workspace.toPath(`peer-${peer.packages[0]?.replaceAll(/[^a-z0-9.-]/g, '-') ?? ''}`);
  mkdirSync(folder);
  const quietly = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'];
  await processes.read('npm', ['install', '--prefix', folder, ...quietly, ...peer.packages], INSTALLING);
  return {
    title: peer.title,
    size: measureFolder(folder),
    start: async () => {
      const port = await findFreePort(0);
      const url = `http://127.0.0.1:${port}`;
      const first = peer.toFirst?.(url) ?? (await peer.toWork(url)).read;
      const started = await startTimed(processes, peer.toWords({ bench, folder, port }), first);
      return { ...started, ...(await peer.toWork(url)) };
    },
  };
}

/** As npm installs it, and as the image starts it, which is from what was built. */
async function listOurs(bench: Bench): Promise<readonly Contender[]> {
  const { workspace } = bench;
  const command = await installOurs(bench);
  const size = measureFolder(workspace.toPath('installed'));
  const installed = toOurs(bench, { title: 'credits-emulator', size, words: [command] });
  const image = await buildImageStart(bench);
  if (!image) return [installed];
  const { words, blob } = image;
  return [installed, toOurs(bench, { title: 'the same in its image', size: size + statSync(blob).size, words })];
}

/** @param words behind `node` that stand for the command */
function toOurs(
  { processes }: Bench,
  { words, ...named }: Pick<Contender, 'title' | 'size'> & { readonly words: readonly string[] },
): Contender {
  return {
    ...named,
    start: async () => {
      const port = await findFreePort(PLACE);
      const url = `http://127.0.0.1:${port + PLACE}`;
      const read = toGet(url, 'ada');
      const started = await startTimed(
        processes,
        [...words, 'start', '--providers', 'klaim', '--port', String(port)],
        read,
      );
      return { ...started, read, write: toPut(url, 'ada') };
    },
  };
}

function measureFolder(folder: string): number {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

async function measureStart({ processes, quiet }: Bench, { start }: Contender, samples: Samples): Promise<void> {
  const { child, took } = await quiet.take(start, (running) => processes.end(running.child));
  samples.start.push(took);
  samples.idle.push(readMemory(child.pid ?? 0));
  await processes.end(child);
}

/** One life of one of them, with its read and its write under load. */
async function measureLoad({ processes, load, quiet }: Bench, { start }: Contender, samples: Samples): Promise<void> {
  const { child, read, write } = await start();
  const pid = child.pid ?? 0;
  try {
    await measureAsk(read, 'read');
    await measureAsk(write, 'write');
  } finally {
    await processes.end(child);
  }

  async function measureAsk(ask: Ask, figure: 'read' | 'write'): Promise<void> {
    for (let time = 0; time < WARM_UPS; time += 1) await load.measure(ask);
    const { cpu, rate } = await quiet.take(async () => {
      const before = readProcessorTime(pid);
      const { answers, seconds } = await load.measure(ask);
      return { cpu: (readProcessorTime(pid) - before) / answers, rate: answers / seconds };
    });
    samples[figure].push(cpu);
    samples[`${figure} rate`].push(rate);
  }
}

function render(title: string, size: number, samples: Samples): readonly string[] {
  const toMedian = (figure: Figure): number => toSpread(samples[figure]).median;
  return [
    title,
    `${toMedian('read').toFixed(1)} µs`,
    `${Math.round(toMedian('read rate')).toLocaleString('en')} /s`,
    `${toMedian('write').toFixed(1)} µs`,
    `${Math.round(toMedian('write rate')).toLocaleString('en')} /s`,
    `${toMedian('start').toFixed()} ms`,
    `${(toMedian('idle') / 1024).toFixed()} MB`,
    `${(size / MEGABYTE).toFixed()} MB`,
  ];
}

/** Where a peer is ahead of one of ours, by its median. */
function listAhead(measured: ReadonlyMap<Contender, Samples>, ours: readonly Contender[]): readonly string[] {
  const medians = [...measured].map(([contender, samples]) => ({
    contender,
    toMedian: (figure: Figure): number => toSpread(samples[figure]).median,
  }));
  const others = medians.filter(({ contender }) => !ours.includes(contender));
  return medians
    .filter(({ contender }) => ours.includes(contender))
    .flatMap((own) =>
      others.flatMap((other) =>
        FIGURES.filter((figure) => RATES.has(figure) === other.toMedian(figure) > own.toMedian(figure)).map(
          (figure) => `${other.contender.title} is ahead of ${own.contender.title} in ${figure}.`,
        ),
      ),
    );
}

async function run(rounds: number, markdown: boolean): Promise<void> {
  const workspace = new Workspace();
  // json-server looks for one where it runs.
  for (const folder of ['peers', 'public']) mkdirSync(workspace.toPath(folder));
  const processes = new Processes(workspace.folder);
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  try {
    const load = await findLoadGenerator(processes, 1);
    const quiet = new Quiet();
    const bench = { processes, load, quiet, servers: new Servers(processes, workspace), workspace };
    process.stdout.write(
      `${describeMachine(load.name)}\n${rounds} rounds, each with a process of its own and ${STARTS} starts more\n\n`,
    );
    const ours = await listOurs(bench);
    const contenders = [...ours];
    for (const peer of peers) contenders.push(await toContender(bench, peer));
    const measured = new Map<Contender, Samples>(
      contenders.map((contender) => [
        contender,
        { read: [], 'read rate': [], write: [], 'write rate': [], start: [], idle: [] },
      ]),
    );
    for (let round = 0; round < rounds; round += 1) {
      process.stderr.write(`round ${round + 1} of ${rounds}: starts\n`);
      for (let time = 0; time < STARTS; time += 1) {
        for (const [contender, samples] of measured) await measureStart(bench, contender, samples);
      }
      for (const [contender, samples] of measured) {
        process.stderr.write(`round ${round + 1} of ${rounds}: ${contender.title}\n`);
        await measureLoad(bench, contender, samples);
      }
    }
    const table = new Table(
      ['tool', 'read', 'rate', 'write', 'rate', 'start', 'idle', 'installed'],
      [...measured].map(([{ title, size }, samples]) => render(title, size, samples)),
    );
    process.stdout.write(`${markdown ? table.toMarkdown() : table.toText()}\n\n`);
    process.stdout.write(`${quiet.describe()}\n\n`);
    const ahead = listAhead(measured, ours);
    process.stdout.write(
      `${ahead.length === 0 ? 'Ours is ahead of every other in every figure.' : ahead.join('\n')}\n`,
    );
  } finally {
    await processes.endAll();
    workspace.remove();
  }
}

try {
  const { values } = parseArgs({
    options: { rounds: { type: 'string', default: '9' }, markdown: { type: 'boolean', default: false } },
  });
  if (!/^[1-9]\d{0,2}$/.test(values.rounds))
    throw new Error(`--rounds must be a whole number, got "${values.rounds}".`);
  await run(Number(values.rounds), values.markdown);
} catch (error) {
  process.stderr.write(`${toMessage(error)}\n`);
  process.exitCode = 1;
}
