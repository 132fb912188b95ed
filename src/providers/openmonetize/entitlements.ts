import { findFirstDay } from './calendar.ts';
import { assert } from './errors.ts';
import type { Calling } from './operation.ts';
import { CREDITS_PER_USD, findTokenRates, findUnitPrice } from './prices.ts';
import { toJsonNumber, toUsd } from './rating.ts';
import { PROVIDERS, toFeatureKey, type Entitlement, type State, type UserId, type Wallet } from './state.ts';
import { findWallet } from './wallets.ts';
import type { Instant } from '../../core/values/clock.ts';

/** The action that a client asks about. */
export interface Action {
  readonly type: 'token_usage' | 'image_generation' | 'video_generation' | 'api_call' | 'custom';
  readonly provider?: string;
  readonly model?: string;
  readonly estimated_input_tokens?: number;
  readonly estimated_output_tokens?: number;
  readonly estimated_count?: number;
  readonly estimated_duration_seconds?: number;
}

/** A way out that a client can offer its user. */
export interface Remedy {
  readonly type: 'upgrade' | 'create_wallet' | 'purchase';
  readonly label: string;
  readonly url: string;
}

export interface Verdict {
  readonly allowed: boolean;
  readonly reason: string | null;
  readonly estimatedCostCredits: number | null;
  readonly estimatedCostUsd: number | null;
  readonly currentBalance: number | null;
  readonly actions: readonly Remedy[];
}

/** FIDELITY: these texts and URLs (server source). */
const UPGRADE: Remedy = { type: 'upgrade', label: 'Upgrade Plan', url: '/upgrade' };
const INCREASE: Remedy = { type: 'upgrade', label: 'Increase Limit', url: '/upgrade' };
const CREATE_WALLET: Remedy = { type: 'create_wallet', label: 'Create Credit Wallet', url: '/credits/wallet' };
const RENEW: Remedy = { type: 'purchase', label: 'Purchase New Credits', url: '/credits/purchase' };
const PURCHASE: Remedy = { type: 'purchase', label: 'Purchase Credits', url: '/credits/purchase' };

/** A verdict before costs and balance are added. */
interface Ruling {
  readonly allowed: boolean;
  readonly reason: string | null;
  readonly actions: readonly Remedy[];
}

const FREE: Ruling = { allowed: true, reason: null, actions: [] };
const INSUFFICIENT: Ruling = { allowed: false, reason: 'Insufficient credits', actions: [PURCHASE] };

/**
 * Decides whether a user may do something. Reserves no credits.
 *
 * FIDELITY: the steps and their order, in each profile (server source). The oldest entitlement of the feature applies,
 * even if it was made for another user of the customer.
 *
 * @throws CHECK_FAILED
 */
export function checkEntitlement(
  call: Calling,
  asked: { readonly userId: string; readonly featureId: string; readonly action: Action },
): Verdict {
  const { state, principal, now, options } = call;
  const entitlement = findEntitlement(state, principal.id, asked.featureId);
  // FIDELITY: profile head allows a feature without an entitlement (server source).
  if (!entitlement && options.profile === 'seed') return refuse('Feature not enabled for this customer', UPGRADE);
  const wallet = findWallet(state, { customerId: principal.id, userId: asked.userId as UserId, teamId: null });
  if (!wallet) return refuse('No credit wallet found', CREATE_WALLET);
  const available = Number(wallet.balance);
  if (isExpired(wallet, now)) return { ...refuse('Credits have expired', RENEW), currentBalance: available };
  const usd = estimate(call, asked.action);
  const credits = Math.ceil(usd * CREDITS_PER_USD);
  const { allowed, reason, actions } = rule(call, entitlement, available >= credits);
  return {
    allowed,
    reason,
    estimatedCostCredits: credits > 0 ? toJsonNumber(credits) : null,
    estimatedCostUsd: usd > 0 ? toJsonNumber(usd) : null,
    currentBalance: available,
    actions,
  };
}

function refuse(reason: string, remedy: Remedy): Verdict {
  const unknown = { estimatedCostCredits: null, estimatedCostUsd: null, currentBalance: null };
  return { allowed: false, reason, ...unknown, actions: [remedy] };
}

function findEntitlement(state: State, customerId: string, featureId: string): Entitlement | undefined {
  return state.entitlements.first('feature', [customerId, featureId]);
}

function isExpired({ expiresAt }: Wallet, now: Instant): boolean {
  return expiresAt !== null && expiresAt < now;
}

function rule({ state, now, options }: Calling, entitlement: Entitlement | undefined, isCovered: boolean): Ruling {
  const { limitType = 'NONE', limitValue = null } = entitlement ?? {};
  const isHead = options.profile === 'head';
  // FIDELITY: without a limit, profile seed ignores credits; both profiles do if the limit has no value.
  if (limitType === 'NONE') return isHead && !isCovered ? INSUFFICIENT : FREE;
  if (!entitlement || limitValue === null) return FREE;
  // FIDELITY: profile seed does not count (server source).
  const isUsedUp = isHead && BigInt(countUses(state, entitlement, now)) >= BigInt(limitValue);
  const reached = `Usage limit of ${limitValue} reached`;
  if (limitType === 'HARD') {
    if (isUsedUp) return { allowed: false, reason: reached, actions: [INCREASE] };
    return isCovered ? FREE : INSUFFICIENT;
  }
  const warning = isUsedUp ? `${reached} (soft limit)` : isCovered ? null : 'Low credits - consider purchasing more';
  return { allowed: true, reason: warning, actions: isCovered ? [] : [PURCHASE] };
}

/** Counts the uses of a feature in the period of its entitlement, by all users or by the entitlement's own. */
export function countUses(state: State, { period, ...whose }: Entitlement, now: Instant): number {
  const within = toFeatureKey(whose);
  const first = findFirstDay(period, now);
  const uses = state.featureUses.list('day', {
    within,
    ...(first === undefined ? undefined : { after: [...within, first - 1] }),
  });
  let sum = 0;
  for (const { events } of uses) sum += events;
  return sum;
}

/**
 * Estimates the cost of an action in USD.
 *
 * FIDELITY: with doubles, and, unlike burning, with no price for models that are not listed (server source).
 *
 * @throws CHECK_FAILED
 */
function estimate({ state, options: { profile } }: Calling, action: Action): number {
  const { type, provider, model } = action;
  const isPriced = type === 'token_usage' || (profile === 'head' && isOfUnits(type));
  if (!isPriced || !provider || !model) return 0;
  assert(PROVIDERS[profile].includes(provider), 'CHECK_FAILED');
  if (type === 'token_usage') {
    const { input, output } = findTokenRates(provider, model) ?? { input: 0, output: 0 };
    return toUsd(action.estimated_input_tokens ?? 0, input) + toUsd(action.estimated_output_tokens ?? 0, output);
  }
  const isImage = type === 'image_generation';
  const { estimated_count: images = 0, estimated_duration_seconds: seconds = 0 } = action;
  const units = isImage ? images : seconds;
  // FIDELITY: zero units count as one (server source).
  return (units === 0 ? 1 : units) * Number(findUnitPrice(state, provider, model, isImage ? 'IMAGE' : 'VIDEO') ?? 0);
}

function isOfUnits(type: Action['type']): boolean {
  return type === 'image_generation' || type === 'video_generation';
}
