import { CREDITS_PER_USD, findTokenRates, TOKENS_PER_PRICE } from './prices.ts';
import type { BurnTable, CustomerId, State } from './state.ts';
import type { Instant } from '../../core/values/clock.ts';

/** A number of tokens to rate. */
export interface Calculation {
  readonly provider: string;
  readonly model: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

interface RatedTokens {
  readonly tokens: number;
  readonly credits: number | null;
  readonly usd: number;
  readonly ratePerUnit: number;
  readonly unitSize: number;
}

export interface Rating {
  readonly credits: number | null;
  readonly costBreakdown: { readonly input: RatedTokens; readonly output: RatedTokens };
  readonly providerCostUsd: number;
  readonly revenueUsd: number | null;
  readonly marginUsd: number | null;
  readonly marginPercent: number | null;
  readonly pricingSource: 'customer_burn_table' | 'default_burn_table' | 'default';
}

/** The cost of a model in credits. */
interface Rule {
  readonly input: number;
  readonly output: number;
  readonly perUnit: number;
}

/**
 * Rates tokens, if the provider has a price for the model.
 *
 * FIDELITY: with doubles (server source).
 */
export function findRating(
  { provider, model, ...counts }: Calculation,
  table: BurnTable | undefined,
): Rating | undefined {
  const rates = findTokenRates(provider, model);
  if (!rates) return undefined;
  const rule = table && findRule(table, model);
  const usd = { input: toUsd(counts.inputTokens, rates.input), output: toUsd(counts.outputTokens, rates.output) };
  const providerCostUsd = usd.input + usd.output;
  const input = rule ? (counts.inputTokens / rule.perUnit) * rule.input : Math.ceil(usd.input * CREDITS_PER_USD);
  const output = rule ? (counts.outputTokens / rule.perUnit) * rule.output : Math.ceil(usd.output * CREDITS_PER_USD);
  const credits = Math.ceil(rule ? input + output : providerCostUsd * CREDITS_PER_USD);
  const revenueUsd = credits / CREDITS_PER_USD;
  const marginUsd = revenueUsd - providerCostUsd;
  const toRated = (tokens: number, burned: number, cost: number, ratePerUnit: number): RatedTokens => ({
    tokens,
    credits: toJsonNumber(burned),
    usd: cost,
    ratePerUnit,
    unitSize: TOKENS_PER_PRICE,
  });
  return {
    credits: toJsonNumber(credits),
    costBreakdown: {
      input: toRated(counts.inputTokens, input, usd.input, rates.input),
      output: toRated(counts.outputTokens, output, usd.output, rates.output),
    },
    providerCostUsd,
    revenueUsd: toJsonNumber(revenueUsd),
    marginUsd: toJsonNumber(marginUsd),
    // ASSUMED: 0 if it costs nothing.
    marginPercent: toJsonNumber(providerCostUsd === 0 ? 0 : toHundredths((marginUsd / providerCostUsd) * 100)),
    pricingSource: !rule ? 'default' : table.customerId === null ? 'default_burn_table' : 'customer_burn_table',
  };
}

/** The provider's price. */
export function toUsd(tokens: number, rate: number): number {
  return (tokens / TOKENS_PER_PRICE) * rate;
}

/** NaN and infinite numbers become null, because JSON has neither. */
export function toJsonNumber(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

export function toHundredths(value: number): number {
  return Number(value.toFixed(2));
}

/**
 * FIDELITY: the rule of the model, or else of `default`. Names are read in snake case, although the service stores the
 * camel case that it is sent; such a table results in null (server source).
 */
function findRule({ rules }: BurnTable, model: string): Rule | undefined {
  const rule = findObject(rules, model) ?? findObject(rules, 'default');
  return (
    rule && {
      input: readNumber(rule, 'input_tokens'),
      output: readNumber(rule, 'output_tokens'),
      perUnit: readNumber(rule, 'per_unit'),
    }
  );
}

function findObject(rules: BurnTable['rules'], name: string): object | undefined {
  const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
  return typeof rule === 'object' && rule !== null ? rule : undefined;
}

function readNumber(rule: object, name: string): number {
  const value: unknown = Object.hasOwn(rule, name) ? Reflect.get(rule, name) : undefined;
  return typeof value === 'number' ? value : Number.NaN;
}

/** Finds a customer's newest table that is active and valid, or else the newest default. ASSUMED: validity is checked. */
export function findBurnTable(state: State, customerId: string, now: Instant): BurnTable | undefined {
  return findOwnBurnTable(state, customerId as CustomerId, now) ?? findOwnBurnTable(state, null, now);
}

function findOwnBurnTable(state: State, customerId: CustomerId | null, now: Instant): BurnTable | undefined {
  for (const table of state.burnTables.list('customer', { within: [customerId ?? ''], reverse: true })) {
    const { isActive, validFrom, validUntil } = table;
    if (isActive && validFrom <= now && (validUntil === null || validUntil >= now)) return table;
  }
  return undefined;
}
