import { shorten } from '../core/values/quotation.ts';
import type { LedgerEntry } from '../core/store/commit.ts';
import type { AuditedExchange } from './audited-exchange.ts';

/** An amount as people read it: "10,000.5". */
export function toReadable(amount: string): string {
  const [, sign = '', whole = '', rest = ''] = /^(-?)(\d+)(.*)$/.exec(amount) ?? [];
  let grouped = '';
  for (let end = whole.length; end > 0; end -= 3) {
    grouped = `${whole.slice(Math.max(0, end - 3), end)}${grouped === '' ? '' : ','}${grouped}`;
  }
  return `${sign}${grouped}${rest}`;
}

/** All that an exchange did to balances, oldest first. */
export function listEntries({ effects }: AuditedExchange): readonly LedgerEntry[] {
  return effects.flatMap(({ ledger }) => ledger);
}

export function toIds(exchanges: readonly AuditedExchange[]): readonly number[] {
  return exchanges.flatMap((exchange) => listEntries(exchange).map(({ id }) => id));
}

/** What an exchange meant: "grantCredits of 100 to user_001". */
export function describeIntent(exchange: AuditedExchange): string {
  const { entry, subject } = exchange;
  const [first] = listEntries(exchange);
  const name = entry.operation ?? `${entry.method} ${shorten(exchange.path)}`;
  const about = first?.account ?? subject;
  const amount = first ? ` of ${toReadable(first.delta)}` : '';
  return `${name}${amount}${about === undefined ? '' : ` ${first ? 'to' : 'for'} ${shorten(about)}`}`;
}

/** How its answer went wrong: "was reset without an answer". */
export function describeLoss({ entry, status }: AuditedExchange): string {
  const { answer, fate, leftAt } = entry;
  if (leftAt !== undefined) return 'had no client any more when it was answered';
  if (answer.ended !== undefined) return `was ${answer.ended}`;
  const by = fate === 'replaced' ? ' by a fault' : '';
  return `was answered ${status}${by}${entry.commit ? ' although it had taken effect' : ''}`;
}

const TIMES = ['never', 'once', 'twice', 'three times', 'four times', 'five times'];

export function describeTimes(count: number): string {
  return TIMES[count] ?? `${count} times`;
}

/** How a balance went: ": balance 10,000, 10,100, 10,200"; nothing where none did. */
export function describeCourse(exchanges: readonly AuditedExchange[]): string {
  // What came later may have taken effect before.
  const entries = exchanges.flatMap(listEntries).toSorted((one, other) => one.id - other.id);
  const [first] = entries;
  if (!first) return '';
  const same = entries.filter(({ account, unit }) => account === first.account && unit === first.unit);
  return `: balance ${[first.before, ...same.map(({ after }) => after)].map(toReadable).join(', ')}`;
}
