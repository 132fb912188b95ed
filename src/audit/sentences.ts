import { shorten } from '../core/values/quotation.ts';
import type { LedgerEntry } from '../core/store/commit.ts';
import type { AuditedExchange } from './audited-exchange.ts';

/** Groups the digits of an amount: "10,000.5". */
export function toReadable(amount: string): string {
  const [, sign = '', whole = '', rest = ''] = /^(-?)(\d+)(.*)$/.exec(amount) ?? [];
  let grouped = '';
  for (let end = whole.length; end > 0; end -= 3) {
    grouped = `${whole.slice(Math.max(0, end - 3), end)}${grouped === '' ? '' : ','}${grouped}`;
  }
  return `${sign}${grouped}${rest}`;
}

/** Lists the ledger entries of an exchange, oldest first. */
function listEntries({ effects }: AuditedExchange): readonly LedgerEntry[] {
  return effects.flatMap(({ ledger }) => ledger);
}

export function toIds(exchanges: readonly AuditedExchange[]): readonly number[] {
  return exchanges.flatMap((exchange) => listEntries(exchange).map(({ id }) => id));
}

/** Says what an exchange meant: "grantCredits of 100 to user_001". */
export function describeIntent(exchange: AuditedExchange): string {
  const { entry, subject } = exchange;
  const [first] = listEntries(exchange);
  const name = entry.operation ?? `${entry.method} ${shorten(exchange.shownPath)}`;
  const about = first?.account ?? subject;
  const amount = first ? ` of ${toReadable(first.delta)}` : '';
  return `${name}${amount}${about === undefined ? '' : ` ${first ? 'to' : 'for'} ${shorten(about)}`}`;
}

/** Says how its response was lost: "was reset without an answer". */
export function describeLoss({ entry, status }: AuditedExchange): string {
  const { answer, fate, leftAt } = entry;
  if (leftAt !== undefined) return 'got no response before the client left';
  if (answer.ended !== undefined) return `was ${answer.ended}`;
  const by = fate === 'replaced' ? ' from a fault' : '';
  return `got a ${status}${by}${entry.commit ? ' although it had taken effect' : ''}`;
}

const TIMES = ['never', 'once', 'twice', 'three times', 'four times', 'five times'];

export function describeTimes(count: number): string {
  return TIMES[count] ?? `${count} times`;
}

/** Says how a balance changed: ": balance 10,000, 10,100, 10,200"; nothing if none did. */
export function describeBalances(exchanges: readonly AuditedExchange[]): string {
  // A later exchange may have taken effect first.
  const entries = exchanges.flatMap(listEntries).toSorted((one, other) => one.id - other.id);
  const [first] = entries;
  if (!first) return '';
  const same = entries.filter(({ account, unit }) => account === first.account && unit === first.unit);
  return `: balance ${[first.before, ...same.map(({ after }) => after)].map(toReadable).join(', ')}`;
}
