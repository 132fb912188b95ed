import type { Context } from '../../../core/provider/call.ts';
import { toExpirySeconds, sign } from '../credit-signature.ts';
import { assert } from '../errors.ts';
import { giveCredit, isClaimed } from '../giving.ts';
import { toAddress, toGoalKey, type Credit, type Season } from '../state.ts';
import { parseWei } from '../mana.ts';
import type { Decentraland, DocumentOperation, SharedOperation, WireOperation } from '../operation.ts';
import { findGivingSeason, toFreshExpiry, toWeek } from '../rules.ts';
import { register } from '../wallets.ts';

// FIDELITY: the administrator names a goal (documentation site). ASSUMED: one of the current week, which is given once.
export const grantCredit: DocumentOperation<'grantCredit'> = (call) => {
  const { state, now, path, body } = call;
  const season = findSeason(call);
  assert(season, 'BAD_REQUEST');
  const goal = state.goals.find(toGoalKey({ seasonId: season.id, week: toWeek(season, now).number, id: body.goalId }));
  assert(goal, 'UNKNOWN_GOAL');
  const owner = toAddress(path.address);
  assert(!isClaimed(state, { owner, goalId: goal.id }, season, now), 'ALREADY_GRANTED');
  const credit = give(call, { address: owner, wei: BigInt(goal.reward), season, goalId: goal.id });
  return { status: 200, body: presentGrant(credit, season) };
};

// FIDELITY: an amount, on demand, independent of goals (third-party notes).
export const grantWireCredit: WireOperation<'grantCredit'> = (call) => {
  const season = findSeason(call);
  const wei = parseWei(call.body.amount, 'BAD_REQUEST');
  const credit = give(call, { address: toAddress(call.path.address), wei, season, goalId: null });
  return { status: 200, body: { ...presentGrant(credit, season), creditId: credit.id } };
};

// FIDELITY: 100 MANA by default (shop client).
export const mintCredit: SharedOperation<'mintCredit'> = (call) => {
  const { options, body } = call;
  assert(options.dev, 'NOT_FOUND');
  const season = findSeason(call);
  const wei = parseWei(body.amount ?? 100, 'BAD_REQUEST');
  const credit = give(call, { address: toAddress(body.address), wei, season, goalId: null });
  const { signature, expiresAt, seasonId } = presentGrant(credit, season);
  return { status: 200, body: { signature, expiresAt, seasonId, creditId: credit.id } };
};

function findSeason({ state, now }: Context<Decentraland>): Season | undefined {
  return findGivingSeason([...state.seasons.list('start')], now);
}

interface Given {
  readonly address: Credit['address'];
  readonly wei: bigint;
  readonly season: Season | undefined;
  readonly goalId: string | null;
}

function give(call: Context<Decentraland>, { address, ...given }: Given): Credit {
  const { address: owner } = register(call, address);
  const expiresAt = toFreshExpiry(given.season, call.now);
  return giveCredit(call, { owner, ...given, expiresAt, createdAt: call.now });
}

function presentGrant({ terms }: Credit, season: Season | undefined) {
  return {
    signature: sign(terms).signature,
    expiresAt: toExpirySeconds(terms),
    season: season ? { name: season.name, id: season.id } : null,
    seasonId: season?.id ?? null,
  };
}
