import { describe, expect, it } from 'vitest';

import { toAmount } from '../../../src/core/values/decimal.ts';
import { toCharge, type Usage } from '../../../src/providers/openmonetize/burning.ts';
import { getTokenPrice } from '../../../src/providers/openmonetize/prices.ts';

/** USD for a million tokens that go in, and that come out. */
const PRICES: readonly (readonly [provider: string, model: string, input: number, output: number])[] = [
  ['OPENAI', 'gpt-5', 1.25, 10],
  ['OPENAI', 'o3', 2, 8],
  ['OPENAI', 'o1-pro', 75, 300],
  ['OPENAI', 'o1', 15, 60],
  ['OPENAI', 'o1-preview', 15, 60],
  ['OPENAI', 'gpt-4o', 2.5, 10],
  ['OPENAI', 'o4-mini', 1.1, 4.4],
  ['OPENAI', 'gpt-4o-mini', 0.15, 0.6],
  ['ANTHROPIC', 'claude-4.1-opus', 15, 75],
  ['ANTHROPIC', 'claude-4.5-sonnet', 3, 15],
  ['ANTHROPIC', 'claude-4.5-haiku', 1, 5],
  ['GOOGLE', 'gemini-3.0-pro', 2, 12],
  ['GOOGLE', 'gemini-3.0-flash', 0.2, 0.8],
  ['GOOGLE', 'gemini-2.5-pro', 1.25, 10],
  ['GOOGLE', 'gemini-2.5-flash-lite', 0.1, 0.4],
  ['COHERE', 'command-r-plus', 2.5, 10],
  ['MISTRAL', 'mistral-large', 4, 12],
];

const UNKNOWN: typeof PRICES = [
  ['OPENAI', 'gpt-4', 2.5, 10],
  ['OPENAI', 'dall-e-3', 2.5, 10],
  ['OPENAI', 'GPT-5', 2.5, 10],
  ['OPENAI', 'gpt-5 ', 2.5, 10],
  ['OPENAI', 'claude-4.1-opus', 2.5, 10],
  ['ANTHROPIC', 'gpt-5', 2.5, 10],
  ['GOOGLE', 'o3', 2.5, 10],
  ['META', 'llama', 2.5, 10],
  ['OPENAI', 'constructor', 2.5, 10],
  ['__proto__', 'toString', 2.5, 10],
  ['OPENAI', 'o1-mini', 15, 60],
  ['OPENAI', 'my-o1', 15, 60],
  ['OPENAI', 'gpt-4o1', 15, 60],
  ['ANTHROPIC', 'o1-pro', 15, 60],
  ['OPENAI', 'O1', 2.5, 10],
  ['OPENAI', 'o-1', 2.5, 10],
];

function toCredits(usage: Usage): bigint {
  return toCharge(usage).credits;
}

/** Credits of tokens that go in and come out of a model. */
function burnTokens(provider: string, model: string, input_tokens: number, output_tokens: number): bigint {
  return toCredits({ event_type: 'TOKEN_USAGE', provider, model, input_tokens, output_tokens });
}

describe.each([
  ['that is seeded', PRICES],
  ['that is not seeded', UNKNOWN],
])('a model %s', (_, prices) => {
  it.each(prices)('%s %s costs %d and %d USD for a million tokens', (provider, model, input, output) => {
    const credits = (usd: number): bigint => BigInt(Math.round(usd * 1000));
    expect(getTokenPrice(provider, model)).toEqual({ input: credits(input), output: credits(output) });
    expect(burnTokens(provider, model, 1_000_000, 0)).toBe(credits(input));
    expect(burnTokens(provider, model, 0, 1_000_000)).toBe(credits(output));
    expect(burnTokens(provider, model, 1_000_000, 1_000_000)).toBe(credits(input) + credits(output));
  });
});

describe('tokens', () => {
  it.each([
    ['gpt-4o', 1_000_000, 1000, 2510n],
    ['gpt-4o', 1, 0, 1n],
    ['gpt-4o', 0, 1, 1n],
    ['gpt-4o', 400, 0, 1n],
    ['gpt-4o', 401, 0, 2n],
    ['gpt-4o', 0, 100, 1n],
    ['gpt-4o', 0, 101, 2n],
    ['gpt-4o', 200, 50, 1n],
    ['gpt-4o', 201, 50, 2n],
    ['gpt-4o', 0, 0, 0n],
    ['unknown', 1000, 500, 8n],
    ['gpt-4o-mini', 1000, 500, 1n],
    ['gpt-4o-mini', 1_000_000_000, 0, 150_000n],
    ['o1-pro', 1, 1, 1n],
    ['o1-pro', 13, 0, 1n],
    ['o1-pro', 14, 0, 2n],
  ])('of %s, %d in and %d out, burn %d', (model, input, output, credits) => {
    expect(burnTokens('OPENAI', model, input, output)).toBe(credits);
  });

  it('are rounded up once, and not each side for itself', () => {
    expect(burnTokens('OPENAI', 'gpt-4o', 1, 1)).toBe(1n);
  });

  it('that are left out count as 0', () => {
    const model = { event_type: 'TOKEN_USAGE', provider: 'OPENAI', model: 'gpt-4o' } as const;
    expect(toCredits(model)).toBe(0n);
    expect(toCredits({ ...model, input_tokens: 1000 })).toBe(3n);
    expect(toCredits({ ...model, output_tokens: 1000 })).toBe(10n);
  });

  it.each<Partial<Usage>>([{ model: 'gpt-4o' }, { provider: 'OPENAI' }, {}, { provider: 'OPENAI', model: '' }])(
    'burn nothing without both provider and model: %j',
    (known) => {
      expect(toCredits({ event_type: 'TOKEN_USAGE', input_tokens: 1e6, output_tokens: 1e6, ...known })).toBe(0n);
    },
  );
});

describe('images', () => {
  const image = { event_type: 'IMAGE_GENERATION', provider: 'OPENAI', model: 'dall-e-3' } as const;

  it.each([
    [undefined, 40n],
    [1, 40n],
    [2, 80n],
    [1000, 40_000n],
  ])('burn 40 credits each: %s', (image_count, credits) => {
    expect(toCredits(image_count === undefined ? image : { ...image, image_count })).toBe(credits);
  });

  it('of any model cost the same', () => {
    expect(toCredits({ ...image, provider: 'GOOGLE', model: 'imagen' })).toBe(40n);
  });

  it('burn nothing without both provider and model', () => {
    expect(toCredits({ event_type: 'IMAGE_GENERATION', provider: 'OPENAI', image_count: 2 })).toBe(0n);
    expect(toCredits({ event_type: 'IMAGE_GENERATION', model: 'dall-e-3', image_count: 2 })).toBe(0n);
  });
});

describe('units of one’s own', () => {
  it.each([
    [3, 30n],
    [0.5, 5n],
    [0.1, 1n],
    [1.2, 12n],
    [0.25, 0n],
    [0.05, 0n],
    [10.01, 0n],
    [1_000_000, 10_000_000n],
    [1e308, 0n],
  ])('burn 10 credits each, and none where that is not whole: %d', (quantity, credits) => {
    expect(toCredits({ event_type: 'CUSTOM', unit_type: 'page', quantity })).toBe(credits);
  });

  it('burn nothing without both a unit and a quantity', () => {
    expect(toCredits({ event_type: 'CUSTOM', quantity: 3 })).toBe(0n);
    expect(toCredits({ event_type: 'CUSTOM', unit_type: 'page' })).toBe(0n);
    expect(toCredits({ event_type: 'CUSTOM', unit_type: '', quantity: 3 })).toBe(0n);
  });

  it('burn the same regardless of other fields', () => {
    const tokens = { provider: 'OPENAI', model: 'gpt-4o', input_tokens: 1_000_000 };
    expect(toCredits({ event_type: 'CUSTOM', unit_type: 'page', quantity: 3, ...tokens })).toBe(30n);
    expect(toCredits({ event_type: 'CUSTOM', ...tokens })).toBe(0n);
  });
});

it.each(['API_CALL', 'FEATURE_ACCESS'] as const)('burns nothing for %s, regardless of other fields', (event_type) => {
  const everything = { unit_type: 'page', quantity: 3, input_tokens: 1_000_000, output_tokens: 5, image_count: 2 };
  expect(toCredits({ event_type, provider: 'OPENAI', model: 'gpt-4o', ...everything })).toBe(0n);
});

it.each<[Usage, string]>([
  [
    { event_type: 'TOKEN_USAGE', provider: 'OPENAI', model: 'gpt-4o', input_tokens: 1000, output_tokens: 500 },
    '0.0075',
  ],
  [{ event_type: 'TOKEN_USAGE', provider: 'OPENAI', model: 'gpt-4o-mini', input_tokens: 1 }, '0.00000015'],
  [{ event_type: 'TOKEN_USAGE', input_tokens: 1000 }, '0'],
  [{ event_type: 'IMAGE_GENERATION', provider: 'OPENAI', model: 'dall-e-3', image_count: 3 }, '0.12'],
  [{ event_type: 'CUSTOM', unit_type: 'page', quantity: 3 }, '0'],
])('says what the provider takes for %o', (usage, costUsd) => {
  expect(toCharge(usage).costUsd).toBe(costUsd);
});

it('prices an image by its model', () => {
  const usage = { event_type: 'IMAGE_GENERATION', provider: 'OPENAI', model: 'dall-e-3', image_count: 2 } as const;
  expect(toCharge(usage, toAmount('0.0655'))).toEqual({ credits: 131n, costUsd: '0.131' });
  expect(toCharge(usage, toAmount('0.0651'))).toEqual({ credits: 131n, costUsd: '0.1302' });
});
