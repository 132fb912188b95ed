import type { JournalEntry } from '../client.ts';
import { describeDoing, isSplit, toVerdict, type Verdict } from './verdict.ts';

/** An exchange as its line shows it; what is long is asked for when somebody looks. */
export interface Row {
  readonly id: string;
  /** The number in its id, by which rows are in order: a clock may stand still, and be put back. */
  readonly number: number;
  readonly at: string;
  readonly provider: string;
  readonly operation: string;
  readonly subject: string;
  readonly method: string;
  readonly url: string;
  readonly status: number | null;
  readonly ended: string | undefined;
  readonly duration: number;
  readonly fault: string;
  readonly doing: string;
  readonly verdict: Verdict;
}

/** Characters of what a client sent that a line holds. */
const SHOWN = 200;

export function toRow(entry: JournalEntry): Row {
  const { id, at, provider, method, answer, duration, fault } = entry;
  return {
    id,
    number: toNumber(id),
    at,
    provider,
    operation: entry.operation ?? '',
    subject: (entry.subject ?? '').slice(0, SHOWN),
    method,
    url: entry.url.slice(0, SHOWN),
    status: answer.status,
    ended: answer.ended,
    duration,
    fault: fault?.id ?? '',
    doing: describeDoing(entry),
    verdict: toVerdict(entry),
  };
}

export function toNumber(id: string): number {
  return Number(id.slice(id.lastIndexOf('-') + 1));
}

/** Rows that are kept; those beyond have been left out. */
export const KEPT = 10_000;

/** The rows of a sandbox, newest last, however they come. */
export class Rows {
  readonly #byNumber = new Map<number, Row>();
  #order: Row[] = [];
  splits = 0;
  /** Whether older ones were left out for lack of room. */
  isCut = false;

  /** Oldest first. */
  get all(): readonly Row[] {
    return this.#order;
  }

  find(number: number): Row | undefined {
    return this.#byNumber.get(number);
  }

  /** Takes a row in, or in the place of what it was before. */
  put(row: Row): void {
    const before = this.#byNumber.get(row.number);
    this.#byNumber.set(row.number, row);
    if (isSplit(row.verdict)) this.splits += 1;
    if (before && isSplit(before.verdict)) this.splits -= 1;
    const at = this.#findPlace(row.number);
    if (before) this.#order[at] = row;
    else if (at === this.#order.length) this.#order.push(row);
    else this.#order.splice(at, 0, row);
  }

  /** Leaves the oldest out where there are too many; not one by one, which would move all others each time. */
  trim(): void {
    if (this.#order.length <= KEPT * 1.1) return;
    const gone = this.#order.splice(0, this.#order.length - KEPT);
    for (const { number, verdict } of gone) {
      this.#byNumber.delete(number);
      if (isSplit(verdict)) this.splits -= 1;
    }
    this.isCut = true;
  }

  #findPlace(number: number): number {
    let [low, high] = [0, this.#order.length];
    if ((this.#order.at(-1)?.number ?? -1) < number) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#order[middle]?.number ?? 0) < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

export interface RowFilters {
  readonly text?: string | undefined;
  readonly provider?: string | undefined;
  readonly operation?: string | undefined;
  readonly subject?: string | undefined;
  readonly status?: string | undefined;
  readonly fault?: string | undefined;
  readonly split?: string | undefined;
}

/** Newest first. @param upTo rows behind this number wait */
export function selectRows(rows: readonly Row[], filters: RowFilters, upTo: number): readonly Row[] {
  const selected: Row[] = [];
  const wanted = { ...filters, text: filters.text?.toLowerCase() };
  for (let at = rows.length - 1; at >= 0; at -= 1) {
    const row = rows[at];
    if (row && row.number <= upTo && fits(row, wanted)) selected.push(row);
  }
  return selected;
}

/** @param text in lower case */
function fits(row: Row, { text, provider, operation, subject, status, fault, split }: RowFilters): boolean {
  if (provider && row.provider !== provider) return false;
  if (operation && row.operation !== operation) return false;
  if (subject && !row.subject.includes(subject)) return false;
  if (status && !fitsStatus(row.status, status)) return false;
  if (fault && (fault === '*' ? row.fault === '' : row.fault !== fault)) return false;
  if (split && !isSplit(row.verdict)) return false;
  return !text || findWords(row).includes(text);
}

const found = new WeakMap<Row, string>();

/** All that is looked for in a row. Found once: thousands are looked through with each letter and each exchange. */
function findWords(row: Row): string {
  const known = found.get(row);
  if (known !== undefined) return known;
  const parts = [row.id, row.provider, row.operation, row.subject, row.url, row.doing, row.fault, String(row.status)];
  const words = parts.join('\n').toLowerCase();
  found.set(row, words);
  return words;
}

/** "500", "4xx", or "none" for no answer. */
function fitsStatus(status: number | null, wanted: string): boolean {
  if (wanted === 'none') return status === null;
  if (status === null) return false;
  return wanted.endsWith('xx') ? String(status).startsWith(wanted.slice(0, 1)) : String(status) === wanted;
}
