import { CREDITS_PER_IMAGE, CREDITS_PER_UNIT, getTokenPrice } from './prices.ts';
import type { EventType } from './state.ts';

/** What of an event its price depends on. */
export interface Usage {
  readonly event_type: EventType;
  readonly provider?: string;
  readonly model?: string;
  readonly unit_type?: string;
  readonly quantity?: number;
  readonly input_tokens?: number;
  readonly output_tokens?: number;
  readonly image_count?: number;
}

const MILLION = 1_000_000n;

/** Credits that an event burns. FIDELITY: real server, section by section. */
export function toCredits(usage: Usage): bigint {
  switch (usage.event_type) {
    case 'TOKEN_USAGE':
      return toTokenCredits(usage);
    case 'IMAGE_GENERATION':
      return usage.provider && usage.model ? BigInt(usage.image_count ?? 1) * CREDITS_PER_IMAGE : 0n;
    case 'CUSTOM':
      return toUnitCredits(usage);
    case 'API_CALL':
    case 'FEATURE_ACCESS':
      return 0n;
  }
}

/** Rounded up to whole credits. */
function toTokenCredits({ provider, model, input_tokens = 0, output_tokens = 0 }: Usage): bigint {
  if (!provider || !model) return 0n;
  const { input, output } = getTokenPrice(provider, model);
  const millionths = BigInt(input_tokens) * input + BigInt(output_tokens) * output;
  return (millionths + MILLION - 1n) / MILLION;
}

/** FIDELITY: what does not come to whole credits burns none (real server: 0.25 units). */
function toUnitCredits({ unit_type, quantity }: Usage): bigint {
  const credits = unit_type && quantity !== undefined ? quantity * CREDITS_PER_UNIT : 0;
  return Number.isInteger(credits) ? BigInt(credits) : 0n;
}
