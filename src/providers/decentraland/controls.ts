import { parseInstant, toLater, type Instant } from '../../core/values/clock.ts';
import { add, toAmount } from '../../core/values/decimal.ts';
import { text, toObjectSchema } from '../../core/values/json-schema.ts';
import type { Control } from '../../core/provider/provider.ts';
import type { Context } from '../../core/provider/call.ts';
import { assert } from './errors.ts';
import { createCreditId } from './identifiers.ts';
import { findWei, renderMana, toWeiAmount } from './mana.ts';
import type { Decentraland } from './operation.ts';
import { presentAnyCredit, presentFlag, presentSeason } from './present.ts';
import { findGivingSeason, isAlive, spread, toExpiry, toWeek } from './rules.ts';
import {
  isOpen,
  type Address,
  type Credit,
  type Flag,
  type FlagCause,
  type Season,
  type State,
  type Terms,
  toAddress,
} from './state.ts';
import { toSalt } from './credit-signature.ts';
import { findSeason, getWallet, listSpendable, putCredit, register } from './wallets.ts';

const address = { type: 'string', pattern: '^0x[a-fA-F0-9]{40}$' };
const amount = { type: 'string', description: 'MANA in decimal notation, such as "12.5".' };
const creditId = { ...text, description: 'its UUID, or its salt, which is its id on the wire.' };

function parseWei(written: string): bigint {
  const wei = findWei(written);
  assert(wei !== undefined, 'NOT_AN_AMOUNT');
  return wei;
}

interface Grant {
  readonly address: string;
  readonly amount: string;
  readonly goalId?: string;
  readonly expiresAt?: string | null;
}

/**
 * FIDELITY: credits come of goals or are given by hand, one for each user, season, goal and week (third-party
 * notes). ASSUMED: one without a goal is given by hand; an address that is not registered is by this.
 */
export const grant: Control<Decentraland, Grant> = {
  describe: 'Give a wallet a credit, as for a goal that was reached; who is not registered is by this.',
  schema: toObjectSchema(['address', 'amount'], {
    address,
    amount,
    goalId: text,
    expiresAt: {
      type: ['string', 'null'],
      description: 'RFC 3339, or null for never; two weeks after the end of the season if left out.',
    },
  }),
  run: (context) => {
    const { state, now, random, ids, args, schedule } = context;
    const { address: owner } = register(context, toAddress(args.address));
    const season = findGivingSeason([...state.seasons.list('start')], now);
    assertUnclaimed(state, owner, args.goalId, season, now);
    const expiresAt = toExpiresAt(args.expiresAt, season, now);
    const id = createCreditId(state, random);
    const wei = parseWei(args.amount);
    const terms: Terms = { id, address: owner, amount: toWeiAmount(wei), expiresAt };
    const credit: Credit = {
      id,
      address: owner,
      terms,
      spent: toWeiAmount(0n),
      ended: false,
      createdAt: now,
      seasonId: season?.id ?? 0,
      goalId: args.goalId ?? null,
      weekId: season && args.goalId !== undefined ? toWeek(season, now).number : null,
      claimedAt: args.goalId === undefined ? null : now,
      place: ids.next('credit'),
    };
    putCredit(state, credit);
    if (season) state.seasons.put({ ...season, granted: add(season.granted, toAmount(renderMana(wei))) });
    if (expiresAt !== null) schedule(expiresAt, 'expire', { id });
    return presentAnyCredit(credit, now);
  },
};

function toExpiresAt(written: string | null | undefined, season: Season | undefined, now: Instant): Instant | null {
  if (written === null) return null;
  if (written === undefined) {
    const expiry = season && toExpiry(season);
    return expiry !== undefined && expiry > now ? expiry : null;
  }
  const expiresAt = findInstant(written);
  assert(expiresAt !== undefined && expiresAt > now, 'EXPIRY_PAST');
  return expiresAt;
}

function findInstant(written: string): Instant | undefined {
  try {
    return parseInstant(written);
  } catch {
    return undefined;
  }
}

function assertUnclaimed(
  state: State,
  owner: Address,
  goalId: string | undefined,
  season: Season | undefined,
  now: Instant,
): void {
  if (goalId === undefined || !season) return;
  const { number, start } = toWeek(season, now);
  const goal = [owner, season.id, goalId];
  const [first] = state.credits.list('claims', { within: goal, after: [...goal, start] });
  assert(!first || toWeek(season, first.createdAt).number !== number, 'GOAL_CLAIMED');
}

interface Consumption {
  readonly address: string;
  readonly amount: string;
  readonly creditId?: string;
}

/** FIDELITY: in the order of the list, each credit fully and the last one partly (contract). */
export const consume: Control<Decentraland, Consumption> = {
  describe: 'Spend credits of a wallet, as a purchase on the chain does, in the order of the list.',
  schema: toObjectSchema(['address', 'amount'], {
    address,
    amount,
    creditId: { ...creditId, description: `Only of this one: ${creditId.description}` },
  }),
  run: (context) => {
    const { state, now, args } = context;
    const { address: owner } = getWallet(state, args.address);
    const wei = parseWei(args.amount);
    const spendable = listSpendable(state, owner, now);
    const chosen = args.creditId === undefined ? spendable : [getSpendable(context, owner, args.creditId)];
    const parts = spread(chosen, wei);
    const taken = parts.reduce((sum, part) => sum + part.taken, 0n);
    assert(taken === wei, 'NOT_ENOUGH_CREDITS');
    const used = parts.map(({ credit, taken: part }) => {
      const after: Credit = { ...credit, spent: toWeiAmount(BigInt(credit.spent) + part) };
      putCredit(state, after);
      return presentAnyCredit(after, now);
    });
    const { balance } = getWallet(state, owner);
    return { used, left: renderMana(BigInt(balance)) };
  },
};

function getCredit(state: State, owner: Address, id: string): Credit {
  const credit = id.startsWith('0x') ? findBySalt(state, owner, id.toLowerCase()) : state.credits.find(id);
  assert(credit?.address === owner, 'CREDIT_NOT_FOUND');
  return credit;
}

/** What can be spent is looked through first. */
function findBySalt(state: State, owner: Address, salt: string): Credit | undefined {
  for (const credit of state.credits.list('spending', { within: [owner] })) {
    if (toSalt(credit.id) === salt) return credit;
  }
  return undefined;
}

function getSpendable({ state, now }: Context<Decentraland>, owner: Address, id: string): Credit {
  const credit = getCredit(state, owner, id);
  assert(isOpen(credit) && isAlive(credit, now), 'CREDIT_SPENT');
  return credit;
}

/** FIDELITY: a credit can be revoked on the chain (contract). */
export const revoke: Control<Decentraland, { readonly address: string; readonly creditId: string }> = {
  describe: 'Take a credit back, as the contract can.',
  schema: toObjectSchema(['address', 'creditId'], { address, creditId }),
  run: (context) => {
    const { state, now, args } = context;
    const { address: owner } = getWallet(state, args.address);
    const credit: Credit = { ...getSpendable(context, owner, args.creditId), ended: true };
    putCredit(state, credit);
    return presentAnyCredit(credit, now);
  },
};

const DAY = 86_400_000;

interface NewFlag {
  readonly address: string;
  readonly cause: FlagCause;
  readonly ip?: string;
  readonly linkedAddresses?: readonly string[];
}

/** FIDELITY: both causes (published document); three wrong captchas flag for 24 hours (documentation site). */
export const flag: Control<Decentraland, NewFlag> = {
  describe: 'Flag a user, for several accounts until unflagged, or for wrong captchas for 24 hours.',
  schema: toObjectSchema(['address', 'cause'], {
    address,
    cause: { enum: ['multi-account', 'captcha'] },
    ip: text,
    linkedAddresses: { type: 'array', items: address },
  }),
  run: ({ state, now, args, schedule }) => {
    const wallet = getWallet(state, args.address);
    const until = args.cause === 'captcha' ? toLater(now, DAY) : null;
    const flagged: Flag = {
      cause: args.cause,
      until,
      ip: args.cause === 'captcha' ? null : (args.ip ?? null),
      linkedAddresses: args.cause === 'captcha' ? [] : (args.linkedAddresses ?? []).map(toAddress),
    };
    state.wallets.put({ ...wallet, flag: flagged });
    if (until !== null) schedule(until, 'unflag', { address: wallet.address });
    return presentFlag(flagged);
  },
};

export const unflag: Control<Decentraland, { readonly address: string }> = {
  describe: 'Take the flag of a user away.',
  schema: toObjectSchema(['address'], { address }),
  run: ({ state, args }) => {
    const wallet = getWallet(state, args.address);
    state.wallets.put({ ...wallet, flag: null });
    return { address: wallet.address };
  },
};

export const pauseSeason: Control<Decentraland, { readonly isPaused?: boolean }> = {
  describe: 'Pause the season that runs, or let it go on.',
  schema: toObjectSchema([], { isPaused: { type: 'boolean', default: true } }),
  run: ({ state, now, args: { isPaused = true } }) => {
    const season = findSeason(state, now);
    assert(season, 'SEASON_NOT_FOUND');
    const paused = { ...season, isPaused };
    state.seasons.put(paused);
    return presentSeason(paused, now);
  },
};

/** ASSUMED: credits that were given keep the expiry that they have, for it is signed. */
export const endSeason: Control<Decentraland, object> = {
  describe: 'End the season that runs, now.',
  schema: toObjectSchema([], {}),
  run: ({ state, now }) => {
    const season = findSeason(state, now);
    assert(season, 'SEASON_NOT_FOUND');
    state.seasons.put({ ...season, endDate: now });
    return { id: season.id };
  },
};
