import type { Instant } from '../../../core/values/clock.ts';
import { isClaimed } from '../giving.ts';
import { toWeek } from '../rules.ts';
import { toStepsKey, type Address, type Goal, type Season, type State, type Steps, type Wallet } from '../state.ts';

/** A goal of the current week, with a wallet's progress. */
export interface OwnGoal {
  readonly goal: Goal;
  readonly steps: Steps | undefined;
  readonly isClaimed: boolean;
}

/** Lists the goals of the current week; none for a user that has left the program. */
export function listOwnGoals(state: State, wallet: Wallet, season: Season, now: Instant): readonly OwnGoal[] {
  if (wallet.optedOutAt !== null) return [];
  const { address } = wallet;
  return listGoals(state, season, toWeek(season, now).number).map((goal) => ({
    goal,
    steps: findSteps(state, address, goal),
    isClaimed: isClaimed(state, { owner: address, goalId: goal.id }, season, now),
  }));
}

/** Whether a goal is completed and unclaimed. */
export function isDue({ goal, steps, isClaimed: claimed }: OwnGoal): boolean {
  return !claimed && steps !== undefined && steps.completed >= goal.totalSteps;
}

export function listGoals(state: State, { id }: Pick<Season, 'id'>, week: number): readonly Goal[] {
  return [...state.goals.list('week', { within: [id, week] })];
}

export function findSteps(state: State, address: Address, { id, seasonId, week }: Goal): Steps | undefined {
  return state.steps.find(toStepsKey({ address, seasonId, week, goalId: id }));
}
