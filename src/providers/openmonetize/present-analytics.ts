import { renderFixed, type Amount } from '../../core/values/decimal.ts';
import type { Margin, ProviderModel, Sum, Sums, UsageSums } from './analytics.ts';
import type { Wallet } from './state.ts';
import type { components } from '../../generated/openmonetize.ts';

type Schemas = components['schemas'];

const USD_PLACES = 4;

function toUsdText(usd: Amount): string {
  return renderFixed(usd, USD_PLACES);
}

function listSums<K, T>(sums: Sums<K>, present: (key: K, sum: Sum) => T): T[] {
  return [...sums.values()].map(({ key, sum }) => present(key, sum));
}

/** ASSUMED: USD are added exactly. The service adds doubles, which seldom differs in four decimals. */
function presentCharge({ events, credits, costUsd }: Sum): {
  eventCount: number;
  creditsBurned: string;
  costUsd: string;
} {
  return { eventCount: events, creditsBurned: credits, costUsd: toUsdText(costUsd) };
}

/** FIDELITY: sums are text, and a model is cut off at its first colon (server source). */
export function presentUsage({ all, byFeature, byProvider, byEventType, byDay }: UsageSums): Schemas['UsageReport'] {
  return {
    data: {
      summary: {
        totalEvents: all.events,
        totalInputTokens: String(all.inputTokens),
        totalOutputTokens: String(all.outputTokens),
        totalCreditsBurned: all.credits,
        totalCostUsd: toUsdText(all.costUsd),
      },
      byFeature: listSums(byFeature, (featureId, sum) => ({ featureId, ...presentCharge(sum) })),
      byProvider: listSums(byProvider, (key, { events, inputTokens, outputTokens }) => ({
        ...presentProvider(key),
        eventCount: events,
        inputTokens: String(inputTokens),
        outputTokens: String(outputTokens),
      })),
      byEventType: listSums(byEventType, (eventType, sum) => ({ eventType, ...presentCharge(sum) })),
      timeline: listSums(byDay, (date, { events, credits }) => ({ date, events, creditsBurned: credits })),
    },
  };
}

function presentProvider({ provider, model }: ProviderModel): ProviderModel {
  return { provider, model: model.split(':', 1)[0] ?? '' };
}

/** ASSUMED: a model is cut off as in the report of usage. */
export function presentCosts(all: Margin, byProvider: readonly (ProviderModel & Margin)[]): Schemas['CostReport'] {
  return {
    data: {
      summary: {
        totalRevenue: toUsdText(all.revenue),
        totalProviderCost: toUsdText(all.cost),
        totalMargin: toUsdText(all.margin),
        marginPercent: all.percent,
      },
      byProvider: byProvider.map(({ cost, revenue, margin, ...key }) => ({
        ...presentProvider(key),
        providerCost: toUsdText(cost),
        revenue: toUsdText(revenue),
        margin: toUsdText(margin),
      })),
    },
  };
}

type Told = Schemas['BurnRate']['data'];
interface BurnRate<D> {
  readonly data: Omit<Told, 'projectedRunout'> & {
    readonly projectedRunout: { readonly daysRemaining: D; readonly estimatedRunoutDate: null };
  };
}

/** The ratio of a week's daily average to a month's from which the alert is shown. */
const ALARMING = 1.5;
const ALERT = {
  type: 'alert' as const,
  message: 'Your burn rate has increased 50% in the last 7 days. Review usage patterns.',
  action: 'review_usage' as const,
};

/**
 * FIDELITY: burned credits are negative here, so the day of the runout is never known, and the alert is shown if burning
 * has slowed down (server source).
 *
 * @param daysRemaining the profile's value for an unknown runout
 */
export function presentBurnRate<D extends number | null>(
  { balance }: Wallet,
  { week, month }: { readonly week: bigint; readonly month: bigint },
  daysRemaining: D,
): BurnRate<D> {
  const [ofWeek, ofMonth] = [Number(week) / 7, Number(month) / 30];
  return {
    data: {
      currentBalance: balance,
      last7Days: { creditsBurned: String(week), averagePerDay: ofWeek.toFixed(2) },
      last30Days: { creditsBurned: String(month), averagePerDay: ofMonth.toFixed(2) },
      projectedRunout: { daysRemaining, estimatedRunoutDate: null },
      recommendations: ofWeek > ofMonth * ALARMING ? [ALERT] : [],
    },
  };
}
