import { assertOwn } from '../auth.ts';
import type { Instant } from '../../../core/values/clock.ts';
import { sumBurned, sumUsage, toEarlier, toMargin, type TimeWindow, type UsageFilter } from '../analytics.ts';
import { parseWritten } from '../calendar.ts';
import { assert, type ErrorCode } from '../errors.ts';
import type { Calling, HeadOperation, SeedOperation } from '../operation.ts';
import { presentBurnRate, presentCosts, presentUsage } from '../present-analytics.ts';
import { PROVIDERS, type State, type UserId, type Wallet } from '../state.ts';
import { findWallet } from '../wallets.ts';

interface Dates {
  readonly startDate?: string;
  readonly endDate?: string;
}

/** The default length of a window, in days. */
const USUAL_DAYS = 30;

function toWindow({ startDate, endDate }: Dates, now: Instant, code: ErrorCode): TimeWindow {
  const from = parseWritten(startDate) ?? toEarlier(now, USUAL_DAYS);
  const to = parseWritten(endDate) ?? now;
  assert(from !== 'invalid' && to !== 'invalid', code);
  return { from, to };
}

/** FIDELITY: in both profiles, the customer can be left out (server source). */
export const getUsage: SeedOperation<'getUsage'> = ({ query, principal, ...call }) => {
  assertOwn(principal, query.customerId ?? principal.id);
  return answerUsage({ ...call, principal }, query, {});
};

/** FIDELITY: filters are separated by commas, and an unknown provider breaks the call (server source). */
export const getFilteredUsage: HeadOperation<'getUsage'> = ({ query, principal, ...call }) => {
  assertOwn(principal, query.customerId ?? principal.id);
  const provider = toValues(query.provider);
  const isKnown = [...(provider ?? [])].every((name) => PROVIDERS.head.includes(name));
  assert(isKnown, 'USAGE_FAILED');
  const filter = { provider, model: toValues(query.model), featureId: toValues(query.featureId) };
  return answerUsage({ ...call, principal }, query, filter);
};

/** ASSUMED: a list without a value does not filter. */
function toValues(list = ''): ReadonlySet<string> | undefined {
  const values = list.split(',').map((value) => value.trim());
  const given = values.filter((value) => value !== '');
  return given.length === 0 ? undefined : new Set(given);
}

type Asking = Pick<Calling, 'state' | 'now' | 'principal'>;

function answerUsage({ state, now, principal }: Asking, dates: Dates, filter: UsageFilter) {
  const sums = sumUsage(state, principal.id, toWindow(dates, now, 'USAGE_FAILED'), filter);
  return { status: 200 as const, body: presentUsage(sums) };
}

// FIDELITY: here profile seed requires the customer (server source).
export const getCosts: SeedOperation<'getCosts'> = ({ query, principal, ...call }) => {
  assertOwn(principal, query.customerId);
  return answerCosts({ ...call, principal }, query);
};

export const getOwnCosts: HeadOperation<'getCosts'> = ({ query, principal, ...call }) => {
  assertOwn(principal, query.customerId ?? principal.id);
  return answerCosts({ ...call, principal }, query);
};

function answerCosts({ state, now, principal }: Asking, dates: Dates) {
  const { all, byProvider } = sumUsage(state, principal.id, toWindow(dates, now, 'COSTS_FAILED'), {});
  const providers = [...byProvider.values()].map(({ key, sum }) => ({ ...key, ...toMargin(sum) }));
  return { status: 200 as const, body: presentCosts(toMargin(all), providers) };
}

export const getBurnRate: SeedOperation<'getBurnRate'> = ({ query, principal, state, now }) => {
  assertOwn(principal, query.customerId);
  const wallet = getWallet(state, principal.id, query.userId);
  return { status: 200, body: presentBurnRate(wallet, toBurned(state, wallet, now), 0) };
};

export const getOwnBurnRate: HeadOperation<'getBurnRate'> = ({ query, principal, state, now }) => {
  assertOwn(principal, query.customerId ?? principal.id);
  const wallet = getWallet(state, principal.id, query.userId);
  return { status: 200, body: presentBurnRate(wallet, toBurned(state, wallet, now), null) };
};

/** ASSUMED: a user's wallet must be one of the caller's. */
function getWallet(state: State, customerId: Wallet['customerId'], userId: string | undefined): Wallet {
  const wallet = findWallet(state, { customerId, userId: (userId ?? null) as UserId | null, teamId: null });
  assert(wallet, 'NO_WALLET');
  return wallet;
}

function toBurned(state: State, wallet: Wallet, now: Instant): { readonly week: bigint; readonly month: bigint } {
  return { week: sumBurned(state, wallet, 7, now), month: sumBurned(state, wallet, USUAL_DAYS, now) };
}
