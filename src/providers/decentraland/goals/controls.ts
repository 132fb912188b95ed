import { toFieldsSchema, type EntryOf } from '../../../core/provider/fields.ts';
import type { Control } from '../../../core/provider/provider.ts';
import { text, toObjectSchema } from '../../../core/values/json-schema.ts';
import { renderInstant } from '../../../core/values/clock.ts';
import { assert } from '../errors.ts';
import { parseWei, toWeiAmount } from '../mana.ts';
import type { Decentraland } from '../operation.ts';
import { toWeek } from '../rules.ts';
import { address, newGoalFields, toGoalKey } from '../state.ts';
import { getCurrentSeason, getWallet } from '../wallets.ts';
import { findSteps, listGoals } from './weeks.ts';

type NewGoal = EntryOf<typeof newGoalFields>;

/** ASSUMED: progress of wallets is kept for each goal that remains. */
export const defineGoals: Control<Decentraland, { readonly goals: readonly NewGoal[]; readonly week?: number }> = {
  describe: 'Define the goals of a week of the current season.',
  schema: toObjectSchema(['goals'], {
    goals: {
      type: 'array',
      maxItems: 100,
      items: toFieldsSchema(newGoalFields),
    },
    week: { type: 'integer', minimum: 1, description: 'The current week if left out.' },
  }),
  run: ({ state, now, ids, args }) => {
    const season = getCurrentSeason(state, now);
    const week = args.week ?? toWeek(season, now).number;
    assert(new Set(args.goals.map(({ id }) => id)).size === args.goals.length, 'GOAL_TWICE');
    const before = listGoals(state, season, week);
    for (const { seasonId, id } of before) state.goals.delete(toGoalKey({ seasonId, week, id }));
    for (const { description = '', thumbnail = '', totalSteps = 1, reward, ...goal } of args.goals) {
      state.goals.put({
        ...goal,
        seasonId: season.id,
        week,
        description,
        thumbnail,
        totalSteps,
        reward: toWeiAmount(parseWei(reward)),
        place: ids.next('goal'),
      });
    }
    return { seasonId: season.id, week, goals: args.goals.map(({ id }) => id) };
  },
};

interface Done {
  readonly address: string;
  readonly goalId: string;
  readonly completedSteps?: number;
}

export const completeSteps: Control<Decentraland, Done> = {
  describe: 'Set the progress of a wallet with a goal of this week. Without steps, completes it.',
  schema: toObjectSchema(['address', 'goalId'], {
    address,
    goalId: text,
    completedSteps: { type: 'integer', minimum: 0, description: 'All of them if left out.' },
  }),
  run: ({ state, now, args }) => {
    const { address: owner } = getWallet(state, args.address);
    const season = getCurrentSeason(state, now);
    const { number: week } = toWeek(season, now);
    const goal = state.goals.find(toGoalKey({ seasonId: season.id, week, id: args.goalId }));
    assert(goal, 'GOAL_NOT_FOUND');
    const { totalSteps } = goal;
    const completed = Math.min(args.completedSteps ?? totalSteps, totalSteps);
    const before = findSteps(state, owner, goal);
    if (before?.completed !== completed) {
      state.steps.put({ address: owner, seasonId: season.id, week, goalId: goal.id, completed, at: now });
    }
    return { goalId: goal.id, week, completedSteps: completed, totalSteps };
  },
};

export const readCaptcha: Control<Decentraland, { readonly address: string }> = {
  describe: "Show the solution of a wallet's open captcha.",
  schema: toObjectSchema(['address'], { address }),
  run: ({ state, args }) => {
    const { address: owner } = getWallet(state, args.address);
    const record = state.captchas.find(owner);
    assert(record?.open, 'CAPTCHA_NOT_FOUND');
    const { challenge, target, expiresAt } = record.open;
    return { challenge, x: target, expiresAt: renderInstant(expiresAt), failures: record.failures };
  },
};
