/** What a request answers. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export const LANTERN = '550e8400-e29b-41d4-a716-446655440000';
export const HARBOR = '550e8400-e29b-41d4-a716-446655440100';
export const KEYS: Readonly<Record<string, string>> = { [LANTERN]: 'om_lantern', [HARBOR]: 'om_harbor' };
export const ADA = '660e8400-e29b-41d4-a716-446655440001';
/** Without a wallet. */
export const BENOIT = '660e8400-e29b-41d4-a716-446655440002';
/** Whom the customer calls otherwise, so that nothing can be granted to her where users are made. */
export const CHIYO = '660e8400-e29b-41d4-a716-446655440003';
/** Of the other customer. */
export const FINN = '660e8400-e29b-41d4-a716-446655440101';
export const NOBODY = '660e8400-e29b-41d4-a716-446655440999';
export const CREW = '770e8400-e29b-41d4-a716-446655440001';
export const NO_TEAM = '770e8400-e29b-41d4-a716-446655440999';
const OWN_WALLET = '880e8400-e29b-41d4-a716-446655440000';
const ADAS_WALLET = '880e8400-e29b-41d4-a716-446655440001';
const FIRST = '990e8400-e29b-41d4-a716-446655440001';
const SECOND = '990e8400-e29b-41d4-a716-446655440002';
export const BURN = 'AI usage credit burn';
const SINCE = '2025-12-01T00:00:00.000Z';

/** What every run starts from. */
export const fixture = {
  openmonetize: {
    customers: [LANTERN, HARBOR].map((id) => ({ id, name: id, email: `${id}@example.com`, apiKey: KEYS[id] })),
    users: [
      { id: ADA, customerId: LANTERN },
      { id: BENOIT, customerId: LANTERN },
      { id: CHIYO, customerId: LANTERN, externalUserId: 'chiyo' },
      { id: FINN, customerId: HARBOR },
    ],
    teams: [{ id: CREW, customerId: LANTERN, name: 'Crew' }],
    wallets: [
      { id: OWN_WALLET, customerId: LANTERN, balance: 1000 },
      { id: ADAS_WALLET, customerId: LANTERN, userId: ADA, expiresAt: SINCE },
    ],
    transactions: [
      { id: FIRST, walletId: ADAS_WALLET, transactionType: 'PURCHASE', amount: 500, createdAt: SINCE },
      {
        id: SECOND,
        walletId: ADAS_WALLET,
        transactionType: 'GRANT',
        amount: 7,
        idempotencyKey: 'old',
        createdAt: SINCE,
      },
    ],
  },
};

export interface Wallet {
  /** `undefined` until an answer has told it. */
  id: string | undefined;
  readonly customer: string;
  readonly user: string | null;
  readonly team: string | null;
  readonly opening: bigint;
  balance: bigint;
  expiresAt: string | null;
}

export interface Entry {
  id: string | undefined;
  readonly wallet: Wallet;
  readonly caller: string;
  readonly type: 'GRANT' | 'PURCHASE' | 'BURN';
  readonly amount: bigint;
  readonly before: bigint;
  readonly after: bigint;
  readonly description: string | null;
  readonly key: string | null;
  readonly at: string;
}

export interface Event {
  readonly id: string;
  readonly key: string | undefined;
  readonly user: string | undefined;
  readonly team: string | undefined;
  readonly quantity: number;
}

export interface Calling {
  readonly caller: string;
  /** The customer that the request names, which counts in profile seed. */
  readonly named: string;
  readonly signed: boolean;
}

export interface Paying extends Calling {
  readonly user: string | undefined;
  readonly amount: number;
  readonly asText: boolean;
  readonly expiresAt: string | undefined;
}

export type Granting = Paying & Readonly<Record<'team' | 'key' | 'reason', string | undefined>>;
export type Purchasing = Paying & { readonly user: string; readonly price: number };

export interface Settings {
  readonly profile: 'seed' | 'head';
  readonly autoCreateUsers: boolean | undefined;
  /** Milliseconds. */
  readonly burnDelay: number;
}

const refusal = (status: number, error: string, message: string): Answer => ({ status, body: { error, message } });
const noKey = refusal(401, 'Unauthorized', 'Missing API key. Provide via Authorization: Bearer or X-API-Key header');
const foreign = refusal(403, 'Forbidden', 'Access denied to this customer');
const foreignEvents = refusal(
  403,
  'FORBIDDEN',
  'Events contain invalid customer_id. All events must belong to the authenticated customer.',
);
const noWallet = refusal(404, 'Not Found', 'Credit wallet not found');
const grantFailed = refusal(500, 'Internal Server Error', 'Failed to grant credits');
const purchaseFailed = refusal(500, 'Internal Server Error', 'Failed to purchase credits');

export function isRefusal(happened: Entry | Answer): happened is Answer {
  return 'status' in happened;
}

/** Balances, a list of what changed them, and what is on its way; all in the simplest form that does. */
export class Model {
  readonly settings: Settings;
  readonly wallets: Wallet[] = [
    toWallet({ id: OWN_WALLET, customer: LANTERN, balance: 1000n }),
    toWallet({ id: ADAS_WALLET, customer: LANTERN, user: ADA, expiresAt: SINCE }),
  ];
  readonly entries: Entry[] = [];
  /** Who has which users, and what they call them. */
  readonly #users = new Map(fixture.openmonetize.users.map((user) => [user.id, { externalUserId: user.id, ...user }]));
  readonly #seen = new Set<string>();
  #coming: { readonly at: number; readonly caller: string; readonly events: readonly Event[] }[] = [];
  #now: number;

  constructor(settings: Settings, now: number) {
    this.settings = settings;
    this.#now = Date.parse(SINCE);
    const [, ada] = this.wallets;
    if (!ada) return;
    this.#enter(ada, LANTERN, { type: 'PURCHASE', amount: 500n, description: null });
    this.#enter(ada, LANTERN, { type: 'GRANT', amount: 7n, description: null, key: 'old' });
    for (const [index, entry] of this.entries.entries()) entry.id = [FIRST, SECOND][index];
    this.#now = now;
  }

  /** Whatever has been due by then happens at its own instant. */
  advance(by: number): void {
    const end = this.#now + by;
    const due = this.#coming.filter(({ at }) => at <= end);
    this.#coming = this.#coming.filter(({ at }) => at > end);
    for (const { at, caller, events } of due) {
      this.#now = at;
      for (const event of events) this.#burn(caller, event);
    }
    this.#now = end;
  }

  grant(given: Granting): Entry | Answer {
    const refused = this.#check(given, [toAmountFault(given, this.settings, 1)]);
    if (refused) return refused;
    const { caller, user, key, amount, reason, expiresAt } = given;
    const earlier = key ? this.entries.find((entry) => entry.key === key) : undefined;
    if (earlier) return earlier;
    const team = user === undefined ? given.team : undefined;
    if (user === undefined ? team === NO_TEAM : !this.#isReceiver(caller, user)) return grantFailed;
    const wallet = this.#find(caller, user, team) ?? this.#open(caller, user, team);
    if (!isWhole(amount)) return grantFailed;
    const description = reason === undefined || reason === '' ? `Credit grant: ${amount} credits` : reason;
    return this.#enter(wallet, caller, { type: 'GRANT', amount: BigInt(amount), description, key, expiresAt });
  }

  purchase(given: Purchasing): Entry | Answer {
    const { caller, user, amount, price, expiresAt } = given;
    const priceFault =
      price > 0 || this.settings.profile === 'seed'
        ? undefined
        : 'body/purchasePrice Too small: expected number to be >0';
    const refused = this.#check(given, [toAmountFault(given, this.settings, 0), priceFault]);
    if (refused) return refused;
    if (!this.#isReceiver(caller, user)) return purchaseFailed;
    const wallet = this.findOfUser(user) ?? this.#open(caller, user);
    if (!isWhole(amount)) return purchaseFailed;
    const description = `Credit purchase: ${amount} credits`;
    return this.#enter(wallet, caller, { type: 'PURCHASE', amount: BigInt(amount), description, expiresAt });
  }

  ingest(
    calling: Calling,
    events: readonly Event[],
  ): Answer | { readonly accepted: number; readonly duplicates: number } {
    const refused = this.#check(calling, []);
    if (refused) return refused === foreign ? foreignEvents : refused;
    const fresh = events.filter(({ key }) => key === undefined || !this.#seen.has(`key ${key}`));
    const at = this.#now + this.settings.burnDelay;
    if (fresh.length > 0) this.#coming.push({ at, caller: calling.caller, events: fresh });
    return { accepted: fresh.length, duplicates: events.length - fresh.length };
  }

  readOwn(calling: Calling): Wallet | Answer | undefined {
    const wallet = this.#find(calling.caller);
    if (!calling.signed) return noKey;
    return wallet ?? (this.settings.profile === 'seed' ? noWallet : undefined);
  }

  readUser(calling: Calling, user: string): Wallet | Answer {
    return this.#check(calling, []) ?? this.findOfUser(user) ?? noWallet;
  }

  /** Newest first. */
  readHistory(calling: Calling, user: string): readonly Entry[] | Answer {
    const { caller } = calling;
    const own = this.entries.filter((entry) => entry.caller === caller && entry.wallet.user === user);
    return this.#check(calling, []) ?? own.reverse();
  }

  /** The oldest, whosever it is. */
  findOfUser(id: string): Wallet | undefined {
    return this.wallets.find(({ user }) => user === id);
  }

  /** What comes before the operation: the schema, the key and whose customer it is. */
  #check({ caller, named, signed }: Calling, faults: readonly (string | undefined)[]): Answer | undefined {
    const message = faults.filter((fault) => fault !== undefined).join(', ');
    const body = { statusCode: 400, code: 'FST_ERR_VALIDATION', error: 'Bad Request', message };
    if (message !== '') return { status: 400, body };
    if (!signed) return noKey;
    return caller !== named && this.settings.profile === 'seed' ? foreign : undefined;
  }

  #burn(caller: string, { id, key, user, team, quantity }: Event): void {
    if (this.#seen.has(`id ${id}`) || (key !== undefined && this.#seen.has(`key ${key}`))) return;
    if (user !== undefined && !this.#isReceiver(caller, user)) return;
    this.#seen.add(`id ${id}`);
    if (key !== undefined) this.#seen.add(`key ${key}`);
    const wallet = team === undefined ? this.#find(caller, user) : this.#find(caller, undefined, team);
    const credits = quantity * 10;
    if (!wallet || !Number.isInteger(credits)) return;
    this.#enter(wallet, caller, { type: 'BURN', amount: BigInt(-credits), description: BURN });
  }

  /** Whether a customer can have something done to a user, who is made where that is on. */
  #isReceiver(customerId: string, id: string): boolean {
    const { profile, autoCreateUsers = profile === 'head' } = this.settings;
    const holder = this.#users.get(id);
    if (!autoCreateUsers) return holder !== undefined;
    if (!holder) this.#users.set(id, { id, customerId, externalUserId: id });
    // A user who is there already is nothing to be made, and in profile seed anybody's.
    if (profile === 'seed') return true;
    return !holder || (holder.customerId === customerId && holder.externalUserId === id);
  }

  #find(customer: string, user: string | null = null, team: string | null = null): Wallet | undefined {
    return this.wallets.find((one) => one.customer === customer && one.user === user && one.team === team);
  }

  #open(customer: string, user?: string, team?: string): Wallet {
    const wallet = toWallet({ customer, user, team });
    this.wallets.push(wallet);
    return wallet;
  }

  #enter(wallet: Wallet, caller: string, posting: Posting): Entry {
    const { amount, type, description, key, expiresAt } = posting;
    const before = wallet.balance;
    wallet.balance += amount;
    if (expiresAt !== undefined) wallet.expiresAt = new Date(expiresAt).toISOString();
    const entry: Entry = {
      ...{ id: undefined, wallet, caller, type, amount, before, description },
      ...{ after: wallet.balance, key: key === '' ? null : (key ?? null), at: new Date(this.#now).toISOString() },
    };
    this.entries.push(entry);
    return entry;
  }
}

type Posting = Pick<Entry, 'type' | 'amount' | 'description'> &
  Partial<Record<'key' | 'expiresAt', string | undefined>>;

interface NewWallet {
  readonly id?: string;
  readonly customer: string;
  readonly user?: string | undefined;
  readonly team?: string | undefined;
  readonly balance?: bigint;
  readonly expiresAt?: string;
}

function toWallet({ id, customer, user, team, balance = 0n, expiresAt }: NewWallet): Wallet {
  return {
    ...{ id, customer, user: user ?? null, team: team ?? null },
    ...{ opening: balance, balance, expiresAt: expiresAt ?? null },
  };
}

function isWhole(amount: number): boolean {
  return Number.isInteger(amount) && amount < 2 ** 63;
}

/** @param least in profile head: at least 1, or more than 0 */
function toAmountFault({ amount, asText }: Paying, { profile }: Settings, least: 0 | 1): string | undefined {
  if (profile === 'seed') return amount < 1 ? 'body/amount must be >= 1' : undefined;
  if (asText) return 'body/amount Invalid input: expected number, received string';
  if (amount >= 1 || (least === 0 && amount > 0)) return undefined;
  return `body/amount Too small: expected number to be ${least === 1 ? '>=1' : '>0'}`;
}
