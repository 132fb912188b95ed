import { multiply, roundUp, toAmount, ZERO, type Amount } from '../../core/values/decimal.ts';
import { CREDITS_PER_UNIT, CREDITS_PER_USD, getTokenPrice, IMAGE_PRICE } from './prices.ts';
import type { UsageEvent } from './state.ts';

/** The fields of an event that its price depends on. */
export interface Usage {
  readonly event_type: UsageEvent['eventType'] | 'FEATURE_ACCESS';
  readonly provider?: string;
  readonly model?: string;
  readonly unit_type?: string;
  readonly quantity?: number;
  readonly input_tokens?: number;
  readonly output_tokens?: number;
  readonly image_count?: number;
}

/** The cost of an event. */
export interface Charge {
  readonly credits: bigint;
  /** The provider's price. */
  readonly costUsd: Amount;
}

const NOTHING: Charge = { credits: 0n, costUsd: ZERO };

/**
 * Prices an event. FIDELITY: each case below (real server).
 *
 * @param imagePrice USD for an image of its model
 */
export function toCharge(usage: Usage, imagePrice = IMAGE_PRICE): Charge {
  switch (usage.event_type) {
    case 'TOKEN_USAGE':
      return toTokenCharge(usage);
    case 'IMAGE_GENERATION':
      return toImageCharge(usage, imagePrice);
    case 'CUSTOM':
      // ASSUMED: the customer's own units cost nothing at a provider.
      return { credits: toUnitCredits(usage), costUsd: ZERO };
    case 'API_CALL':
    case 'FEATURE_ACCESS':
      return NOTHING;
  }
}

function toTokenCharge({ provider, model, input_tokens = 0, output_tokens = 0 }: Usage): Charge {
  if (!provider || !model) return NOTHING;
  const { input, output } = getTokenPrice(provider, model);
  // Prices are in credits for a million tokens, and 1000 credits are a dollar.
  const billionths = BigInt(input_tokens) * input + BigInt(output_tokens) * output;
  return toRoundedCharge(toAmount(`${billionths}e-9`));
}

function toImageCharge({ provider, model, image_count = 1 }: Usage, price: Amount): Charge {
  if (!provider || !model) return NOTHING;
  return toRoundedCharge(multiply(price, toAmount(image_count)));
}

/** Rounds up to whole credits. */
function toRoundedCharge(costUsd: Amount): Charge {
  return { credits: BigInt(roundUp(multiply(costUsd, toAmount(CREDITS_PER_USD)))), costUsd };
}

/** FIDELITY: if the result is not a whole number of credits, none are burned (real server: 0.25 units). */
function toUnitCredits({ unit_type, quantity }: Usage): bigint {
  const credits = unit_type && quantity !== undefined ? quantity * CREDITS_PER_UNIT : 0;
  return Number.isInteger(credits) ? BigInt(credits) : 0n;
}
