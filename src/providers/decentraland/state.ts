import {
  anyText,
  field,
  Field,
  flag,
  instant,
  integer,
  listOf,
  object,
  oneOf,
  text,
  type EntryOf,
  type RecordOf,
} from '../../core/provider/fields.ts';
import { FixtureMistake, type FixturePath } from '../../core/provider/fixture.ts';
import { defineCollection, type StateOf } from '../../core/store/collection.ts';
import type { Brand } from '../../core/values/brand.ts';
import { toAmount, ZERO, type Amount } from '../../core/values/decimal.ts';
import { findWei, renderMana, toWeiAmount } from './mana.ts';

/** The only tenant. */
export const TENANT = 'decentraland';

/** In lower case. */
export type Address = Brand<string, 'Address'>;
export type CreditId = Brand<string, 'CreditId'>;

/** FIDELITY: an address in a path may have any case; it is stored in lower case (published document; libraries). */
export function toAddress(written: string): Address {
  return written.toLowerCase() as Address;
}

/** JSON Schemas of fixtures and controls. */
export const address = { type: 'string', pattern: '^0x[a-fA-F0-9]{40}$' };
export const mana = { type: 'string', description: 'MANA in decimal notation, in quotes: "12.5".' };
const uuid = {
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
  description: 'A UUID.',
};
const cents = { minimum: 0, maximum: Number.MAX_SAFE_INTEGER };

const owner = field({ schema: address, parse: toAddress });

/** MANA in the file, wei in the record. @param expected for the error */
function wei(expected: string, find = findWei): Field<Amount, string> {
  const parse = (written: string, at: FixturePath): Amount => {
    const found = find(written);
    if (found === undefined) throw new FixtureMistake(at, expected);
    return toWeiAmount(found);
  };
  return field({ schema: mana, parse, dump: (amount) => renderMana(BigInt(amount)) });
}

function moment(description = 'RFC 3339, or relative to the start: now+PT1H.') {
  return instant({ type: 'string', description });
}

/** Is null in the record if it is left out in the file. */
function orLeftOut<T>({ parts }: Field<T>): Field<T | null, T | undefined> {
  return new Field({ ...parts, required: false, missing: () => null, hidden: null });
}

export const seasonFields = {
  id: integer({ minimum: 1 }),
  name: text(),
  description: anyText().or(''),
  startDate: moment().required(),
  endDate: moment().required(),
  maxMana: field<Amount, string | number>({
    schema: {
      description: 'How much can be given in all, in MANA.',
      anyOf: [
        { type: 'integer', minimum: 0 },
        { type: 'string', pattern: '^[0-9]+(\\.[0-9]+)?$' },
      ],
    },
    parse: (written) => toAmount(written),
  }).or(ZERO),
  isPaused: flag().or(false),
};

/** A period in which credits are given. */
export interface Season extends RecordOf<typeof seasonFields> {
  /** The MANA of all its credits. */
  readonly granted: Amount;
}

const flagFields = {
  cause: oneOf('multi-account', 'captcha'),
  // Null if only a control ends it.
  until: moment().orNull(),
  ip: text().orNull(),
  linkedAddresses: listOf(owner).or([]),
};
const flagged = object(flagFields);

export type Flag = RecordOf<typeof flagFields>;

export const walletFields = {
  address: owner,
  registeredAt: moment('RFC 3339, or relative to the start. Now if left out.'),
  // Its schema is not an `anyOf`, so that an error is placed inside the flag.
  flag: new Field<Flag | null, EntryOf<typeof flagFields> | null | undefined>({
    ...flagged.orNull().parts,
    schema: { ...flagged.parts.schema, type: ['object', 'null'] },
  }).hiddenIf(null),
  // Null for a participant.
  optedOutAt: moment('When the user has left the program.').orNull().hiddenIf(null),
};

/** The wallet of a registered user. */
export interface Wallet extends RecordOf<typeof walletFields> {
  /** Spendable wei: the rest of the live credits. */
  readonly balance: Amount;
  readonly place: number;
  /** Affects every request about the wallet. */
  readonly fault?: string | undefined;
}

export const creditFields = {
  id: text<CreditId>(uuid),
  address: owner,
  amount: wei('Write MANA above 0, such as "12.5".'),
  // The spent part of the amount.
  spent: wei('Write MANA of at most the amount, such as "2.5".', (written) =>
    /^0(\.0*)?$/.test(written) ? 0n : findWei(written),
  )
    .or(ZERO)
    .describe('Of the amount; 0 if left out.'),
  ended: flag().or(false).describe('Taken back, or expired.'),
  createdAt: moment(),
  expiresAt: moment('Never, if null or left out.').orNull(),
  seasonId: integer({ minimum: 0 }).or(0),
  goalId: orLeftOut(text()),
  // The week of the season in which it was given for a goal.
  weekId: orLeftOut(integer({ minimum: 1 })),
  claimedAt: moment('Given by hand, if null or left out.').orNull().hiddenIf(null),
};

/** The data that the signature of a credit covers. It never changes. The salt of the id identifies it in the contract. */
export type Terms = Pick<RecordOf<typeof creditFields>, 'id' | 'address' | 'amount' | 'expiresAt'>;

export interface Credit extends Omit<RecordOf<typeof creditFields>, 'amount' | 'expiresAt'> {
  readonly terms: Terms;
  readonly place: number;
}

const shownOfGoal = {
  title: text(),
  description: anyText().or(''),
  thumbnail: anyText().or('').describe('The address of a picture.'),
  totalSteps: integer({ minimum: 1 }).or(1).describe('1, if left out.'),
  reward: wei('Write MANA above 0, such as "2.5".'),
};

const ofWeek = { seasonId: integer({ minimum: 1 }), week: integer({ minimum: 1 }) };

/** The fields of a goal in a control, which names the week once. */
export const newGoalFields = { id: text(), ...shownOfGoal };
export const goalFields = { id: text(), ...ofWeek, ...shownOfGoal };

/** A task that earns credits in one week of a season. */
export interface Goal extends RecordOf<typeof goalFields> {
  readonly place: number;
}

export const stepsFields = {
  address: owner,
  ...ofWeek,
  goalId: text(),
  completed: integer({ minimum: 0 }),
  // The time of the last progress.
  at: instant(),
};

/** The progress of a wallet with a goal of a week. */
export type Steps = RecordOf<typeof stepsFields>;

const openFields = {
  challenge: text(),
  target: integer({ minimum: 0, maximum: 100, description: 'Percent of the width.' }),
  expiresAt: moment('RFC 3339, or relative to the start: now+PT5M.').required(),
};

export type Captcha = RecordOf<typeof openFields>;

export const captchaFields = {
  address: owner,
  // Null after an answer.
  open: object(openFields).orNull().hiddenIf(null),
  // Wrong answers since the last right one.
  failures: integer({ minimum: 0, maximum: 2 }).or(0).hiddenIf(0),
};

/** A wallet's captcha, and its failed attempts. */
export type CaptchaRecord = RecordOf<typeof captchaFields>;

export const purseFields = {
  address: owner,
  cents: integer({ ...cents, description: 'US cents that can be spent, without what purchases hold.' }),
};

/** A wallet's credits bought with dollars. It exists once the wallet had some. */
export interface Purse extends RecordOf<typeof purseFields> {
  readonly place: number;
}

export const orderFields = {
  id: text(uuid),
  address: owner,
  packId: text(),
  credits: integer(cents),
  usdCents: integer({ ...cents, description: 'The price.' }),
  status: oneOf('initiated', 'processing', 'crediting', 'credited', 'failed', 'abandoned').or('initiated'),
  newBalance: integer({ ...cents, description: 'Credits on the balance when they were put there.' }).orNull(),
  createdAt: instant(),
};

/** An order of a pack of credits. */
export interface Order extends RecordOf<typeof orderFields> {
  readonly place: number;
}

export const purchaseFields = {
  // The salt of the id identifies the credit that was signed for it on the chain.
  id: text<CreditId>(uuid),
  address: owner,
  usdCents: integer(cents),
  amount: field<Amount, string>({
    schema: { type: 'string', pattern: '^(0|[1-9][0-9]{0,76})$', description: 'Wei.' },
    parse: (written) => toAmount(written),
  }),
  status: oneOf('PENDING', 'SETTLED', 'RELEASED').or('PENDING'),
  tradeId: text().orNull(),
  contractAddress: text().orNull(),
  itemId: text().orNull(),
  name: text().orNull(),
  submittedTxHash: text().orNull(),
  txHash: text().orNull(),
  createdAt: instant(),
  expiresAt: moment('When it is released: RFC 3339, or relative to the start, now+PT10M.').required(),
};

/** Cents held for a purchase until it is settled on the chain or the hold ends. */
export interface Purchase extends RecordOf<typeof purchaseFields> {
  readonly place: number;
}

/** Later than every instant, for credits that never expire. */
export const NEVER = Number.MAX_SAFE_INTEGER;
/** In spending order, open credits come before used and ended ones. */
export const OPEN = 0;
const CLOSED = 1;

/** Whether a credit counts for the wallet's balance: not used up, not revoked and not yet marked as expired. */
export function isOpen({ ended, terms, spent }: Credit): boolean {
  return !ended && spent !== terms.amount;
}

export function toGoalKey({ seasonId, week, id }: Pick<Goal, 'seasonId' | 'week' | 'id'>): string {
  return `${seasonId} ${week} ${id}`;
}

export function toStepsKey({ address: wallet, seasonId, week, goalId }: Omit<Steps, 'completed' | 'at'>): string {
  return `${wallet} ${toGoalKey({ seasonId, week, id: goalId })}`;
}

export const collections = {
  wallets: defineCollection({
    key: (wallet: Wallet) => wallet.address,
    unique: { fault: (wallet) => (wallet.fault === undefined ? undefined : [wallet.address]) },
    orders: { place: (wallet) => [wallet.place] },
    balances: [{ field: 'balance', unit: 'wei', tenant: () => TENANT, account: (wallet) => wallet.address }],
  }),
  credits: defineCollection({
    key: (credit: Credit) => credit.id,
    orders: {
      // ASSUMED: earliest expiry first, then creation, then id; this order decides which credit is spent first.
      spending: (credit) => [
        credit.address,
        isOpen(credit) ? OPEN : CLOSED,
        credit.terms.expiresAt ?? NEVER,
        credit.createdAt,
        credit.id,
      ],
      claims: (credit) => [credit.address, credit.seasonId, credit.goalId ?? '', credit.createdAt, credit.id],
    },
  }),
  seasons: defineCollection({
    key: (season: Season) => String(season.id),
    orders: { start: (season) => [season.startDate, season.id] },
  }),
  goals: defineCollection({
    key: (goal: Goal) => toGoalKey(goal),
    orders: { week: ({ seasonId, week, place }) => [seasonId, week, place] },
  }),
  steps: defineCollection({ key: (steps: Steps) => toStepsKey(steps) }),
  captchas: defineCollection({ key: (captcha: CaptchaRecord) => captcha.address }),
  purses: defineCollection({
    key: (purse: Purse) => purse.address,
    balances: [{ field: 'cents', unit: 'usd-cent', tenant: () => TENANT, account: (purse) => purse.address }],
  }),
  orders: defineCollection({
    key: (order: Order) => order.id,
    orders: { owner: (order) => [order.address, order.createdAt, order.place] },
  }),
  purchases: defineCollection({
    key: (purchase: Purchase) => purchase.id,
    orders: {
      owner: ({ address: buyer, createdAt, place }) => [buyer, createdAt, place],
      status: ({ address: buyer, status, createdAt, place }) => [buyer, status, createdAt, place],
    },
  }),
};

export type State = StateOf<typeof collections>;
