import type { Tally } from '../core/exchange/tally.ts';
import type { Sandbox } from '../core/sandbox/sandbox.ts';
import type { DataFolder } from '../core/store/disk/data-folder.ts';

/** A value that is read when metrics are requested, and costs nothing before. */
export interface Measure {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: readonly string[];
  /** Whether the value only grows. */
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
  /** The disk, if state is stored on one. */
  readonly disk: Pick<DataFolder, 'status' | 'size'> | undefined;
}

/** Values that need no counting. Metrics of the process have the names that Prometheus gives them. */
export function listMeasures({ version, providers, sandboxes, tally, history, disk }: Measured): readonly Measure[] {
  return [
    {
      name: 'credits_emulator_info',
      help: 'The version of the emulator.',
      labelNames: ['version'],
      read: () => [{ value: 1, labels: { version } }],
    },
    {
      name: 'credits_emulator_answers_total',
      help: 'Responses of operations without a fault, since the start.',
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
      help: 'Number of sandboxes.',
      read: () => [{ value: sandboxes.list().length }],
    },
    {
      name: 'credits_emulator_streams',
      help: 'Open streams of providers.',
      labelNames: ['provider'],
      read: () => countStreams(providers, sandboxes.list()),
    },
    {
      name: 'credits_emulator_history_bytes',
      help: 'Memory of the journals and ledgers of all sandboxes, limited by --history-bytes.',
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
      help: 'Start of the process, in seconds since 1970.',
      read: () => [{ value: performance.timeOrigin / 1000 }],
    },
  ];
}

function listDiskMeasures(disk: NonNullable<Measured['disk']>): readonly Measure[] {
  return [
    {
      name: 'credits_emulator_disk_failing',
      help: '1 while changes cannot be written to disk, else 0.',
      read: () => [{ value: disk.status.status === 'failing' ? 1 : 0 }],
    },
    {
      name: 'credits_emulator_disk_log_bytes',
      help: 'Size of the log that a start would read after the checkpoint.',
      read: () => [{ value: disk.size.logBytes }],
    },
    {
      name: 'credits_emulator_disk_lines_total',
      help: 'Lines written durably to the log of the folder, including those of earlier starts.',
      counts: true,
      read: () => [{ value: disk.size.lines }],
    },
  ];
}

/** Counts for every provider, so that 0 is shown before the first stream. */
function countStreams(providers: readonly string[], sandboxes: readonly Sandbox[]): readonly Reading[] {
  const open = new Map(providers.map((id) => [id, 0]));
  for (const sandbox of sandboxes) {
    for (const { provider } of sandbox.streams.list()) open.set(provider, (open.get(provider) ?? 0) + 1);
  }
  return [...open].map(([provider, value]) => ({ value, labels: { provider } }));
}
