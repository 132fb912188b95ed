import type { LoadGenerator } from './load.ts';
import type { Servers } from './servers.ts';

/** What rows measure with. */
export interface Bench {
  readonly load: LoadGenerator;
  readonly servers: Servers;
}

/** What is measured one right after the other: a bare server without a framework, bare Express 5, and the emulator. */
export type Side = 'bare' | 'express' | 'ours';
export type Sides = Readonly<Partial<Record<Side, () => Promise<number>>>>;

/** A line of the table. */
export interface Row {
  /** As `--only` names it. */
  readonly id: string;
  readonly title: string;
  readonly unit: 'µs' | 'ms' | 'kB' | 'MB';
  /** The highest ratio to the first other side, or the highest figure of ours, that is aimed at. */
  readonly aim?: { readonly ratio: number } | { readonly figure: number };
  /** Starts and warms up what is measured. */
  prepare(bench: Bench): Promise<Sides>;
}
