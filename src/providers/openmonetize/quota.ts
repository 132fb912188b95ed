import type { Customer, CustomerId, State } from './state.ts';

/** The events that each tier may send in a month. FIDELITY: server source. */
const LIMITS: Readonly<Record<Customer['tier'], number | undefined>> = {
  STARTER: 10_000,
  GROWTH: 100_000,
  ENTERPRISE: undefined,
};

export interface Quota {
  readonly limit: number;
  /** The events that were counted before this request. */
  readonly used: number;
  readonly period: string;
}

/** Finds the quota of a customer. Its tier may have none. */
export function findQuota(
  state: State,
  { id, tier }: Pick<Customer, 'id' | 'tier'>,
  period: string,
): Quota | undefined {
  const limit = LIMITS[tier];
  return limit === undefined
    ? undefined
    : { limit, used: state.quotaCounts.find(`${id} ${period}`)?.used ?? 0, period };
}

/** FIDELITY: a batch that would exceed the quota is refused as a whole and not counted (server source). */
export function takeQuota(state: State, customerId: CustomerId, quota: Quota, count: number): Quota | undefined {
  const used = quota.used + count;
  if (used > quota.limit) return undefined;
  state.quotaCounts.put({ customerId, period: quota.period, used });
  return { ...quota, used };
}
