import { defineCollection } from '../../../core/store/collection.ts';
import type { Amount } from '../../../core/values/decimal.ts';
import type { Instant } from '../../../core/values/clock.ts';
import type { Address } from '../addresses.ts';

/** A task that earns credits in one week of a season. */
export interface Goal {
  readonly id: string;
  readonly seasonId: number;
  readonly week: number;
  readonly title: string;
  readonly description: string;
  /** The URL of a picture, or "". */
  readonly thumbnail: string;
  readonly totalSteps: number;
  /** Wei. */
  readonly reward: Amount;
  readonly place: number;
}

/** The progress of a wallet with a goal of a week. */
export interface Steps {
  readonly address: Address;
  readonly seasonId: number;
  readonly week: number;
  readonly goalId: string;
  readonly completed: number;
  /** The time of the last progress. */
  readonly at: Instant;
}

export interface Captcha {
  readonly challenge: string;
  /** Percent of the width. */
  readonly target: number;
  readonly expiresAt: Instant;
}

/** A wallet's captcha, and its failed attempts. */
export interface CaptchaRecord {
  readonly address: Address;
  /** Null after an answer. */
  readonly open: Captcha | null;
  /** Wrong answers since the last right one. */
  readonly failures: number;
}

export function toGoalKey({ seasonId, week, id }: Pick<Goal, 'seasonId' | 'week' | 'id'>): string {
  return `${seasonId} ${week} ${id}`;
}

export function toStepsKey({ address, seasonId, week, goalId }: Omit<Steps, 'completed' | 'at'>): string {
  return `${address} ${toGoalKey({ seasonId, week, id: goalId })}`;
}

export const goalCollections = {
  goals: defineCollection({
    key: (goal: Goal) => toGoalKey(goal),
    orders: { week: ({ seasonId, week, place }) => [seasonId, week, place] },
  }),
  steps: defineCollection({ key: (steps: Steps) => toStepsKey(steps) }),
  captchas: defineCollection({ key: (captcha: CaptchaRecord) => captcha.address }),
};
