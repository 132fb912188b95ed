import { renderInstant } from '../../../core/values/clock.ts';
import { instant, orNull, text, toListSchema, toObjectSchema } from '../../../core/values/json-schema.ts';
import { FixtureMistake, type FixturePath } from '../../../core/provider/fixture.ts';
import { getReferred, listByPlace, loadEach, type Loading } from '../../../core/provider/loading.ts';
import { findWei, renderMana, toWeiAmount } from '../mana.ts';
import { toAddress, type Address, type State } from '../state.ts';
import { address, mana } from '../written.ts';
import { toGoalKey, toStepsKey, type CaptchaRecord, type Goal, type Steps } from './record.ts';

export interface GoalSections {
  readonly goals?: readonly GoalEntry[];
  readonly steps?: readonly StepsEntry[];
  readonly captchas?: readonly CaptchaEntry[];
}

interface GoalEntry {
  readonly id: string;
  readonly seasonId: number;
  readonly week: number;
  readonly title: string;
  readonly description?: string;
  readonly thumbnail?: string;
  readonly totalSteps?: number;
  readonly reward: string;
}

interface StepsEntry {
  readonly address: string;
  readonly seasonId: number;
  readonly week: number;
  readonly goalId: string;
  readonly completed: number;
  readonly at?: string;
}

interface CaptchaEntry {
  readonly address: string;
  readonly open?: { readonly challenge: string; readonly target: number; readonly expiresAt: string } | null;
  readonly failures?: number;
}

/** What controls and fixtures say of a goal alike. */
export const goalFields = {
  id: text,
  title: text,
  description: { type: 'string' },
  thumbnail: { type: 'string', description: 'The address of a picture.' },
  totalSteps: { type: 'integer', minimum: 1, description: '1, if left out.' },
};

const week = { type: 'integer', minimum: 1 };
const seasonId = { type: 'integer', minimum: 1 };

export const goalSchemas = {
  goals: toListSchema(['id', 'seasonId', 'week', 'title', 'reward'], { ...goalFields, seasonId, week, reward: mana }),
  steps: toListSchema(['address', 'seasonId', 'week', 'goalId', 'completed'], {
    address,
    seasonId,
    week,
    goalId: text,
    completed: { type: 'integer', minimum: 0 },
    at: instant,
  }),
  captchas: toListSchema(['address'], {
    address,
    open: orNull(
      toObjectSchema(['challenge', 'target', 'expiresAt'], {
        challenge: text,
        target: { type: 'integer', minimum: 0, maximum: 100, description: 'Percent of the width.' },
        expiresAt: { ...instant, description: 'RFC 3339, or relative to the start: now+PT5M.' },
      }),
    ),
    failures: { type: 'integer', minimum: 0, maximum: 2 },
  }),
};

/** Behind seasons and wallets. */
export function loadGoalSections({ goals, steps, captchas }: GoalSections, loading: Loading<State>): void {
  loadEach(goals, ['goals'], (entry, at) => {
    loading.assertNew(`goal "${entry.id}" of week ${entry.week} of season ${entry.seasonId}`, [...at, 'id']);
    getReferred(loading.state.seasons.find(String(entry.seasonId)), `season ${entry.seasonId}`, [...at, 'seasonId']);
    const reward = findWei(entry.reward);
    if (reward === undefined) throw new FixtureMistake([...at, 'reward'], 'Write MANA above 0, such as "2.5".');
    const { description = '', thumbnail = '', totalSteps = 1 } = entry;
    const place = loading.state.goals.find(toGoalKey(entry))?.place ?? loading.context.ids.next('goal');
    loading.state.goals.put({ ...entry, description, thumbnail, totalSteps, reward: toWeiAmount(reward), place });
  });
  loadEach(steps, ['steps'], (entry, at) => {
    const owner = getOwner(entry, at, loading);
    const { seasonId: season, week: ofWeek, goalId, completed } = entry;
    const record: Steps = {
      address: owner,
      seasonId: season,
      week: ofWeek,
      goalId,
      completed,
      at: loading.parseInstant(entry.at, [...at, 'at']),
    };
    loading.assertNew(`steps of ${toStepsKey(record)}`, [...at, 'goalId']);
    loading.state.steps.put(record);
  });
  loadEach(captchas, ['captchas'], (entry, at) => {
    const owner = getOwner(entry, at, loading);
    loading.assertNew(`captcha of ${owner}`, [...at, 'address']);
    const open = entry.open
      ? { ...entry.open, expiresAt: loading.parseInstant(entry.open.expiresAt, [...at, 'open', 'expiresAt']) }
      : null;
    loading.state.captchas.put({ address: owner, open, failures: entry.failures ?? 0 });
  });
}

/** The wallet, of those that are there, to which an entry belongs. */
export function getOwner(entry: { readonly address: string }, at: FixturePath, loading: Loading<State>): Address {
  const owner = toAddress(entry.address);
  return getReferred(loading.state.wallets.find(owner), `wallet ${owner}`, [...at, 'address']).address;
}

export function dumpGoalSections(state: State): GoalSections {
  return {
    goals: listByPlace(state.goals).map(dumpGoal),
    steps: [...state.steps.values()].map(({ at, ...steps }) => ({ ...steps, at: renderInstant(at) })),
    captchas: [...state.captchas.values()].map(dumpCaptcha),
  };
}

function dumpGoal({ place: _, reward, ...goal }: Goal): GoalEntry {
  return { ...goal, reward: renderMana(BigInt(reward)) };
}

function dumpCaptcha({ address: owner, open, failures }: CaptchaRecord): CaptchaEntry {
  return {
    address: owner,
    ...(open && { open: { ...open, expiresAt: renderInstant(open.expiresAt) } }),
    ...(failures > 0 && { failures }),
  };
}
