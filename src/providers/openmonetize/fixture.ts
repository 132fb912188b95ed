import { add, toAmount, type Amount } from '../../core/values/decimal.ts';
import { FixtureMistake, type FixtureFormat, type FixturePath } from '../../core/provider/fixture.ts';
import { assertUnheld, getReferred, loadEach, Loading } from '../../core/provider/loading.ts';
import { parseFaultField } from '../../core/provider/magic-subject.ts';
import { FAILURES } from './errors.ts';
import { generate } from './generation.ts';
import { dump } from './fixture-dump.ts';
import { schema, type EventEntry, type Section, type TransactionEntry, type WalletEntry } from './fixture-schema.ts';
import { createUuid } from './identifiers.ts';
import { isInt64 } from './rules.ts';
import {
  toHistory,
  toTransactionKey,
  toUserKey,
  type Customer,
  type CustomerId,
  type State,
  type TeamId,
  type Transaction,
  type UsageEvent,
  type User,
  type UserId,
  type WalletId,
} from './state.ts';
import { storeEvent } from './stored.ts';
import { toNextPlace } from './transactions.ts';

export const fixture: FixtureFormat<State, Section> = {
  schema,
  generate,

  load(section, state, context) {
    const loading = new AccountLoading(state, context);
    const { customers, users, teams, wallets, transactions, events } = section;
    const { entitlements, burnTables, unitPrices, quotas } = section;
    loadEach(customers, ['customers'], (entry, at) => loading.customer(entry, at));
    loadEach(users, ['users'], (entry, at) => loading.user(entry, at));
    loadEach(teams, ['teams'], (entry, at) => loading.team(entry, at));
    loading.forget(wallets ?? []);
    loadEach(wallets, ['wallets'], (entry, at) => loading.wallet(entry, at));
    loadEach(transactions, ['transactions'], (entry, at) => loading.transaction(entry, at));
    loading.endTransactions();
    loadEach(wallets, ['wallets'], (entry, at) => loading.assertBalance(entry, [...at, 'balance']));
    loadEach(unitPrices, ['unitPrices'], (entry, at) => loading.unitPrice(entry, at));
    loadEach(events, ['events'], (entry, at) => loading.event(entry, at));
    loadEach(entitlements, ['entitlements'], (entry, at) => loading.entitlement(entry, at));
    loadEach(burnTables, ['burnTables'], (entry, at) => loading.burnTable(entry, at));
    loadEach(quotas, ['quotas'], (entry, at) => loading.quota(entry, at));
  },

  dump,
};

type Entry<Name extends keyof Section> = NonNullable<Section[Name]>[number];

/** One section on its way into the state. */
class AccountLoading extends Loading<State> {
  /** Wallets of this section. */
  readonly #declared = new Set<string>();
  /** Wallets with transactions in this section. */
  readonly #moved = new Set<string>();
  /** Those that were there before this section, once it has any. */
  #known: ReadonlySet<string> | undefined;
  /** Of this section. */
  readonly #ids: string[] = [];

  customer(entry: Entry<'customers'>, at: FixturePath): void {
    this.assertNew(`customer ${entry.id}`, [...at, 'id']);
    const customer: Customer = {
      id: entry.id as CustomerId,
      name: entry.name,
      email: entry.email,
      apiKey: entry.apiKey,
      tier: entry.tier ?? 'STARTER',
      status: entry.status ?? 'ACTIVE',
      createdAt: this.parseInstant(entry.createdAt, [...at, 'createdAt']),
      place: this.state.customers.find(entry.id)?.place ?? this.context.ids.next('customer'),
    };
    this.#assertOnly(this.state.customers.findBy('email', customer.email), customer, [...at, 'email']);
    this.#assertOnly(this.state.customers.findBy('apiKey', customer.apiKey), customer, [...at, 'apiKey']);
    this.state.customers.put(customer);
  }

  user(entry: Entry<'users'>, at: FixturePath): void {
    this.assertNew(`user ${entry.id}`, [...at, 'id']);
    const user: User = {
      id: entry.id as UserId,
      customerId: this.#getCustomer(entry.customerId, [...at, 'customerId']).id,
      externalUserId: entry.externalUserId ?? entry.id,
      email: entry.email ?? null,
      metadata: entry.metadata ?? null,
      createdAt: this.parseInstant(entry.createdAt, [...at, 'createdAt']),
      place: this.state.users.find(entry.id)?.place ?? this.context.ids.next('user'),
      fault: parseFaultField(entry.fault, at, { id: 'openmonetize', codes: FAILURES }),
    };
    const holder = this.state.users.findBy('external', user.customerId, user.externalUserId);
    this.#assertOnly(holder, user, [...at, 'externalUserId']);
    this.state.users.put(user);
  }

  team({ id, customerId, name }: Entry<'teams'>, at: FixturePath): void {
    this.assertNew(`team ${id}`, [...at, 'id']);
    const customer = this.#getCustomer(customerId, [...at, 'customerId']);
    this.state.teams.put({ id: id as TeamId, customerId: customer.id, name });
  }

  wallet(entry: Entry<'wallets'>, at: FixturePath): void {
    this.assertNew(`wallet ${entry.id}`, [...at, 'id']);
    const { userId = null, teamId = null, expiresAt } = entry;
    if (userId !== null) getReferred(this.state.users.find(userId), `user "${userId}"`, [...at, 'userId']);
    if (teamId !== null) getReferred(this.state.teams.find(teamId), `team "${teamId}"`, [...at, 'teamId']);
    if (userId !== null && teamId !== null) {
      throw new FixtureMistake([...at, 'teamId'], 'A wallet is of a user or of a team, and not of both.');
    }
    this.#declared.add(entry.id);
    this.state.wallets.put({
      id: entry.id as WalletId,
      customerId: this.#getCustomer(entry.customerId, [...at, 'customerId']).id,
      userId: userId as UserId | null,
      teamId: teamId as TeamId | null,
      balance: parseCredits(entry.balance ?? 0, [...at, 'balance']),
      expiresAt: this.parseInstantOrNull(expiresAt, [...at, 'expiresAt']),
      createdAt: this.parseInstant(entry.createdAt, [...at, 'createdAt']),
      place: this.state.wallets.find(entry.id)?.place ?? this.context.ids.next('wallet'),
    });
  }

  transaction(entry: TransactionEntry, at: FixturePath): void {
    const found = this.state.wallets.find(entry.walletId);
    const wallet = getReferred(found, `wallet "${entry.walletId}"`, [...at, 'walletId']);
    const isFirst = !this.#moved.has(wallet.id);
    this.#moved.add(wallet.id);
    const customerId = (entry.customerId ?? wallet.customerId) as CustomerId;
    this.#getCustomer(customerId, [...at, 'customerId']);
    const amount = parseCredits(entry.amount, [...at, 'amount']);
    // A wallet that this section declares says what its transactions come to, not what they begin with.
    const opening = isFirst && this.#declared.has(wallet.id) ? (entry.balanceBefore ?? 0) : wallet.balance;
    const before = parseCredits(opening, [...at, 'balanceBefore']);
    const after = parseCredits(entry.balanceAfter ?? add(before, amount), [...at, 'balanceAfter']);
    assertSame(parseCredits(entry.balanceBefore ?? before, at), before, [...at, 'balanceBefore']);
    const sequence = this.context.ids.next('transaction');
    const transaction: Transaction = {
      id: entry.id ?? this.#createId(`${wallet.id} ${sequence}`),
      walletId: wallet.id,
      customerId,
      userId: wallet.userId,
      transactionType: entry.transactionType,
      amount,
      balanceBefore: before,
      balanceAfter: after,
      description: entry.description ?? null,
      metadata: entry.metadata ?? {},
      idempotencyKey: entry.idempotencyKey ?? null,
      createdAt: this.parseInstant(entry.createdAt, [...at, 'createdAt']),
      place: toNextPlace(this.state, customerId, wallet.userId),
      sequence,
    };
    this.assertNew(`transaction ${transaction.id}`, [...at, 'id']);
    this.#ids.push(transaction.id);
    this.#known ??= new Set([...this.state.transactions.values()].map(({ id }) => id));
    if (this.#known.has(transaction.id)) {
      throw new FixtureMistake([...at, 'id'], 'It is there already; to replace it, replace its wallet.');
    }
    const { idempotencyKey } = transaction;
    const holder =
      idempotencyKey === null ? undefined : this.state.transactions.findBy('idempotencyKey', idempotencyKey);
    this.#assertOnly(holder, transaction, [...at, 'idempotencyKey']);
    this.state.transactions.put(transaction);
    this.state.wallets.put({ ...wallet, balance: after });
  }

  /** A balance that is written must be the one that the transactions come to. */
  assertBalance({ id, balance }: Entry<'wallets'>, at: FixturePath): void {
    const wallet = this.state.wallets.find(id);
    if (!wallet || balance === undefined || !this.#moved.has(id)) return;
    assertSame(parseCredits(balance, at), wallet.balance, at);
  }

  event(entry: EventEntry, at: FixturePath): void {
    this.assertNew(`event ${entry.event_id}`, [...at, 'event_id']);
    const event: UsageEvent = {
      eventId: entry.event_id,
      customerId: this.#getCustomer(entry.customer_id, [...at, 'customer_id']).id,
      userId: entry.user_id ?? null,
      idempotencyKey: entry.idempotency_key ?? null,
      eventType: entry.event_type,
      featureId: entry.feature_id,
      provider: entry.provider ?? null,
      model: entry.model ?? null,
      inputTokens: entry.input_tokens ?? null,
      outputTokens: entry.output_tokens ?? null,
      creditsBurned: parseCredits(entry.creditsBurned ?? 0, [...at, 'creditsBurned']),
      costUsd: toAmount(entry.costUsd ?? 0),
      timestamp: this.parseInstant(entry.timestamp, [...at, 'timestamp']),
      metadata: entry.metadata ?? {},
      place: this.context.ids.next('event'),
    };
    const { idempotencyKey } = event;
    const holder = idempotencyKey === null ? undefined : this.state.events.findBy('idempotencyKey', idempotencyKey);
    const isOther = holder && holder.eventId !== event.eventId;
    assertUnheld(isOther && `event "${holder.eventId}"`, [...at, 'idempotency_key']);
    storeEvent(this.state, event);
  }

  entitlement(entry: Entry<'entitlements'>, at: FixturePath): void {
    this.assertNew(`entitlement ${entry.id}`, [...at, 'id']);
    const { userId = null, featureId, limitType, limitValue = null, period = null, metadata = null } = entry;
    if (userId !== null) getReferred(this.state.users.find(userId), `user "${userId}"`, [...at, 'userId']);
    const known = entry.place ?? this.state.entitlements.find(entry.id)?.place;
    if (known !== undefined) this.context.ids.claim('entitlement', known);
    this.state.entitlements.put({
      id: entry.id,
      customerId: this.#getCustomer(entry.customerId, [...at, 'customerId']).id,
      userId: userId as UserId | null,
      featureId,
      limitType,
      limitValue: limitValue === null ? null : parseCredits(limitValue, [...at, 'limitValue']),
      period,
      metadata,
      place: known ?? this.context.ids.next('entitlement'),
    });
  }

  burnTable(entry: Entry<'burnTables'>, at: FixturePath): void {
    this.assertNew(`burn table ${entry.id}`, [...at, 'id']);
    const { customerId = null, version = 1, isActive = true } = entry;
    const createdAt = this.parseInstant(entry.createdAt, [...at, 'createdAt']);
    const { validFrom, validUntil, updatedAt } = entry;
    this.state.burnTables.put({
      id: entry.id,
      customerId: customerId === null ? null : this.#getCustomer(customerId, [...at, 'customerId']).id,
      name: entry.name,
      version,
      rules: entry.rules,
      isActive,
      validFrom: validFrom === undefined ? createdAt : this.parseInstant(validFrom, [...at, 'validFrom']),
      validUntil: this.parseInstantOrNull(validUntil, [...at, 'validUntil']),
      createdAt,
      updatedAt: updatedAt === undefined ? createdAt : this.parseInstant(updatedAt, [...at, 'updatedAt']),
      place: this.state.burnTables.find(entry.id)?.place ?? this.context.ids.next('burn table'),
    });
  }

  unitPrice({ provider, model, costType, costPerUnit }: Entry<'unitPrices'>, at: FixturePath): void {
    this.assertNew(`price of ${provider}/${model} (${costType})`, [...at, 'model']);
    this.state.unitPrices.put({ provider, model, costType, costPerUnit: toAmount(costPerUnit) });
  }

  quota({ customerId, period, used }: Entry<'quotas'>, at: FixturePath): void {
    this.assertNew(`quota of ${customerId} in ${period}`, [...at, 'period']);
    this.state.quotaCounts.put({ customerId: this.#getCustomer(customerId, [...at, 'customerId']).id, period, used });
  }

  /** Wallets that are there already go with all their transactions. */
  forget(wallets: readonly WalletEntry[]): void {
    const ids = new Set(wallets.map(({ id }) => id).filter((id) => this.state.wallets.find(id)));
    if (ids.size === 0) return;
    const gone = [...this.state.transactions.values()].filter(({ walletId }) => ids.has(walletId));
    for (const transaction of gone) this.state.transactions.delete(toTransactionKey(transaction));
    const histories = new Map(gone.map((one) => [toUserKey(one.customerId, one.userId), one]));
    for (const { customerId, userId } of histories.values()) this.#renumber(customerId, userId);
  }

  /** Ids that were made for entries are given ones once a state is taken out, so that chance goes on from one place for both. */
  endTransactions(): void {
    this.context.drawOthers('transaction', this.#ids);
  }

  /** Closes the gaps that forgotten transactions leave in a history. */
  #renumber(customerId: CustomerId, userId: UserId | null): void {
    const left = [...this.state.transactions.list('history', { within: toHistory(customerId, userId) })];
    for (const transaction of left) this.state.transactions.delete(toTransactionKey(transaction));
    for (const transaction of left) {
      this.state.transactions.put({ ...transaction, place: toNextPlace(this.state, customerId, userId) });
    }
  }

  #assertOnly(holder: { readonly id: string } | undefined, own: { readonly id: string }, at: FixturePath): void {
    if (!holder || holder.id === own.id) return;
    throw new FixtureMistake(at, `"${holder.id}" has the same ${at.at(-1) ?? ''}.`);
  }

  #getCustomer(id: string, at: FixturePath): Customer {
    return getReferred(this.state.customers.find(id), `customer "${id}"`, at);
  }

  #createId(identity: string): string {
    let part = 0;
    return createUuid((alphabet, length) =>
      this.context.text(`openmonetize transaction ${identity} ${(part += 1)}`, alphabet, length),
    );
  }
}

function parseCredits(written: number | string, at: FixturePath): Amount {
  const whole = BigInt(written);
  if (!isInt64(whole)) throw new FixtureMistake(at, `${written} is beyond 64 bits.`);
  return toAmount(whole.toString());
}

function assertSame(written: Amount, known: Amount, at: FixturePath): void {
  if (written !== known) throw new FixtureMistake(at, `It says ${written}, but the transactions come to ${known}.`);
}
