import { parseInstant, toLater, type Instant } from '../../core/values/clock.ts';
import { text, toObjectSchema } from '../../core/values/json-schema.ts';
import type { Control } from '../../core/provider/provider.ts';
import type { Context } from '../../core/provider/call.ts';
import { toSalt } from './credit-signature.ts';
import { assert } from './errors.ts';
import { giveCredit, isClaimed } from './giving.ts';
import { BLOCKED } from './goals/rules.ts';
import { parseWei, renderMana, toWeiAmount } from './mana.ts';
import type { Decentraland } from './operation.ts';
import { presentAnyCredit, presentFlag, presentSeason } from './present.ts';
import { findGivingSeason, isAlive, spread, toFreshExpiry } from './rules.ts';
import {
  address,
  isOpen,
  mana,
  toAddress,
  type Address,
  type Credit,
  type Flag,
  type Season,
  type State,
} from './state.ts';
import { flagWallet, getCurrentSeason, getWallet, listSpendable, putCredit, register } from './wallets.ts';

const amount = { ...mana, description: 'MANA in decimal notation, such as "12.5".' };
const creditId = { ...text, description: 'its UUID, or its salt, which is its id on the wire.' };

interface Grant {
  readonly address: string;
  readonly amount: string;
  readonly goalId?: string;
  readonly expiresAt?: string | null;
}

/**
 * FIDELITY: credits are given for goals or by hand, one for each user, season, goal and week (third-party notes).
 * ASSUMED: one without a goal is given by hand; an unregistered address is registered.
 */
export const grant: Control<Decentraland, Grant> = {
  describe: 'Give a wallet a credit, as for a goal that was reached. Registers an unregistered wallet.',
  schema: toObjectSchema(['address', 'amount'], {
    address,
    amount,
    goalId: text,
    expiresAt: {
      type: ['string', 'null'],
      description: 'RFC 3339, or null for never. Two weeks after the end of the season if left out.',
    },
  }),
  run: (context) => {
    const { state, now, args } = context;
    const { address: owner } = register(context, toAddress(args.address));
    const season = findGivingSeason([...state.seasons.list('start')], now);
    const { goalId = null } = args;
    assert(goalId === null || !season || !isClaimed(state, { owner, goalId }, season, now), 'GOAL_CLAIMED');
    const expiresAt = toExpiresAt(args.expiresAt, season, now);
    const wei = parseWei(args.amount);
    const credit = giveCredit(context, { owner, wei, expiresAt, season, goalId, createdAt: now });
    return presentAnyCredit(credit, now);
  },
};

function toExpiresAt(written: string | null | undefined, season: Season | undefined, now: Instant): Instant | null {
  if (written === null) return null;
  if (written === undefined) return toFreshExpiry(season, now);
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
    creditId: { ...creditId, description: `Only this credit: ${creditId.description}` },
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

/** Searches the spendable credits first. */
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
  describe: 'Revoke a credit, as the contract can.',
  schema: toObjectSchema(['address', 'creditId'], { address, creditId }),
  run: (context) => {
    const { state, now, args } = context;
    const { address: owner } = getWallet(state, args.address);
    const credit: Credit = { ...getSpendable(context, owner, args.creditId), ended: true };
    putCredit(state, credit);
    return presentAnyCredit(credit, now);
  },
};

interface NewFlag {
  readonly address: string;
  readonly cause: Flag['cause'];
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
  run: (context) => {
    const { args } = context;
    const wallet = getWallet(context.state, args.address);
    const until = args.cause === 'captcha' ? toLater(context.now, BLOCKED) : null;
    const flagged = flagWallet(context, wallet.address, {
      cause: args.cause,
      until,
      ip: args.cause === 'captcha' ? null : (args.ip ?? null),
      linkedAddresses: args.cause === 'captcha' ? [] : (args.linkedAddresses ?? []).map(toAddress),
    });
    return presentFlag(flagged);
  },
};

export const unflag: Control<Decentraland, { readonly address: string }> = {
  describe: 'Remove the flag of a user.',
  schema: toObjectSchema(['address'], { address }),
  run: ({ state, args }) => {
    const wallet = getWallet(state, args.address);
    state.wallets.put({ ...wallet, flag: null });
    return { address: wallet.address };
  },
};

export const pauseSeason: Control<Decentraland, { readonly isPaused?: boolean }> = {
  describe: 'Pause or resume the current season.',
  schema: toObjectSchema([], { isPaused: { type: 'boolean', default: true } }),
  run: ({ state, now, args: { isPaused = true } }) => {
    const paused = { ...getCurrentSeason(state, now), isPaused };
    state.seasons.put(paused);
    return presentSeason(paused, now);
  },
};

/** ASSUMED: existing credits keep their expiry, because it is signed. */
export const endSeason: Control<Decentraland, object> = {
  describe: 'End the current season now.',
  schema: toObjectSchema([], {}),
  run: ({ state, now }) => {
    const season = getCurrentSeason(state, now);
    state.seasons.put({ ...season, endDate: now });
    return { id: season.id };
  },
};
