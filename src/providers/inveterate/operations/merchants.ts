import { getMember } from '../members.ts';
import type { InveterateOperation } from '../operation.ts';
import { presentBenefit, presentTier } from '../present.ts';
import type { Benefit, Merchant, State, Tier } from '../state.ts';
import { assert } from '../errors.ts';

/** ASSUMED: the fields are not documented. */
export const findMerchant: InveterateOperation<'MerchantController_findOne'> = ({ principal }) => {
  const { merchantId, name, shopDomain, currency } = principal;
  return { status: 200, body: { message: 'Merchant found', data: { merchantId, name, shopDomain, currency } } };
};

export const findTiers: InveterateOperation<'TiersController_findAll'> = ({ query, principal }) => {
  assert(principal.tiers.length > 0, 'WITHOUT_TIERS');
  const tiers = principal.tiers.map((tier) => presentTier(principal, tier, query.includeBenefits));
  return { status: 200, body: { message: 'Tiers found', data: { tiers } } };
};

export const findTier: InveterateOperation<'TiersController_findOne'> = ({ path, query, principal }) => {
  const data = presentTier(principal, getTier(principal, path.segmentId), query.includeBenefits);
  return { status: 200, body: { message: 'Tier found', data } };
};

export const findTierBenefits: InveterateOperation<'TiersController_findBenefits'> = ({ path, principal }) =>
  toBenefits(getTier(principal, path.segmentId).benefits);

export const findTierBenefit: InveterateOperation<'TiersController_findBenefit'> = ({ path, principal }) =>
  toBenefit(getTier(principal, path.segmentId).benefits, path.type);

/** FIDELITY: the id is the customer's, and the response is that customer's tier (vendor docs). */
export const findTierOfMember: InveterateOperation<'StorefrontTiersController_findOne'> = (call) => {
  const tier = getTierOf(call.state, call.principal, call.path.id);
  const data = presentTier(call.principal, tier, call.query.includeBenefits);
  return { status: 200, body: { message: 'Tier found', data } };
};

export const findBenefitsOfMember: InveterateOperation<'StorefrontTiersController_findBenefits'> = (call) =>
  toBenefits(getTierOf(call.state, call.principal, call.path.id).benefits);

export const findBenefits: InveterateOperation<'BenefitsController_findAll'> = ({ principal }) =>
  toBenefits(getOwnBenefits(principal));

export const findBenefit: InveterateOperation<'BenefitsController_findOne'> = ({ path, principal }) =>
  toBenefit(getOwnBenefits(principal), path.type);

/** @throws WITHOUT_TIERS, NO_SUCH_TIER */
function getTier({ tiers }: Merchant, id: string | undefined): Tier {
  // FIDELITY: these operations are only for merchants with tiers (vendor docs).
  assert(tiers.length > 0, 'WITHOUT_TIERS');
  const tier = tiers.find(({ segmentId }) => segmentId === id);
  assert(tier, 'NO_SUCH_TIER');
  return tier;
}

/** FIDELITY: only merchants without tiers have their own benefits (vendor docs). @throws WITH_TIERS */
function getOwnBenefits({ tiers, benefits }: Merchant): readonly Benefit[] {
  assert(tiers.length === 0, 'WITH_TIERS');
  return benefits;
}

function getTierOf(state: State, principal: Merchant, id: string): Tier {
  return getTier(principal, getMember(state, principal, id).enrolment.segmentId);
}

function toBenefits(benefits: readonly Benefit[]) {
  return {
    status: 200,
    body: { message: 'Benefits found', data: { benefits: benefits.map(presentBenefit) } },
  } as const;
}

/** @throws NO_SUCH_BENEFIT */
function toBenefit(benefits: readonly Benefit[], type: string) {
  const benefit = benefits.find((one) => one.type === type);
  assert(benefit, 'NO_SUCH_BENEFIT');
  return { status: 200, body: { message: 'Benefit found', data: presentBenefit(benefit) } } as const;
}
