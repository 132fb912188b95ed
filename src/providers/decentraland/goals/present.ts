import { renderInstant, type Instant } from '../../../core/values/clock.ts';
import { toExpirySeconds } from '../credit-signature.ts';
import { toMana } from '../mana.ts';
import { toSecondsLeft } from '../present.ts';
import { findRunningSeason, sumRemaining, toPhase, toWeek } from '../rules.ts';
import type { Captcha, Credit, Season } from '../state.ts';
import type { components } from '../../../generated/decentraland.ts';
import type { components as WireComponents } from '../../../generated/decentraland-wire.ts';
import { drawCaptcha } from './picture.ts';
import type { OwnGoal } from './weeks.ts';

type WireProgress = WireComponents['schemas']['Progress'];
type Schemas = components['schemas'];

export interface Progress {
  readonly hasStarted: boolean;
  readonly isBlocked: boolean;
  readonly spendable: readonly Credit[];
  readonly goals: readonly OwnGoal[];
}

/** FIDELITY: the fields (Unity client), and the latest expiry (third-party notes). ASSUMED: "never" is as in the list. */
export function presentProgress({ hasStarted, isBlocked, spendable, goals }: Progress, now: Instant): WireProgress {
  const latest = spendable.reduce((last, { terms }) => Math.max(last, toExpirySeconds(terms)), 0);
  return {
    user: { hasStartedProgram: hasStarted },
    credits: {
      available: toMana(sumRemaining(spendable)),
      expiresIn: Math.max(Math.ceil(latest - now / 1000), 0),
      isBlockedForClaiming: isBlocked,
    },
    goals: goals.map(({ goal, steps, isClaimed }) => ({
      title: goal.title,
      description: goal.description,
      thumbnail: goal.thumbnail,
      progress: { totalSteps: goal.totalSteps, completedSteps: Math.min(steps?.completed ?? 0, goal.totalSteps) },
      reward: toMana(BigInt(goal.reward)),
      isClaimed,
    })),
  };
}

const STATES = { coming: 'NOT_STARTED', running: 'ACTIVE', ended: 'ENDED' } as const;

/**
 * FIDELITY: with the season and the week (documentation site). ASSUMED: between seasons, the one that ended last or comes
 * next.
 */
export function presentSeasonProgress(
  seasons: readonly Season[],
  now: Instant,
): Pick<Schemas['Progress'], 'season' | 'currentWeek'> {
  const running = findRunningSeason(seasons, now);
  const season = running ?? seasons.findLast(({ endDate }) => endDate <= now) ?? seasons[0];
  if (!season) return {};
  return {
    season: {
      timeLeft: toSecondsLeft(season.endDate, now),
      startDate: renderInstant(season.startDate),
      endDate: renderInstant(season.endDate),
      seasonState: running?.isPaused === true ? 'PAUSED' : STATES[toPhase(season, now)],
    },
    currentWeek: { timeLeft: running ? toSecondsLeft(toWeek(running, now).end, now) : 0 },
  };
}

/** FIDELITY: the fields (documentation site). */
export function presentCaptcha(captcha: Captcha): Schemas['Captcha'] {
  const { challenge, expiresAt } = captcha;
  const imageUrl = `data:image/png;base64,${drawCaptcha(captcha).toString('base64')}`;
  return { challenge, imageUrl, expiresAt: renderInstant(expiresAt) };
}
