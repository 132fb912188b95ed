import { assert } from './errors.ts';
import type { Benefit, Member, Merchant, State, Tier } from './state.ts';

/** Returns the tier of a member. ASSUMED: a `segmentId` that the merchant does not have counts as no tier. */
export function findTier(
  state: State,
  { merchantId, enrolment }: Pick<Member, 'merchantId' | 'enrolment'>,
): Tier | undefined {
  return state.merchants.find(merchantId)?.tiers.find(({ segmentId }) => segmentId === enrolment.segmentId);
}

/** @throws WITHOUT_TIERS, NO_SUCH_TIER */
export function getTier({ tiers }: Merchant, id: string | undefined): Tier {
  // FIDELITY: these operations are only for merchants with tiers (vendor docs).
  assert(tiers.length > 0, 'WITHOUT_TIERS');
  const tier = tiers.find(({ segmentId }) => segmentId === id);
  assert(tier, 'NO_SUCH_TIER');
  return tier;
}

/** @throws NO_SUCH_BENEFIT */
export function getBenefit(benefits: readonly Benefit[], type: string): Benefit {
  const benefit = benefits.find((one) => one.type === type);
  assert(benefit, 'NO_SUCH_BENEFIT');
  return benefit;
}

/** FIDELITY: only merchants without tiers have their own benefits (vendor docs). @throws WITH_TIERS */
export function getOwnBenefits({ tiers, benefits }: Merchant): readonly Benefit[] {
  assert(tiers.length === 0, 'WITH_TIERS');
  return benefits;
}
