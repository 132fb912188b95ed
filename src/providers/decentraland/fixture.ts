import { fault } from '../../core/provider/fields.ts';
import { defineFixture, defineList } from '../../core/provider/fixture-list.ts';
import { FixtureMistake, type FixturePath } from '../../core/provider/fixture.ts';
import { getReferred, listByPlace } from '../../core/provider/loading.ts';
import { add, toAmount, ZERO, type Amount } from '../../core/values/decimal.ts';
import { FAILURES } from './errors.ts';
import { generate } from './generation.ts';
import { renderMana } from './mana.ts';
import {
  captchaFields,
  creditFields,
  goalFields,
  orderFields,
  purchaseFields,
  purseFields,
  seasonFields,
  stepsFields,
  TENANT,
  toAddress,
  toGoalKey,
  toStepsKey,
  walletFields,
  type Address,
  type Season,
  type State,
} from './state.ts';
import { recount } from './wallets.ts';

const seasons = defineList({
  fields: seasonFields,
  load({ isPaused, ...entry }, at, loading) {
    loading.assertNew(`season ${entry.id}`, [...at, 'id']);
    if (entry.endDate < entry.startDate) throw new FixtureMistake([...at, 'endDate'], 'It lies before the startDate.');
    loading.state.seasons.put({ ...entry, granted: ZERO, isPaused });
  },
  // Compares each season with those of earlier fixtures and those above it, when all are as they are to be.
  end(entries, { state }) {
    const below = new Set(entries.map(({ id }) => id));
    const all = [...state.seasons.list('start')];
    entries.forEach(({ id }, index) => {
      below.delete(id);
      const season = all.find((one) => one.id === id);
      const other = season && all.find((one) => one.id !== id && !below.has(one.id) && overlap(one, season));
      if (!other) return;
      throw new FixtureMistake(['seasons', index, 'startDate'], `The season ${other.id} runs at the same time.`);
    });
  },
  dump: (state: State) => state.seasons.list('start'),
});

function overlap(one: Season, other: Season): boolean {
  return one.startDate < other.endDate && other.startDate < one.endDate;
}

const wallets = defineList({
  fields: { ...walletFields, fault: fault({ id: TENANT, codes: FAILURES }) },
  load(entry, at, loading) {
    const { state, context } = loading;
    const { address, registeredAt, flag, optedOutAt, fault: met } = entry;
    loading.assertNew(`wallet ${address}`, [...at, 'address']);
    const earlier = state.wallets.find(address);
    const balance = earlier?.balance ?? ZERO;
    const place = earlier?.place ?? context.ids.next('wallet');
    state.wallets.put({ address, registeredAt, balance, flag, optedOutAt, place, fault: met });
    if (flag?.until != null) context.schedule(flag.until, 'unflag', { address });
  },
  dump: (state: State) => state.wallets.list('place'),
});

const credits = defineList({
  fields: creditFields,
  load({ amount, expiresAt, ...entry }, at, loading) {
    const { state, context } = loading;
    const { id, address, spent, ended } = entry;
    loading.assertNew(`credit ${id}`, [...at, 'id']);
    assertWallet(address, at, state);
    if (BigInt(spent) > BigInt(amount)) {
      throw new FixtureMistake([...at, 'spent'], 'Write MANA of at most the amount, such as "2.5".');
    }
    const earlier = state.credits.find(id);
    if (earlier && earlier.address !== address) {
      throw new FixtureMistake([...at, 'address'], `The credit is one of ${earlier.address}.`);
    }
    const place = earlier?.place ?? context.ids.next('credit');
    state.credits.put({ ...entry, terms: { id, address, amount, expiresAt }, place });
    // What has expired by the time of the seed ends at once.
    if (expiresAt !== null && !ended) context.schedule(expiresAt, 'expire', { id });
  },
  end(entries, { state }) {
    // Once for each wallet, because a change for each credit doubles the time that a large fixture takes.
    for (const address of new Set(entries.map((entry) => toAddress(entry.address)))) recount(state, address);
    const granted = new Map<number, Amount>();
    for (const { seasonId, terms } of state.credits.values()) {
      const mana = toAmount(renderMana(BigInt(terms.amount)));
      granted.set(seasonId, add(granted.get(seasonId) ?? ZERO, mana));
    }
    for (const season of [...state.seasons.values()]) {
      state.seasons.put({ ...season, granted: granted.get(season.id) ?? ZERO });
    }
  },
  dump: (state: State) => listByPlace(state.credits).map((credit) => ({ ...credit, ...credit.terms })),
});

const goals = defineList({
  fields: goalFields,
  load(entry, at, loading) {
    const { state, context } = loading;
    const { id, seasonId, week } = entry;
    loading.assertNew(`goal "${id}" of week ${week} of season ${seasonId}`, [...at, 'id']);
    getReferred(state.seasons.find(String(seasonId)), `season ${seasonId}`, [...at, 'seasonId']);
    state.goals.put({ ...entry, place: state.goals.find(toGoalKey(entry))?.place ?? context.ids.next('goal') });
  },
  dump: (state: State) => listByPlace(state.goals),
});

const steps = defineList({
  fields: stepsFields,
  load(entry, at, loading) {
    assertWallet(entry.address, at, loading.state);
    loading.assertNew(`steps of ${toStepsKey(entry)}`, [...at, 'goalId']);
    loading.state.steps.put(entry);
  },
  dump: (state: State) => state.steps.values(),
});

const captchas = defineList({
  fields: captchaFields,
  load(entry, at, loading) {
    assertWallet(entry.address, at, loading.state);
    loading.assertNew(`captcha of ${entry.address}`, [...at, 'address']);
    loading.state.captchas.put(entry);
  },
  dump: (state: State) => state.captchas.values(),
});

const purses = defineList({
  fields: purseFields,
  load(entry, at, loading) {
    const { state, context } = loading;
    assertWallet(entry.address, at, state);
    loading.assertNew(`purse of ${entry.address}`, [...at, 'address']);
    state.purses.put({ ...entry, place: state.purses.find(entry.address)?.place ?? context.ids.next('purse') });
  },
  dump: (state: State) => listByPlace(state.purses),
});

const orders = defineList({
  fields: orderFields,
  load(entry, at, loading) {
    const { state, context } = loading;
    loading.assertNew(`order ${entry.id}`, [...at, 'id']);
    assertWallet(entry.address, at, state);
    const { status, newBalance, ...order } = entry;
    const place = state.orders.find(entry.id)?.place ?? context.ids.next('order');
    state.orders.put({ ...order, status, newBalance, place });
  },
  dump: (state: State) => listByPlace(state.orders),
});

const purchases = defineList({
  fields: purchaseFields,
  load(entry, at, loading) {
    const { state, context } = loading;
    const { submittedTxHash, txHash, ...purchase } = entry;
    const { id, status, expiresAt } = purchase;
    loading.assertNew(`purchase ${id}`, [...at, 'id']);
    assertWallet(entry.address, at, state);
    const place = state.purchases.find(id)?.place ?? context.ids.next('purchase');
    state.purchases.put({ ...purchase, submittedTxHash, txHash, place });
    // What should have been released by the time of the seed is at once.
    if (status === 'PENDING') context.schedule(expiresAt, 'release', { id });
  },
  dump: (state: State) => listByPlace(state.purchases),
});

/** Refuses an entry of a wallet that does not exist. */
function assertWallet(address: Address, at: FixturePath, state: State): void {
  getReferred(state.wallets.find(address), `wallet ${address}`, [...at, 'address']);
}

export const fixture = defineFixture({
  lists: { seasons, wallets, credits, goals, steps, captchas, purses, orders, purchases },
  generate,
});
