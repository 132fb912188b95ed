import { isDeepStrictEqual } from 'node:util';

import type { Change } from '../../core/store/collection.ts';
import type { Commit } from '../../core/store/commit.ts';
import { shorten } from '../../core/values/quotation.ts';
import { RecentMap } from '../recent-map.ts';
import type { AuditedExchange } from '../audited-exchange.ts';
import type { AuditContext, AuditRule } from '../audit-rule.ts';
import { describeIntent, toIds, toReadable } from '../sentences.ts';

/** Milliseconds of real time within which a write counts as based on a read. */
const FRESH = 10_000;
const FOLLOWED = 5000;

/** A field that was written on the basis of an outdated value. */
interface Stale {
  readonly field: string;
  readonly read: unknown;
  readonly was: unknown;
  readonly written: unknown;
  readonly between: Commit;
}

/**
 * A client set a value within 10 s of reading it, although another change of that field had come in between: the effect of that
 * change is lost. An error if the other change was a set based on a read, too.
 *
 * Leaves alone: a set without such a read, which means the value as it is; one after another write of the client to the same
 * subject; a value that is already there.
 */
export const staleWrite: AuditRule = {
  name: 'stale-write',
  watch: (context) => {
    const reads = new RecentMap<string, AuditedExchange>(FOLLOWED);
    /** The numbers of the commits of sets based on a read. */
    const bases = new RecentMap<number, true>(FOLLOWED);
    return {
      exchange: (exchange) => {
        const { terms, entry, subject } = exchange;
        if (!terms || subject === undefined) return;
        const account = exchange.accountKey();
        if (terms.kind === 'read') {
          if (terms.shows !== 'subject' || !exchange.isToldSuccess) return;
          reads.set(account, exchange);
          return;
        }
        const read = reads.get(account);
        reads.delete(account);
        const { commit } = entry;
        if (terms.kind !== 'set' || !read || !commit || exchange.effects.length === 0) return;
        if (read.ended > exchange.began || exchange.began - read.ended > FRESH) return;
        bases.set(commit.seq, true);
        const stale = findStale(read, exchange, commit, context);
        if (stale) report(stale, read, exchange, bases.get(stale.between.seq) === true, context);
      },
    };
  },
};

function findStale(
  read: AuditedExchange,
  { body }: AuditedExchange,
  commit: Commit,
  { commits }: AuditContext,
): Stale | undefined {
  const between = commits.between(read.entry.seen, commit.seq);
  if (!between) return undefined;
  const sent = new Set(Object.values(body ?? {}).map((value) => JSON.stringify(String(value))));
  for (const change of commit.changes) {
    if (change.part !== 'own' || !change.before || !change.after) continue;
    for (const field of Object.keys(change.after)) {
      const [was, written] = [Reflect.get(change.before, field), Reflect.get(change.after, field)] as unknown[];
      // The service also writes fields that the client did not send, such as the time of the change.
      if (isDeepStrictEqual(was, written) || !sent.has(JSON.stringify(String(written)))) continue;
      const [first] = between.flatMap((other) =>
        other.changes.filter((one) => isOfRecord(one, change) && hasChanged(one, field)).map((one) => ({ one, other })),
      );
      if (!first?.one.before) continue;
      const value: unknown = Reflect.get(first.one.before, field);
      if (!isDeepStrictEqual(value, was)) return { field, read: value, was, written, between: first.other };
    }
  }
  return undefined;
}

function isOfRecord(one: Change, other: Change): boolean {
  return one.provider === other.provider && one.collection === other.collection && one.key === other.key;
}

function hasChanged({ before, after }: Change, field: string): boolean {
  return !!before && !!after && !isDeepStrictEqual(Reflect.get(before, field), Reflect.get(after, field));
}

function report(
  stale: Stale,
  read: AuditedExchange,
  exchange: AuditedExchange,
  isTwofold: boolean,
  context: AuditContext,
): void {
  const { field, between } = stale;
  const other = context.commits.findExchange(between.seq);
  const by = other
    ? describeIntent(other)
    : between.cause.kind === 'control'
      ? `the control ${between.cause.operation}`
      : 'another change';
  context.report({
    rule: 'stale-write',
    certainty: 'likely',
    severity: isTwofold && exchange.who.isNamed ? 'error' : 'warning',
    exchanges: [read, ...(other ? [other] : []), exchange],
    entries: [...(other ? toIds([other]) : []), ...toIds([exchange])],
    subject: exchange.subject,
    what: `${exchange.entry.operation ?? ''} set ${field} of ${shorten(exchange.subject ?? '')} from ${toText(stale.was)} to ${toText(stale.written)} after the client had read ${toText(stale.read)}: the effect of ${by} in between is lost`,
    advice: 'Send the difference if the service can add it, or let only one writer at a time read and set the value.',
  });
}

function toText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /^-?\d+(\.\d+)?$/.test(text) ? toReadable(text) : shorten(text);
}
