import type { Tally } from '../core/exchange/tally.ts';
import type { Sandbox } from '../core/sandbox/sandbox.ts';
import type { DataFolder } from '../core/store/disk/data-folder.ts';

/** Something that is read when metrics are asked for, and costs nothing before. */
export interface Measure {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: readonly string[];
  /** Whether it only grows. */
  readonly counts?: boolean;
  readonly read: () => readonly Reading[];
}

export interface Reading {
  readonly value: number;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface Measured {
  readonly version: string;
  readonly providers: readonly string[];
  readonly sandboxes: { list(): readonly Sandbox[] };
  readonly tally: Pick<Tally, 'list'>;
  readonly history: { readonly bytes: number };
  /** Where state is kept on a disk. */
  readonly disk: Pick<DataFolder, 'status' | 'size'> | undefined;
}

/** What the emulator knows of itself without having counted it. The names of processes are those that Prometheus has. */
export function listMeasures({ version, providers, sandboxes, tally, history, disk }: Measured): readonly Measure[] {
  return [
    {
      name: 'credits_emulator_info',
      help: 'Which version it is.',
      labelNames: ['version'],
      read: () => [{ value: 1, labels: { version } }],
    },
    {
      name: 'credits_emulator_answers_total',
      help: 'Answers of operations that no fault has touched, since the start.',
      labelNames: ['provider', 'operation', 'status'],
      counts: true,
      read: () =>
        tally.list().map(({ provider, operation, status, count }) => ({
          value: count,
          labels: { provider, operation, status: String(status) },
        })),
    },
    {
      name: 'credits_emulator_sandboxes',
      help: 'Sandboxes that there are.',
      read: () => [{ value: sandboxes.list().length }],
    },
    {
      name: 'credits_emulator_streams',
      help: 'Streams of providers that clients listen to.',
      labelNames: ['provider'],
      read: () => countStreams(providers, sandboxes.list()),
    },
    {
      name: 'credits_emulator_history_bytes',
      help: 'Memory of the journals and ledgers of all sandboxes, of which --history-bytes is the most.',
      read: () => [{ value: history.bytes }],
    },
    ...(disk ? listDiskMeasures(disk) : []),
    {
      name: 'process_resident_memory_bytes',
      help: 'Memory of the process.',
      read: () => [{ value: process.memoryUsage.rss() }],
    },
    {
      name: 'process_cpu_seconds_total',
      help: 'Processor time of the process.',
      counts: true,
      read: () => {
        const { user, system } = process.cpuUsage();
        return [{ value: (user + system) / 1e6 }];
      },
    },
    {
      name: 'process_start_time_seconds',
      help: 'When it started, in seconds since 1970.',
      read: () => [{ value: performance.timeOrigin / 1000 }],
    },
  ];
}

function listDiskMeasures(disk: NonNullable<Measured['disk']>): readonly Measure[] {
  return [
    {
      name: 'credits_emulator_disk_failing',
      help: '1 while the disk does not take what is changed, else 0.',
      read: () => [{ value: disk.status.status === 'failing' ? 1 : 0 }],
    },
    {
      name: 'credits_emulator_disk_log_bytes',
      help: 'Of the log that a start would read behind the document.',
      read: () => [{ value: disk.size.logBytes }],
    },
    {
      name: 'credits_emulator_disk_lines_total',
      help: 'Lines of the log of the folder that are durable, over all starts.',
      counts: true,
      read: () => [{ value: disk.size.lines }],
    },
  ];
}

/** Of every provider, so that there is a 0 before there is a first one. */
function countStreams(providers: readonly string[], sandboxes: readonly Sandbox[]): readonly Reading[] {
  const open = new Map(providers.map((id) => [id, 0]));
  for (const sandbox of sandboxes) {
    for (const { provider } of sandbox.streams.list()) open.set(provider, (open.get(provider) ?? 0) + 1);
  }
  return [...open].map(([provider, value]) => ({ value, labels: { provider } }));
}
