import { toAmount } from '../../core/values/decimal.ts';
import type { Profile } from './options.ts';
import { PROVIDERS, toPriceKey, type State, type UnitPrice } from './state.ts';

/** Credits for a million tokens; 1000 credits are one US dollar. */
interface TokenPrice {
  readonly input: bigint;
  readonly output: bigint;
}

const price = (input: number, output: number): TokenPrice => ({ input: BigInt(input), output: BigInt(output) });

/** FIDELITY: the seed of the real server's database (real server). */
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

/** FIDELITY: the price of models that are not in the table (real server). */
const OTHER = price(2500, 10_000);
const OTHER_O1 = price(15_000, 60_000);

/** FIDELITY: the price in USD of an image by a model without one (real server). */
export const IMAGE_PRICE = toAmount('0.04');
/** FIDELITY: the credits for a unit of a CUSTOM event (real server). */
export const CREDITS_PER_UNIT = 10;
/** FIDELITY: the credits for one US dollar (real server). */
export const CREDITS_PER_USD = 1000;
/** The number of tokens that a price is for. */
export const TOKENS_PER_PRICE = 1_000_000;

/** The price that burning uses, which every model has. */
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

/** The rates for estimates, with doubles as on the server. */
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

/** The known prices of a model. */
export interface ListedPrice {
  readonly provider: string;
  readonly model: string;
  readonly tokens: TokenRates | undefined;
  readonly image: number | undefined;
  readonly video: number | undefined;
}

/** Lists prices by provider in the database's order, then by model. Providers that the profile does not know are last. */
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
