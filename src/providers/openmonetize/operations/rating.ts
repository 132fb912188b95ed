import { assert } from '../errors.ts';
import type { HeadOperation, SeedOperation } from '../operation.ts';
import { listPricing, TOKENS_PER_PRICE, findUnitPrice, findTokenRates, type ListedPrice } from '../prices.ts';
import { findBurnTable, findRating, type Calculation, type Rating } from '../rating.ts';
import { PROVIDERS, type State } from '../state.ts';
import type { Instant } from '../../../core/values/clock.ts';
import type { components } from '../../../generated/openmonetize.ts';

type Schemas = components['schemas'];

function toNoPrice(message: string) {
  return { status: 404 as const, body: { error: 'PROVIDER_NOT_FOUND' as const, message } };
}

/** FIDELITY: every key can ask for every customer (server source). ASSUMED: an unknown provider breaks the call. */
export const calculateCost: SeedOperation<'calculateCost'> = ({ body, state, now }) => {
  const { customerId, provider, model } = body;
  assert(PROVIDERS.seed.includes(provider), 'RATING_FAILED');
  const rating = findRating(body, findBurnTable(state, customerId, now));
  if (!rating) return toNoPrice(`No cost data found for ${provider}/${model}`);
  return { status: 200, body: rating };
};

// FIDELITY: the gateway's schema of the response differs from that of the service that it calls, so every call ends in a
// 500 (real server). With the option, prices of tokens are returned.
export const calculateOwnCost: HeadOperation<'calculateCost'> = ({ body, state, now, principal, options }) => {
  const { provider, model, type = 'text', inputTokens = 0, outputTokens = 0 } = body;
  const isPriced =
    type === 'text'
      ? findTokenRates(provider, model) !== undefined
      : findUnitPrice(state, provider, model, type === 'image' ? 'IMAGE' : 'VIDEO') !== undefined;
  if (!isPriced) return toNoPrice(`No cost data found for ${provider}/${model} (Type: ${type})`);
  assert(options.workingRating && type === 'text', 'RATING_MISFITS');
  const rating = findRating({ provider, model, inputTokens, outputTokens }, findBurnTable(state, principal.id, now));
  assert(rating, 'RATING_MISFITS');
  return { status: 200, body: rating };
};

export const calculateCosts: SeedOperation<'calculateCosts'> = ({ body, state, now }) => ({
  status: 200,
  body: toRatings(state, body.customerId, body.calculations, now),
});

export const calculateOwnCosts: HeadOperation<'calculateCosts'> = ({ body, state, now, principal }) => ({
  status: 200,
  body: toRatings(state, principal.id, body.calculations, now),
});

/** FIDELITY: one calculation without a price breaks them all (server source). ASSUMED: each is rated on its own. */
function toRatings(
  state: State,
  customerId: string,
  calculations: readonly Calculation[],
  now: Instant,
): { customerId: string; results: Rating[]; total: number } {
  const table = findBurnTable(state, customerId, now);
  const results = calculations.map((calculation) => {
    const rating = findRating(calculation, table);
    assert(rating, 'BULK_RATING_FAILED');
    return rating;
  });
  return { customerId, results, total: results.length };
}

export const listPrices: SeedOperation<'listPrices'> & HeadOperation<'listPrices'> = ({ state, options }) => {
  const data = listPricing(state, options.profile).map(presentPricing);
  return { status: 200, body: { data, total: data.length } };
};

function presentPricing({ provider, model, tokens, image, video }: ListedPrice): Schemas['PriceList']['data'][number] {
  const pricing = {
    ...(tokens && {
      input_token: toPrice(tokens.input, TOKENS_PER_PRICE),
      output_token: toPrice(tokens.output, TOKENS_PER_PRICE),
    }),
    ...(image !== undefined && { image: toPrice(image, 1) }),
    ...(video !== undefined && { video: toPrice(video, 1) }),
  };
  return { provider, model, pricing };
}

function toPrice(costPerUnit: number, unitSize: number): Schemas['Price'] {
  return { costPerUnit, unitSize, currency: 'USD' };
}
