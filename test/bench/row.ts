import type { LoadGenerator } from './load.ts';
import type { Processes } from './processes.ts';
import type { Quiet } from './quiet.ts';
import type { Servers } from './servers.ts';
import type { Workspace } from './workspace.ts';

/** All that rows measure with. */
export interface Bench {
  readonly processes: Processes;
  readonly load: LoadGenerator;
  readonly quiet: Quiet;
  readonly servers: Servers;
  readonly workspace: Workspace;
}

export type Unit = 'req/s' | 'ns' | 'µs' | 'ms' | 'kB' | 'MB';

/** A line of the table: two things measured one right after the other. */
export interface Row {
  /** As `--only` names it. */
  readonly id: string;
  readonly title: string;
  readonly unit: Unit;
  /** What the ratio of ours to the baseline is meant to be. */
  readonly aim: string;
  /** How often the two are measured in a round; once where it is left out. */
  readonly turns?: number;
  /** Starts what is measured and warms it up. */
  prepare(bench: Bench): Promise<Pair>;
}

export interface Pair {
  readonly baseline: () => Promise<number>;
  readonly ours: () => Promise<number>;
}
