import { renderInstant, toInstant, type Instant } from '../../core/values/clock.ts';
import { add, multiply, subtract, toAmount, ZERO, type Amount } from '../../core/values/decimal.ts';
import { DAY } from './calendar.ts';
import { toHundredths } from './rating.ts';
import type { CustomerId, State, UsageEvent, Wallet } from './state.ts';

/** Both ends are included. */
export interface TimeWindow {
  readonly from: Instant;
  readonly to: Instant;
}

/** The values that pass; all, if no list is given. */
export interface UsageFilter {
  readonly provider?: ReadonlySet<string> | undefined;
  readonly model?: ReadonlySet<string> | undefined;
  readonly featureId?: ReadonlySet<string> | undefined;
}

/** The totals of some events. */
export interface Sum {
  readonly events: number;
  readonly inputTokens: bigint;
  readonly outputTokens: bigint;
  readonly credits: Amount;
  readonly costUsd: Amount;
}

/** In order of first appearance. */
export type Sums<K> = ReadonlyMap<string, { readonly key: K; readonly sum: Sum }>;

export interface ProviderModel {
  readonly provider: string;
  readonly model: string;
}

export interface UsageSums {
  readonly all: Sum;
  readonly byFeature: Sums<string>;
  /** Only events that have both. */
  readonly byProvider: Sums<ProviderModel>;
  readonly byEventType: Sums<UsageEvent['eventType']>;
  /** By the day in UTC. */
  readonly byDay: Sums<string>;
}

const NONE: Sum = { events: 0, inputTokens: 0n, outputTokens: 0n, credits: ZERO, costUsd: ZERO };

/** Adds up a customer's events in the order of their timestamps. Reads only those of the window. */
export function sumUsage(
  state: State,
  customerId: CustomerId,
  { from, to }: TimeWindow,
  filter: UsageFilter,
): UsageSums {
  let all = NONE;
  const byFeature = new Map<string, { key: string; sum: Sum }>();
  const byProvider = new Map<string, { key: ProviderModel; sum: Sum }>();
  const byEventType = new Map<string, { key: UsageEvent['eventType']; sum: Sum }>();
  const byDay = new Map<string, { key: string; sum: Sum }>();
  for (const event of state.events.list('timeline', { within: [customerId], after: [customerId, from] })) {
    if (event.timestamp > to) break;
    if (!fits(event, filter)) continue;
    const { provider, model, featureId, eventType } = event;
    all = extend(all, event);
    put(byFeature, featureId, featureId, event);
    put(byEventType, eventType, eventType, event);
    const day = renderInstant(event.timestamp).slice(0, DATE_LENGTH);
    put(byDay, day, day, event);
    if (provider && model) put(byProvider, `${provider}:${model}`, { provider, model }, event);
  }
  return { all, byFeature, byProvider, byEventType, byDay };
}

const DATE_LENGTH = 'YYYY-MM-DD'.length;

function fits(event: UsageEvent, filter: UsageFilter): boolean {
  return (['provider', 'model', 'featureId'] as const).every((name) => {
    const wanted = filter[name];
    const value = event[name];
    return !wanted || (value !== null && wanted.has(value));
  });
}

function put<K>(sums: Map<string, { key: K; sum: Sum }>, name: string, key: K, event: UsageEvent): void {
  const known = sums.get(name);
  if (known) known.sum = extend(known.sum, event);
  else sums.set(name, { key, sum: extend(NONE, event) });
}

function extend(sum: Sum, event: UsageEvent): Sum {
  return {
    events: sum.events + 1,
    inputTokens: sum.inputTokens + BigInt(event.inputTokens ?? 0),
    outputTokens: sum.outputTokens + BigInt(event.outputTokens ?? 0),
    credits: add(sum.credits, event.creditsBurned),
    costUsd: add(sum.costUsd, event.costUsd),
  };
}

/** The revenue of usage and what is left of it, in USD. */
export interface Margin {
  readonly revenue: Amount;
  readonly cost: Amount;
  readonly margin: Amount;
  /** The share of the revenue, with two decimals; 0 without revenue. */
  readonly percent: number;
}

const USD_PER_CREDIT = toAmount('0.001');

export function toMargin({ credits, costUsd }: Sum): Margin {
  const revenue = multiply(credits, USD_PER_CREDIT);
  const margin = subtract(revenue, costUsd);
  // A proportion, not money, so doubles will do.
  const percent = revenue === ZERO ? 0 : toHundredths((Number(margin) / Number(revenue)) * 100);
  return { revenue, cost: costUsd, margin, percent };
}

/** The sum of a wallet's BURNs in its last days. Never above zero, because a BURN has a negative amount. */
export function sumBurned(state: State, wallet: Wallet, days: number, now: Instant): bigint {
  let sum = 0n;
  const after = [wallet.id, toEarlier(now, days)];
  for (const { amount } of state.transactions.list('burned', { within: [wallet.id], after })) sum += BigInt(amount);
  return sum;
}

/** Goes back some days, but not beyond the earliest instant. */
export function toEarlier(instant: Instant, days: number): Instant {
  return toInstant(Math.max(instant - days * DAY, FIRST));
}

const FIRST = Date.parse('0000-01-01T00:00:00Z');
