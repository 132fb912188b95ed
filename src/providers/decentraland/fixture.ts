import { renderInstant, renderInstantOrNull } from '../../core/values/clock.ts';
import { add, toAmount, type Amount } from '../../core/values/decimal.ts';
import { FixtureMistake, type FixtureFormat, type FixturePath } from '../../core/provider/fixture.ts';
import { getReferred, listByPlace, loadEach, Loading, toGiven } from '../../core/provider/loading.ts';
import { parseFaultField } from '../../core/provider/magic-subject.ts';
import {
  schema,
  type CreditEntry,
  type FlagEntry,
  type SeasonEntry,
  type Section,
  type WalletEntry,
} from './fixture-schema.ts';
import { FAILURES } from './errors.ts';
import { generate } from './generation.ts';
import { dumpGoalSections, loadGoalSections } from './goals/fixture.ts';
import { findWei, renderMana, toWeiAmount } from './mana.ts';
import { type Credit, type CreditId, type Flag, type Season, type State, type Wallet, toAddress } from './state.ts';
import { dumpUsdSections, loadUsdSections } from './usd/fixture.ts';
import { recount } from './wallets.ts';

export const fixture: FixtureFormat<State, Section> = {
  schema,
  generate,

  load({ seasons = [], wallets = [], credits = [], ...others }, state, context) {
    const loading = new Loading(state, context);
    loadEach(seasons, ['seasons'], (entry, at) => loadSeason(entry, at, loading));
    assertApart(seasons, state);
    loadEach(wallets, ['wallets'], (entry, at) => loadWallet(entry, at, loading));
    loadEach(credits, ['credits'], (entry, at) => loadCredit(entry, at, loading));
    const owners = new Set([...wallets, ...credits].map(({ address }) => toAddress(address)));
    // What has expired by now is counted until it ends, which is at once.
    for (const address of owners) recount(state, address);
    recountSeasons(state);
    loadGoalSections(others, loading);
    loadUsdSections(others, loading);
  },

  dump(state) {
    return {
      seasons: [...state.seasons.list('start')].map(dumpSeason),
      wallets: [...state.wallets.list('place')].map(dumpWallet),
      credits: listByPlace(state.credits).map(dumpCredit),
      ...dumpGoalSections(state),
      ...dumpUsdSections(state),
    };
  },
};

function loadSeason(entry: SeasonEntry, at: FixturePath, loading: Loading<State>): void {
  loading.assertNew(`season ${entry.id}`, [...at, 'id']);
  const season: Season = {
    id: entry.id,
    name: entry.name,
    description: entry.description ?? '',
    startDate: loading.parseInstant(entry.startDate, [...at, 'startDate']),
    endDate: loading.parseInstant(entry.endDate, [...at, 'endDate']),
    maxMana: toAmount(entry.maxMana ?? '0'),
    granted: toAmount(0),
    isPaused: entry.isPaused ?? false,
  };
  if (season.endDate < season.startDate) throw new FixtureMistake([...at, 'endDate'], 'It lies before the startDate.');
  loading.state.seasons.put(season);
}

/** Each season against those of earlier fixtures and those above it, once all are as they are to be. */
function assertApart(entries: readonly SeasonEntry[], state: State): void {
  const below = new Set(entries.map(({ id }) => id));
  const seasons = [...state.seasons.list('start')];
  entries.forEach(({ id }, index) => {
    below.delete(id);
    const season = seasons.find((one) => one.id === id);
    const other = season && seasons.find((one) => one.id !== id && !below.has(one.id) && overlap(one, season));
    if (!other) return;
    throw new FixtureMistake(['seasons', index, 'startDate'], `The season ${other.id} runs at the same time.`);
  });
}

function overlap(one: Season, other: Season): boolean {
  return one.startDate < other.endDate && other.startDate < one.endDate;
}

/** Makes what each season has given that of its credits. */
function recountSeasons(state: State): void {
  const granted = new Map<number, Amount>();
  for (const { seasonId, terms } of state.credits.values()) {
    const mana = toAmount(renderMana(BigInt(terms.amount)));
    granted.set(seasonId, add(granted.get(seasonId) ?? toAmount(0), mana));
  }
  for (const season of [...state.seasons.values()]) {
    state.seasons.put({ ...season, granted: granted.get(season.id) ?? toAmount(0) });
  }
}

function loadWallet(entry: WalletEntry, at: FixturePath, loading: Loading<State>): void {
  const { state, context } = loading;
  const address = toAddress(entry.address);
  loading.assertNew(`wallet ${address}`, [...at, 'address']);
  const flag = entry.flag ? parseFlag(entry.flag, [...at, 'flag'], loading) : null;
  state.wallets.put({
    address,
    registeredAt: loading.parseInstant(entry.registeredAt, [...at, 'registeredAt']),
    balance: toWeiAmount(0n),
    flag,
    optedOutAt: loading.parseInstantOrNull(entry.optedOutAt, [...at, 'optedOutAt']),
    place: state.wallets.find(address)?.place ?? context.ids.next('wallet'),
    fault: parseFaultField(entry.fault, at, { id: 'decentraland', codes: FAILURES }),
  });
  if (flag?.until != null) context.schedule(flag.until, 'unflag', { address });
}

function parseFlag(
  { cause, until, ip, linkedAddresses = [] }: FlagEntry,
  at: FixturePath,
  loading: Loading<State>,
): Flag {
  return {
    cause,
    until: loading.parseInstantOrNull(until, [...at, 'until']),
    ip: ip ?? null,
    linkedAddresses: linkedAddresses.map(toAddress),
  };
}

function loadCredit(entry: CreditEntry, at: FixturePath, loading: Loading<State>): void {
  const { state, context } = loading;
  loading.assertNew(`credit ${entry.id}`, [...at, 'id']);
  const address = toAddress(entry.address);
  getReferred(state.wallets.find(address), `wallet ${address}`, [...at, 'address']);
  const amount = findWei(entry.amount);
  if (amount === undefined) throw new FixtureMistake([...at, 'amount'], 'Write MANA above 0, such as "12.5".');
  const spent = entry.spent === undefined || /^0(\.0*)?$/.test(entry.spent) ? 0n : findWei(entry.spent);
  if (spent === undefined || spent > amount) {
    throw new FixtureMistake([...at, 'spent'], 'Write MANA of at most the amount, such as "2.5".');
  }
  const id = entry.id as CreditId;
  const expiresAt = loading.parseInstantOrNull(entry.expiresAt, [...at, 'expiresAt']);
  const credit: Credit = {
    id,
    address,
    terms: { id, address, amount: toWeiAmount(amount), expiresAt },
    spent: toWeiAmount(spent),
    ended: entry.ended ?? false,
    createdAt: loading.parseInstant(entry.createdAt, [...at, 'createdAt']),
    seasonId: entry.seasonId ?? 0,
    goalId: entry.goalId ?? null,
    weekId: entry.weekId ?? null,
    claimedAt: loading.parseInstantOrNull(entry.claimedAt, [...at, 'claimedAt']),
    place: state.credits.find(id)?.place ?? context.ids.next('credit'),
  };
  const earlier = state.credits.find(id);
  if (earlier && earlier.address !== address) {
    throw new FixtureMistake([...at, 'address'], `The credit is one of ${earlier.address}.`);
  }
  state.credits.put(credit);
  // What has expired by the time of the seed ends at once.
  if (expiresAt !== null && !credit.ended) context.schedule(expiresAt, 'expire', { id });
}

function dumpSeason({ id, name, description, startDate, endDate, maxMana, isPaused }: Season): SeasonEntry {
  return {
    id,
    name,
    description,
    startDate: renderInstant(startDate),
    endDate: renderInstant(endDate),
    maxMana,
    isPaused,
  };
}

function dumpWallet({ address, registeredAt, flag, optedOutAt, fault }: Wallet): WalletEntry {
  return {
    address,
    registeredAt: renderInstant(registeredAt),
    ...(flag && {
      flag: {
        cause: flag.cause,
        until: renderInstantOrNull(flag.until),
        ip: flag.ip,
        linkedAddresses: flag.linkedAddresses,
      },
    }),
    ...(optedOutAt !== null && { optedOutAt: renderInstant(optedOutAt) }),
    ...toGiven({ fault }),
  };
}

function dumpCredit(credit: Credit): CreditEntry {
  const { id, address, terms, spent, ended, createdAt, seasonId, goalId, weekId, claimedAt } = credit;
  return {
    id,
    address,
    amount: renderMana(BigInt(terms.amount)),
    spent: renderMana(BigInt(spent)),
    ended,
    createdAt: renderInstant(createdAt),
    expiresAt: renderInstantOrNull(terms.expiresAt),
    seasonId,
    ...(goalId === null ? undefined : { goalId }),
    ...(weekId === null ? undefined : { weekId }),
    ...(claimedAt === null ? undefined : { claimedAt: renderInstant(claimedAt) }),
  };
}
