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
  /** Null for one that never expires. */
  readonly expiresAt: Instant | null;
  /** Whose credits are given, as it is now; none where none has begun. */
  readonly season: Season | undefined;
  /** What it is for; null where it is given by hand. */
  readonly goalId: string | null;
  readonly createdAt: Instant;
}

/** Makes a credit of a wallet that is there, and counts it as the season's. */
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
