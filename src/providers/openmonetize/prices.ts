import { toAmount } from '../../core/values/decimal.ts';
import type { Profile } from './options.ts';
import { PROVIDERS, toPriceKey, type State, type UnitPrice } from './state.ts';

/** Credits for a million tokens; 1000 credits are one US dollar. */
interface TokenPrice {
  readonly input: bigint;
  readonly output: bigint;
}

const price = (input: number, output: number): TokenPrice => ({ input: BigInt(input), output: BigInt(output) });

/** FIDELITY: as the real server's database is seeded (real server). */
const TOKENS: Readonly<Record<string, Readonly<Record<string, TokenPrice>>>> = {
  OPENAI: {
    'gpt-5': price(1250, 10_000),
    o3: price(2000, 8000),
    'o1-pro': price(75_000, 300_000),
    o1: price(15_000, 60_000),
    'o1-preview': price(15_000, 60_000),
    'gpt-4o': price(2500, 10_000),
    'o4-mini': price(1100, 4400),
    'gpt-4o-mini': price(150, 600),
  },
  ANTHROPIC: {
    'claude-4.1-opus': price(15_000, 75_000),
    'claude-4.5-sonnet': price(3000, 15_000),
    'claude-4.5-haiku': price(1000, 5000),
  },
  GOOGLE: {
    'gemini-3.0-pro': price(2000, 12_000),
    'gemini-3.0-flash': price(200, 800),
    'gemini-2.5-pro': price(1250, 10_000),
    'gemini-2.5-flash-lite': price(100, 400),
  },
  COHERE: { 'command-r-plus': price(2500, 10_000) },
  MISTRAL: { 'mistral-large': price(4000, 12_000) },
};

/** FIDELITY: for a model that is not in the table (real server). */
const OTHER = price(2500, 10_000);
const OTHER_O1 = price(15_000, 60_000);

/** FIDELITY: in USD, of one that is not in the table (real server). */
export const IMAGE_PRICE = toAmount('0.04');
/** FIDELITY: of an event of type CUSTOM (real server). */
export const CREDITS_PER_UNIT = 10;
/** FIDELITY: credits for one US dollar (real server). */
export const CREDITS_PER_USD = 1000;
/** Tokens that a price is for. */
export const TOKENS_PER_PRICE = 1_000_000;

/** What burning takes, which has a price for every model. */
export function getTokenPrice(provider: string, model: string): TokenPrice {
  return findTokenPrice(provider, model) ?? (model.includes('o1') ? OTHER_O1 : OTHER);
}

function findTokenPrice(provider: string, model: string): TokenPrice | undefined {
  const models = Object.hasOwn(TOKENS, provider) ? TOKENS[provider] : undefined;
  return models && Object.hasOwn(models, model) ? models[model] : undefined;
}

/** USD for a million tokens. */
export interface TokenRates {
  readonly input: number;
  readonly output: number;
}

/** As the server reckons what something would cost, which is no money yet: with doubles. */
export function findTokenRates(provider: string, model: string): TokenRates | undefined {
  const found = findTokenPrice(provider, model);
  return found && { input: Number(found.input) / CREDITS_PER_USD, output: Number(found.output) / CREDITS_PER_USD };
}

/** USD for an image or a second of video. FIDELITY: a plain installation has none of them (server source). */
export function findUnitPrice(
  state: State,
  provider: string,
  model: string,
  costType: UnitPrice['costType'],
): UnitPrice['costPerUnit'] | undefined {
  return state.unitPrices.find(toPriceKey(provider, model, costType))?.costPerUnit;
}

/** What a provider takes for a model, as far as it is known. */
export interface ListedPrice {
  readonly provider: string;
  readonly model: string;
  readonly tokens: TokenRates | undefined;
  readonly image: number | undefined;
  readonly video: number | undefined;
}

/** By provider in the order of the database, then by model. Providers that the profile does not know come last. */
export function listPricing(state: State, profile: Profile): readonly ListedPrice[] {
  const priced = [...state.unitPrices.values()];
  const known = PROVIDERS[profile];
  const providers = [...new Set([...known, ...priced.map(({ provider }) => provider)])];
  return providers.flatMap((provider) => {
    const own = priced.filter((price) => price.provider === provider).map(({ model }) => model);
    const models = new Set([...Object.keys(TOKENS[provider] ?? {}), ...own]);
    return [...models].sort().map((model) => ({
      provider,
      model,
      tokens: findTokenRates(provider, model),
      image: toNumber(findUnitPrice(state, provider, model, 'IMAGE')),
      video: toNumber(findUnitPrice(state, provider, model, 'VIDEO')),
    }));
  });
}

function toNumber(amount: UnitPrice['costPerUnit'] | undefined): number | undefined {
  return amount === undefined ? undefined : Number(amount);
}
