import type { LedgerEntry } from '../client.ts';
import { toMillis } from './instant.ts';

/** The course of one balance: where it was before, and where each entry put it. */
export interface BalanceSeries {
  readonly unit: string;
  /** Before the first of the points. */
  readonly start: string;
  readonly points: readonly Point[];
}

export interface Point {
  readonly id: number;
  readonly at: number;
  readonly after: string;
}

/** Points that a small plot is drawn from. */
const KEPT = 60;

export type BalanceSeriesByAccount = ReadonlyMap<string, BalanceSeries>;

export function toAccountKey({ provider, tenant, account, unit }: Omit<AccountName, 'name'>): string {
  return [provider, tenant, account, unit].join('\n');
}

interface AccountName {
  readonly provider: string;
  readonly tenant: string;
  readonly account: string;
  readonly unit: string;
}

/** @param entries oldest first; those that are there already change nothing */
export function addEntries(courses: BalanceSeriesByAccount, entries: readonly LedgerEntry[]): BalanceSeriesByAccount {
  const next = new Map(courses);
  const changed = new Map<string, { unit: string; start: string; points: Point[] }>();
  for (const entry of entries) {
    const key = toAccountKey(entry);
    const point = { id: Number(entry.id), at: toMillis(entry.at), after: entry.after };
    let course = changed.get(key);
    if (!course) {
      const known = next.get(key);
      course = { unit: entry.unit, start: known?.start ?? entry.before, points: [...(known?.points ?? [])] };
      changed.set(key, course);
    }
    if (point.id > (course.points.at(-1)?.id ?? -1)) course.points.push(point);
  }
  for (const [key, { unit, start, points }] of changed) {
    const left = Math.max(0, points.length - KEPT);
    next.set(key, { unit, start: points[left - 1]?.after ?? start, points: points.slice(left) });
  }
  return next;
}

/** The path of a small plot, a step each entry, in a box of this size. */
export function toStepPath({ start, points }: BalanceSeries, width: number, height: number): string {
  const values = [start, ...points.map(({ after }) => after)].map(Number);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const toY = (value: number): number =>
    round(high === low ? height / 2 : height - ((value - low) / (high - low)) * height);
  const step = width / Math.max(1, points.length);
  const rest = values.slice(1).map((value, at) => `H${round(at * step + step / 2)}V${toY(value)}`);
  return `M0 ${toY(values[0] ?? 0)}${rest.join('')}H${width}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
