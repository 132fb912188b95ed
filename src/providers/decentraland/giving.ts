import type { Context } from '../../core/provider/call.ts';
import type { Instant } from '../../core/values/clock.ts';
import { add, toAmount } from '../../core/values/decimal.ts';
import { createCreditId } from './identifiers.ts';
import { renderMana, toWeiAmount } from './mana.ts';
import type { Decentraland } from './operation.ts';
import { toWeek } from './rules.ts';
import type { Address, Credit, Season, State } from './state.ts';
import { putCredit } from './wallets.ts';

export interface Gift {
  readonly owner: Address;
  readonly wei: bigint;
  /** Null for a credit that never expires. */
  readonly expiresAt: Instant | null;
  /** The season whose credits are given, in its current state; none if no season has begun. */
  readonly season: Season | undefined;
  /** The goal; null for a credit given by hand. */
  readonly goalId: string | null;
  readonly createdAt: Instant;
}

/** Creates a credit of an existing wallet, and counts it for the season. */
export function giveCredit({ state, now, random, ids, schedule }: Context<Decentraland>, gift: Gift): Credit {
  const { owner, wei, expiresAt, season, goalId, createdAt } = gift;
  const id = createCreditId(state, random);
  const amount = toWeiAmount(wei);
  const credit: Credit = {
    id,
    address: owner,
    terms: { id, address: owner, amount, expiresAt },
    spent: toWeiAmount(0n),
    ended: false,
    createdAt,
    seasonId: season?.id ?? 0,
    goalId,
    weekId: season && goalId !== null ? toWeek(season, now).number : null,
    claimedAt: goalId === null ? null : now,
    place: ids.next('credit'),
  };
  putCredit(state, credit);
  if (season) state.seasons.put({ ...season, granted: add(season.granted, toAmount(renderMana(wei))) });
  if (expiresAt !== null) schedule(expiresAt, 'expire', { id });
  return credit;
}

interface Goal {
  readonly owner: Address;
  readonly goalId: string;
}

/** FIDELITY: one credit for each user, season, goal and week (third-party notes). */
export function isClaimed(state: State, { owner, goalId }: Goal, season: Season, now: Instant): boolean {
  const { number, start } = toWeek(season, now);
  const within = [owner, season.id, goalId];
  const [first] = state.credits.list('claims', { within, after: [...within, start] });
  return first !== undefined && toWeek(season, first.createdAt).number === number;
}
