import { renderInstant, renderInstantOrNull, type Instant } from '../../core/values/clock.ts';
import { renderMana, toMana } from './mana.ts';
import {
  countWeeks,
  findRunningSeason,
  isOutOfFunds,
  sumRemaining,
  toPhase,
  toRemaining,
  toSpendableStatus,
  toStatus,
  toWeek,
} from './rules.ts';
import { CONTRACT, sign, toExpirySeconds, toSalt } from './credit-signature.ts';
import type { Credit, Flag, Season } from './state.ts';
import type { components } from '../../generated/decentraland.ts';
import type { components as WireComponents } from '../../generated/decentraland-wire.ts';

type Schemas = components['schemas'];
type WireSchemas = WireComponents['schemas'];

/**
 * FIDELITY: MANA as numbers, and the total is the spendable balance (published document). ASSUMED: the total is of all
 * credits, whatever the filter.
 */
export function presentCredits(
  shown: readonly Credit[],
  spendable: readonly Credit[],
  now: Instant,
): Schemas['CreditList'] {
  return {
    credits: shown.map((credit) => presentCredit(credit, now)),
    totalCredits: toMana(sumRemaining(spendable)),
  };
}

function presentCredit(credit: Credit, now: Instant): Schemas['Credit'] {
  const { terms, createdAt, seasonId, goalId } = credit;
  return {
    id: terms.id,
    // FIDELITY: the original value, because it is signed (contract).
    amount: toMana(BigInt(terms.amount)),
    status: toStatus(credit, now),
    createdAt: renderInstant(createdAt),
    ...(terms.expiresAt === null ? undefined : { expiresAt: renderInstant(terms.expiresAt) }),
    signature: sign(terms).signature,
    seasonId,
    ...(goalId === null ? undefined : { goalId }),
  };
}

/** Credits that are used up or expired are never listed. */
const WIRE_STATUS = { AVAILABLE: 'available', PARTIALLY_USED: 'partially_used' } as const;

/**
 * FIDELITY: wei, as text in a credit and as numbers that may lose digits in the sums (clients; the shop's mocks, and
 * the Unity client, which reads a text as 0). ASSUMED: credits that never expire are those without an expiry.
 */
export function presentWireCredits(shown: readonly Credit[], spendable: readonly Credit[]): WireSchemas['CreditList'] {
  const lasting = spendable.filter(({ terms }) => terms.expiresAt === null);
  const total = sumRemaining(spendable);
  const nonExpiring = sumRemaining(lasting);
  return {
    credits: shown.map(presentWireCredit),
    totalCredits: Number(total),
    totals: { expiring: Number(total - nonExpiring), nonExpiring: Number(nonExpiring) },
  };
}

function presentWireCredit(credit: Credit): WireSchemas['Credit'] {
  const { terms, createdAt, seasonId, goalId, weekId, claimedAt } = credit;
  const { salt, signature } = sign(terms);
  return {
    id: salt,
    amount: terms.amount,
    availableAmount: String(toRemaining(credit)),
    contract: CONTRACT,
    userAddress: terms.address,
    // FIDELITY: instants are text (dapps and Unity clients). ASSUMED: also for the shop client, which has numbers in
    // its types and reads neither.
    expiresAt: String(toExpirySeconds(terms)),
    timestamp: String(Math.max(createdAt, 0)),
    season: seasonId,
    seasonId: seasonId === 0 ? null : seasonId,
    goalId,
    weekId,
    claimedAt: claimedAt === null ? null : String(Math.max(claimedAt, 0)),
    status: WIRE_STATUS[toSpendableStatus(credit)],
    signature,
  };
}

const CAUSES = {
  'multi-account': 'Several accounts are used by the same person.',
  captcha: 'The captcha was not solved too often.',
} as const satisfies Record<Flag['cause'], string>;

/** FIDELITY: the fields (published document). ASSUMED: their texts, and no linked accounts for a captcha. */
export function presentFlag({ cause, ip, linkedAddresses }: Flag): Schemas['Flagged'] & { ok: false } {
  return {
    ok: false,
    message: 'User is flagged',
    reason: {
      message: CAUSES[cause],
      ...(ip === null ? undefined : { ip }),
      ...(cause === 'captcha' ? undefined : { linkedAddresses: [...linkedAddresses] }),
    },
    isBlockedForClaiming: true,
  };
}

export function presentSeason(season: Season, now: Instant): { id: number; week: number; isPaused: boolean } {
  return { id: season.id, week: toWeek(season, now).number, isPaused: season.isPaused };
}

/** FIDELITY: past, current and next (documentation site). ASSUMED: the oldest past one is first. */
export function presentSeasons(seasons: readonly Season[], now: Instant): Schemas['Seasons'] {
  const of = (phase: ReturnType<typeof toPhase>): readonly Season[] =>
    seasons.filter((season) => toPhase(season, now) === phase);
  const [current] = of('running');
  const [next] = of('coming');
  return {
    past: of('ended').map((season) => presentSeasonDetails(season, now)),
    current: current ? presentSeasonDetails(current, now) : null,
    next: next ? presentSeasonDetails(next, now) : null,
  };
}

function presentSeasonDetails(season: Season, now: Instant): Schemas['SeasonDetails'] {
  const { id, name, description, startDate, endDate, maxMana } = season;
  return {
    id,
    name,
    description,
    startDate: renderInstant(startDate),
    endDate: renderInstant(endDate),
    isActive: toPhase(season, now) === 'running' && !season.isPaused,
    maxMana: Number(maxMana),
  };
}

/** FIDELITY: last, current with its week, and next (Unity client). */
export function presentWireSeasons(seasons: readonly Season[], now: Instant): WireSchemas['Seasons'] {
  const last = seasons.filter((season) => toPhase(season, now) === 'ended').at(-1);
  const current = findRunningSeason(seasons, now);
  const next = seasons.find((season) => toPhase(season, now) === 'coming');
  return {
    lastSeason: last ? presentWireSeason(last, now) : null,
    currentSeason: current ? { season: presentWireSeason(current, now), week: presentWeek(current, now) } : null,
    nextSeason: next ? presentWireSeason(next, now) : null,
  };
}

const STATES = { coming: 'NOT_STARTED', running: 'RUNNING', ended: 'ENDED' } as const;

function presentWireSeason(season: Season, now: Instant): WireSchemas['SeasonDetails'] {
  const { id, name, startDate, endDate, maxMana } = season;
  return {
    id,
    name,
    startDate: renderInstant(startDate),
    endDate: renderInstant(endDate),
    maxMana,
    timeLeft: toSecondsLeft(endDate, now),
    amountOfWeeks: countWeeks(season),
    state: toWireState(season, now),
  };
}

/** FIDELITY: the words (Unity client). ASSUMED: only a current season is paused or out of funds, and paused wins. */
function toWireState(season: Season, now: Instant): WireSchemas['SeasonDetails']['state'] {
  const phase = toPhase(season, now);
  if (phase !== 'running') return STATES[phase];
  if (season.isPaused) return 'ERR_PROGRAM_PAUSED';
  return isOutOfFunds(season) ? 'ERR_SEASON_RUN_OUT_OF_FUNDS' : STATES[phase];
}

function presentWeek(season: Season, now: Instant): WireSchemas['Week'] {
  const { number, start, end } = toWeek(season, now);
  const secondsRemaining = toSecondsLeft(end, now);
  return {
    weekNumber: number,
    timeLeft: secondsRemaining,
    startDate: renderInstant(start),
    endDate: renderInstant(end),
    secondsRemaining,
  };
}

export function toSecondsLeft(end: Instant, now: Instant): number {
  return Math.max(Math.ceil((end - now) / 1000), 0);
}

/** Presents a credit in a control. Unlike the API, controls also show used and expired credits. */
export function presentAnyCredit(credit: Credit, now: Instant): object {
  const { terms, createdAt, spent, seasonId, goalId } = credit;
  return {
    id: terms.id,
    salt: toSalt(terms.id),
    address: terms.address,
    amount: renderMana(BigInt(terms.amount)),
    spent: renderMana(BigInt(spent)),
    status: toStatus(credit, now),
    createdAt: renderInstant(createdAt),
    expiresAt: renderInstantOrNull(terms.expiresAt),
    seasonId,
    goalId,
  };
}
