import { getMember } from '../members.ts';
import type { InveterateOperation } from '../operation.ts';
import { presentBenefit, presentTier } from '../present.ts';
import { getBenefit, getOwnBenefits, getTier } from '../tiers.ts';
import type { Benefit, Merchant, State, Tier } from '../state.ts';
import { assert } from '../errors.ts';

export const findTiers: InveterateOperation<'TiersController_findAll'> = ({ query, principal }) => {
  assert(principal.tiers.length > 0, 'WITHOUT_TIERS');
  const tiers = principal.tiers.map((tier) => presentTier(principal, tier, query.includeBenefits));
  return { status: 200, body: { message: 'Tiers found', data: { tiers } } };
};

export const findTier: InveterateOperation<'TiersController_findOne'> = ({ path, query, principal }) => ({
  status: 200,
  body: {
    message: 'Tier found',
    data: presentTier(principal, getTier(principal, path.segmentId), query.includeBenefits),
  },
});

export const findTierBenefits: InveterateOperation<'TiersController_findBenefits'> = ({ path, principal }) =>
  toBenefits(getTier(principal, path.segmentId).benefits);

export const findTierBenefit: InveterateOperation<'TiersController_findBenefit'> = ({ path, principal }) =>
  toBenefit(getTier(principal, path.segmentId).benefits, path.type);

/** FIDELITY: the id is the customer's, and the response is that customer's tier (vendor docs). */
export const findTierOfMember: InveterateOperation<'StorefrontTiersController_findOne'> = (call) => {
  const tier = getTierOf(call.state, call.principal, call.path.id);
  return {
    status: 200,
    body: { message: 'Tier found', data: presentTier(call.principal, tier, call.query.includeBenefits) },
  };
};

export const findBenefitsOfMember: InveterateOperation<'StorefrontTiersController_findBenefits'> = ({
  path,
  state,
  principal,
}) => toBenefits(getTierOf(state, principal, path.id).benefits);

export const findBenefits: InveterateOperation<'BenefitsController_findAll'> = ({ principal }) =>
  toBenefits(getOwnBenefits(principal));

export const findBenefit: InveterateOperation<'BenefitsController_findOne'> = ({ path, principal }) =>
  toBenefit(getOwnBenefits(principal), path.type);

export const findStorefrontBenefit: InveterateOperation<'StorefrontBenefitsController_findOne'> = ({
  path,
  principal,
}) => toBenefit(getOwnBenefits(principal), path.type);

function getTierOf(state: State, principal: Merchant, id: string): Tier {
  return getTier(principal, getMember(state, principal, id).enrolment.segmentId);
}

function toBenefits(benefits: readonly Benefit[]) {
  return {
    status: 200,
    body: { message: 'Benefits found', data: { benefits: benefits.map(presentBenefit) } },
  } as const;
}

function toBenefit(benefits: readonly Benefit[], type: string) {
  return { status: 200, body: { message: 'Benefit found', data: presentBenefit(getBenefit(benefits, type)) } } as const;
}
