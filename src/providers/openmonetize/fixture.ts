import { defineFixture, defineList } from '../../core/provider/fixture-list.ts';
import { FixtureMistake, type FixtureContext, type FixturePath } from '../../core/provider/fixture.ts';
import { assertUnheld, getReferred, listByPlace, type Loading } from '../../core/provider/loading.ts';
import { add, ZERO, type Amount } from '../../core/values/decimal.ts';
import { generate } from './generation.ts';
import { createUuid } from './identifiers.ts';
import {
  burnTableFields,
  customerFields,
  entitlementFields,
  eventFields,
  parseCredits,
  quotaFields,
  teamFields,
  toHistory,
  toTransactionKey,
  toUserKey,
  transactionFields,
  unitPriceFields,
  userFields,
  walletFields,
  type CustomerId,
  type State,
  type Transaction,
  type UsageEvent,
  type User,
  type UserId,
  type WalletId,
} from './state.ts';
import { storeEvent } from './stored.ts';
import { toNextPlace } from './transactions.ts';

const customers = defineList({
  fields: customerFields,
  load(entry, at, loading) {
    const { state, context } = loading;
    loading.assertNew(`customer ${entry.id}`, [...at, 'id']);
    assertOnly(state.customers.findBy('email', entry.email), entry, [...at, 'email']);
    assertOnly(state.customers.findBy('apiKey', entry.apiKey), entry, [...at, 'apiKey']);
    const place = state.customers.find(entry.id)?.place ?? context.ids.next('customer');
    state.customers.put({ ...entry, place });
  },
  dump: (state: State) => state.customers.list('place'),
});

const users = defineList({
  fields: userFields,
  load(entry, at, loading) {
    const { state, context } = loading;
    loading.assertNew(`user ${entry.id}`, [...at, 'id']);
    assertCustomer(entry.customerId, [...at, 'customerId'], state);
    const place = state.users.find(entry.id)?.place ?? context.ids.next('user');
    const user: User = { ...entry, externalUserId: entry.externalUserId ?? entry.id, place };
    const holder = state.users.findBy('external', user.customerId, user.externalUserId);
    assertOnly(holder, user, [...at, 'externalUserId']);
    state.users.put(user);
  },
  dump: (state: State) => listByPlace(state.users),
});

const teams = defineList({
  fields: teamFields,
  load(entry, at, loading) {
    const { state } = loading;
    loading.assertNew(`team ${entry.id}`, [...at, 'id']);
    assertCustomer(entry.customerId, [...at, 'customerId'], state);
    state.teams.put(entry);
  },
  dump: (state: State) => state.teams.values(),
});

interface DeclaredWallet {
  readonly balance: Amount | undefined;
  readonly at: FixturePath;
  hasTransactions: boolean;
}

/** State that the lists of wallets and transactions share while a section is loaded. */
interface Progress {
  readonly wallets: Map<WalletId, DeclaredWallet>;
  /** The ids of the transactions that the section adds. */
  readonly added: string[];
  /** The ids of the transactions that existed before. */
  readonly known: ReadonlySet<string>;
}

const sections = new WeakMap<Loading<State>, Progress>();

function getProgress(loading: Loading<State>): Progress {
  const started = sections.get(loading);
  if (started) return started;
  const known = new Set(Array.from(loading.state.transactions.values(), ({ id }) => id));
  const progress: Progress = { wallets: new Map(), added: [], known };
  sections.set(loading, progress);
  return progress;
}

const wallets = defineList({
  fields: walletFields,
  begin(entries, { state }) {
    forgetTransactions(new Set(entries.map(({ id }) => id)), state);
  },
  load(entry, at, loading) {
    const { state, context } = loading;
    const { id, customerId, userId, teamId, balance } = entry;
    loading.assertNew(`wallet ${id}`, [...at, 'id']);
    assertUser(userId, [...at, 'userId'], state);
    if (teamId !== null) getReferred(state.teams.find(teamId), `team "${teamId}"`, [...at, 'teamId']);
    if (userId !== null && teamId !== null) {
      throw new FixtureMistake([...at, 'teamId'], 'A wallet cannot have both a user and a team. Remove one.');
    }
    assertCustomer(customerId, [...at, 'customerId'], state);
    getProgress(loading).wallets.set(id, { balance, at: [...at, 'balance'], hasTransactions: false });
    const place = state.wallets.find(id)?.place ?? context.ids.next('wallet');
    state.wallets.put({ ...entry, balance: balance ?? ZERO, place });
  },
  dump: (state: State) => listByPlace(state.wallets),
});

const transactions = defineList({
  fields: transactionFields,
  load(entry, at, loading) {
    const { state, context } = loading;
    const wallet = getReferred(state.wallets.find(entry.walletId), `wallet "${entry.walletId}"`, [...at, 'walletId']);
    const { userId } = wallet;
    const { wallets: declared, added, known } = getProgress(loading);
    const own = declared.get(wallet.id);
    // If the section declares the wallet, its `balance` is the one after its transactions, not before.
    const opening = own && !own.hasTransactions ? (entry.balanceBefore ?? ZERO) : wallet.balance;
    if (own) own.hasTransactions = true;
    const customerId = entry.customerId ?? wallet.customerId;
    assertCustomer(customerId, [...at, 'customerId'], state);
    assertSame(entry.balanceBefore, opening, [...at, 'balanceBefore']);
    const sequence = context.ids.next('transaction');
    const transaction: Transaction = {
      ...entry,
      id: entry.id ?? createSeededId(`${wallet.id} ${sequence}`, context),
      customerId,
      userId,
      balanceBefore: opening,
      balanceAfter: entry.balanceAfter ?? parseCredits(add(opening, entry.amount), [...at, 'balanceAfter']),
      place: toNextPlace(state, customerId, userId),
      sequence,
    };
    const { id, idempotencyKey, balanceAfter } = transaction;
    loading.assertNew(`transaction ${id}`, [...at, 'id']);
    if (known.has(id)) {
      throw new FixtureMistake(
        [...at, 'id'],
        'A transaction with this id already exists. To replace it, replace its wallet.',
      );
    }
    added.push(id);
    const holder = idempotencyKey === null ? undefined : state.transactions.findBy('idempotencyKey', idempotencyKey);
    assertOnly(holder, transaction, [...at, 'idempotencyKey']);
    state.transactions.put(transaction);
    state.wallets.put({ ...wallet, balance: balanceAfter });
  },
  end(_, loading) {
    const { state, context } = loading;
    const { wallets: declared, added } = getProgress(loading);
    // A saved state contains the ids that this load makes up, so both continue from the same random position.
    context.drawOthers('transaction', added);
    for (const [id, { balance, at, hasTransactions }] of declared) {
      if (hasTransactions) assertSame(balance, state.wallets.find(id)?.balance, at);
    }
  },
  dump: (state: State) => [...state.transactions.values()].sort((a, b) => a.sequence - b.sequence),
});

const events = defineList({
  fields: eventFields,
  load(entry, at, loading) {
    const { state, context } = loading;
    loading.assertNew(`event ${entry.eventId}`, [...at, 'event_id']);
    assertCustomer(entry.customerId, [...at, 'customer_id'], state);
    const event: UsageEvent = { ...entry, place: context.ids.next('event') };
    const { idempotencyKey } = event;
    const holder = idempotencyKey === null ? undefined : state.events.findBy('idempotencyKey', idempotencyKey);
    const isOther = holder && holder.eventId !== event.eventId;
    assertUnheld(isOther && `event "${holder.eventId}"`, [...at, 'idempotency_key']);
    storeEvent(state, event);
  },
  dump: (state: State) => listByPlace(state.events),
});

const entitlements = defineList({
  fields: entitlementFields,
  load(entry, at, loading) {
    const { state, context } = loading;
    loading.assertNew(`entitlement ${entry.id}`, [...at, 'id']);
    assertUser(entry.userId, [...at, 'userId'], state);
    assertCustomer(entry.customerId, [...at, 'customerId'], state);
    const known = entry.place ?? state.entitlements.find(entry.id)?.place;
    if (known !== undefined) context.ids.claim('entitlement', known);
    state.entitlements.put({ ...entry, place: known ?? context.ids.next('entitlement') });
  },
  dump: (state: State) => listByPlace(state.entitlements),
});

const burnTables = defineList({
  fields: burnTableFields,
  load(entry, at, loading) {
    const { state, context } = loading;
    const { id, customerId, createdAt, validFrom = createdAt, updatedAt = createdAt } = entry;
    loading.assertNew(`burn table ${id}`, [...at, 'id']);
    if (customerId !== null) assertCustomer(customerId, [...at, 'customerId'], state);
    const place = state.burnTables.find(id)?.place ?? context.ids.next('burn table');
    state.burnTables.put({ ...entry, validFrom, updatedAt, place });
  },
  dump: (state: State) => listByPlace(state.burnTables),
});

const unitPrices = defineList({
  fields: unitPriceFields,
  load(price, at, loading) {
    loading.assertNew(`price of ${price.provider}/${price.model} (${price.costType})`, [...at, 'model']);
    loading.state.unitPrices.put(price);
  },
  dump: (state: State) => state.unitPrices.values(),
});

const quotas = defineList({
  fields: quotaFields,
  load(quota, at, loading) {
    loading.assertNew(`quota of ${quota.customerId} in ${quota.period}`, [...at, 'period']);
    assertCustomer(quota.customerId, [...at, 'customerId'], loading.state);
    loading.state.quotaCounts.put(quota);
  },
  dump: (state: State) => state.quotaCounts.values(),
});

export const fixture = defineFixture({
  lists: {
    customers,
    users,
    teams,
    wallets,
    transactions,
    events,
    entitlements,
    burnTables,
    unitPrices,
    quotas,
  },
  generate,
});

function assertCustomer(id: string, at: FixturePath, { customers: known }: State): void {
  getReferred(known.find(id), `customer "${id}"`, at);
}

function assertUser(id: string | null, at: FixturePath, { users: known }: State): void {
  if (id !== null) getReferred(known.find(id), `user "${id}"`, at);
}

function assertOnly(holder: { readonly id: string } | undefined, own: { readonly id: string }, at: FixturePath): void {
  if (!holder || holder.id === own.id) return;
  throw new FixtureMistake(at, `"${holder.id}" has the same ${at.at(-1) ?? ''}.`);
}

function assertSame(written: Amount | undefined, known: Amount | undefined, at: FixturePath): void {
  if (written === undefined || written === known) return;
  throw new FixtureMistake(at, `It says ${written}, but the transactions add up to ${known}.`);
}

/** Deletes all transactions of wallets. */
function forgetTransactions(ids: ReadonlySet<string>, state: State): void {
  const gone = [...state.transactions.values()].filter(({ walletId }) => ids.has(walletId));
  for (const transaction of gone) state.transactions.delete(toTransactionKey(transaction));
  const histories = new Map(gone.map((one) => [toUserKey(one.customerId, one.userId), one]));
  for (const { customerId, userId } of histories.values()) renumber(customerId, userId, state);
}

/** Closes the gaps that deleted transactions leave in a history. */
function renumber(customerId: CustomerId, userId: UserId | null, state: State): void {
  const left = [...state.transactions.list('history', { within: toHistory(customerId, userId) })];
  for (const transaction of left) state.transactions.delete(toTransactionKey(transaction));
  for (const transaction of left) {
    state.transactions.put({ ...transaction, place: toNextPlace(state, customerId, userId) });
  }
}

function createSeededId(identity: string, context: FixtureContext): string {
  let part = 0;
  return createUuid((alphabet, length) =>
    context.text(`openmonetize transaction ${identity} ${(part += 1)}`, alphabet, length),
  );
}
