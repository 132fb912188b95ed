import type { JournalEntry } from '../client.ts';
import { toSigned, toShown } from './amount.ts';

/** How what a client saw and what the store did go together. */
export type Verdict = 'lost' | 'bent' | 'made up' | 'odd' | 'agree';

/** That of an entry which says so. */
export type Judged = Pick<JournalEntry, 'fault'> & {
  readonly answer: Pick<JournalEntry['answer'], 'status' | 'ended'>;
  readonly changes: readonly unknown[];
  readonly ledger: readonly unknown[];
};

export function toVerdict(entry: Judged): Verdict {
  const { answer, fault, changes, ledger } = entry;
  const { status, ended } = answer;
  const isChanged = changes.length > 0 || ledger.length > 0;
  const isRefused = status === null || status >= 400;
  if (isChanged && isRefused && (fault || ended !== undefined)) return 'lost';
  if (isChanged && !isRefused && (ended !== undefined || isBent(fault))) return 'bent';
  if (!isChanged && !isRefused && fault?.phase === 'before' && isAnswer(fault.effect)) return 'made up';
  if (ledger.length > 0 && isRefused) return 'odd';
  return 'agree';
}

/** Slow bytes are all there in the end. */
function isBent(fault: JournalEntry['fault']): boolean {
  return fault?.phase === 'during' && typeof fault.effect.body !== 'object';
}

function isAnswer({ status, code }: NonNullable<JournalEntry['fault']>['effect']): boolean {
  return status !== undefined || code !== undefined;
}

/** Whether what the client was told is not what happened. */
export function isSplit(verdict: Verdict): boolean {
  return verdict === 'lost' || verdict === 'bent' || verdict === 'made up';
}

export function describeVerdict(verdict: Verdict, status: number | null): string {
  const saw = status === null ? 'no answer' : String(status);
  switch (verdict) {
    case 'lost':
      return `landed; client saw ${saw}`;
    case 'bent':
      return 'landed; answer broken';
    case 'made up':
      return `client saw ${saw}; nothing stored`;
    case 'odd':
      return 'refused, and yet it counted';
    case 'agree':
      return '';
  }
}

/** What the store did, in a few words: "+6, 712 to 718". */
export function describeDoing({
  ledger,
  changes,
  leftOut,
}: Pick<JournalEntry, 'ledger' | 'changes' | 'leftOut'>): string {
  const [entry] = ledger;
  const all = ledger.length + (leftOut?.ledger ?? 0);
  if (entry && all === 1) {
    const { delta, before, after, unit } = entry;
    return `${toSigned(delta, unit)}, ${toShown(before, unit)} \u2192 ${toShown(after, unit)}`;
  }
  if (all > 1) return `${all} balances`;
  const records = changes.length + (leftOut?.changes ?? 0);
  if (records === 0) return 'nothing changed';
  return records === 1 ? '1 record' : `${records} records`;
}
