import {
  drawHexadecimal,
  drawUuid,
  oneForEach,
  pastInstant,
  type GeneratedList,
  type GenerationPlace,
} from '../../core/provider/generation.ts';
import { renderInstant, toInstant } from '../../core/values/clock.ts';

/** Seasons end here and follow one another, so that none overlaps a season of another fixture. */
const LAST_END = Date.UTC(2020, 0, 1);
const SEASON = 28 * 86_400_000;

export const generate: Readonly<Record<string, GeneratedList>> = {
  seasons: {
    // More would start before the year 1.
    most: 20_000,
    fields: { description: { enum: ['Lamps everywhere.', 'Boats and weather.', 'Kites over the plaza.'] } },
    complete: (made, { index }) => ({
      id: toSeasonId(index),
      name: `Season ${index + 1}`,
      startDate: renderInstant(toInstant(LAST_END - (index + 1) * SEASON)),
      endDate: renderInstant(toInstant(LAST_END - index * SEASON)),
      maxMana: 1_000_000_000,
      isPaused: false,
      ...made,
    }),
  },
  wallets: {
    fields: { registeredAt: pastInstant },
    complete: (made, place) => ({ address: drawAddress(place, place.index), ...made }),
  },
  credits: {
    needs: { wallets: oneForEach(3) },
    fields: {
      amount: { type: 'string', pattern: '^[1-9][0-9]$' },
      createdAt: pastInstant,
      expiresAt: { enum: [null, '2031-01-01T00:00:00.000Z', '2031-07-01T00:00:00.000Z'] },
      goalId: { enum: ['visit-genesis-plaza', 'win-a-race', 'meet-a-friend'] },
    },
    complete: (made, place) => {
      const { index, size, draw } = place;
      const amount = Number(made['amount']);
      return {
        id: drawUuid(place, 'id'),
        address: drawAddress(place, index % size('wallets')),
        // Most credits are unspent.
        spent: String(draw('is spent', 4) === 0 ? draw('spent', amount + 1) : 0),
        ...(size('seasons') > 0 && { seasonId: toSeasonId(index % size('seasons')) }),
        ...made,
      };
    },
  },
  goals: {
    needs: { seasons: oneForEach(1000) },
    fields: { totalSteps: { enum: [1, 3] }, reward: { type: 'string', pattern: '^[1-9]$' } },
    complete: (made, { index, size }) => ({ ...toGoal(index, size('seasons')), title: `Goal ${index + 1}`, ...made }),
  },
  steps: {
    // No wallet gets the same goal twice.
    needs: { wallets: oneForEach(2), goals: (count) => Math.min(count, 2) },
    fields: { completed: { enum: [0, 1] }, at: pastInstant },
    complete: (made, place) => {
      const { index, size } = place;
      const wallets = size('wallets');
      const { id, ...ofWeek } = toGoal(Math.floor(index / wallets) % size('goals'), size('seasons'));
      return { address: drawAddress(place, index % wallets), ...ofWeek, goalId: id, ...made };
    },
  },
  captchas: {
    needs: { wallets: oneForEach(1) },
    fields: { failures: { enum: [1, 2] } },
    complete: (made, place) => ({ address: drawAddress(place, place.index), ...made }),
  },
  purses: {
    needs: { wallets: oneForEach(1) },
    fields: { cents: { type: 'integer', minimum: 0, maximum: 10_000 } },
    complete: (made, place) => ({ address: drawAddress(place, place.index), ...made }),
  },
  orders: {
    needs: { wallets: oneForEach(3) },
    fields: { status: { enum: ['initiated', 'failed', 'abandoned'] }, createdAt: pastInstant },
    complete: (made, place) => ({
      id: drawUuid(place, 'order'),
      address: drawAddress(place, place.index % place.size('wallets')),
      packId: 'pack_10',
      credits: 100,
      usdCents: 1199,
      ...made,
    }),
  },
  purchases: {
    needs: { wallets: oneForEach(3) },
    fields: { createdAt: pastInstant },
    complete: (made, place) => ({
      id: drawUuid(place, 'purchase'),
      address: drawAddress(place, place.index % place.size('wallets')),
      usdCents: 30,
      amount: '1111111111111111112',
      status: 'SETTLED',
      expiresAt: '2026-01-01T00:00:00.000Z',
      ...made,
    }),
  },
};

function toGoal(index: number, seasons: number): { id: string; seasonId: number; week: number } {
  return { id: `goal_${index + 1}`, seasonId: toSeasonId(index % seasons), week: 1 + (index % 4) };
}

function drawAddress(place: GenerationPlace, index: number): string {
  return `0x${drawHexadecimal(place, 'address', 40, index)}`;
}

function toSeasonId(index: number): number {
  return 1_000_001 + index;
}
