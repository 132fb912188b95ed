import { describe, expect, it } from 'vitest';

import { FORMATS, RICH, fieldOf, noSeason, ok, startDecentraland, startWire, toFixtures } from './api.ts';

function toSeason(id: number, name: string, description: string, [start, end]: readonly [string, string], maxMana = 0) {
  const times = { startDate: `${start}T00:00:00.000Z`, endDate: `${end}T00:00:00.000Z` };
  return { id, name, description, ...times, isActive: false, maxMana };
}

const over = 'Over, but for the credits that it gave.';
const lamps = toSeason(1, 'Season of Lamps', over, ['2025-10-03', '2025-12-22'], 50_000);
const runs = 'Runs, and is in its second week.';
const boats = { ...toSeason(2, 'Season of Boats', runs, ['2025-12-22', '2026-02-16'], 50_000), isActive: true };
const kites = toSeason(3, 'Season of Kites', 'To come.', ['2026-03-02', '2026-05-01'], 60_000);

const DAY = 86_400;

/** A season in the format wire, which has no description. */
function onWire(season: typeof lamps, state: string, timeLeft: number, amountOfWeeks: number): object {
  const { id, name, startDate, endDate, maxMana } = season;
  return { id, name, startDate, endDate, maxMana: String(maxMana), timeLeft, amountOfWeeks, state };
}

describe.each(FORMATS)('the season in the format %s', (_, start) => {
  it('is shown with its week, whatever the query', async () => {
    const api = await start();
    const season = { id: 2, week: 2, isPaused: false };
    expect(await api.call('get', '/season')).toEqual(ok(season));
    expect(await api.call('get', '/season?id=3')).toEqual(ok(season));
    expect(await api.call('get', '/seasons?id=3')).toEqual(await api.call('get', '/seasons'));
    await api.run('pauseSeason');
    expect(await api.call('get', '/season')).toEqual(ok({ ...season, isPaused: true }));
    await api.run('endSeason');
    expect(await api.call('get', '/season')).toEqual(noSeason);
  });

  it('counts weeks of seven days from its own start, at any time of day', async () => {
    const season = { id: 7, name: 'S', startDate: '2026-01-01T13:30:00Z', endDate: '2026-02-01T00:00:00Z' };
    const api = await start({ fixtures: toFixtures({ seasons: [season] }) });
    await api.moveTo('2026-01-08T13:29:59.999Z');
    expect(await api.call('get', '/season')).toEqual(ok({ id: 7, week: 1, isPaused: false }));
    await api.moveTo('2026-01-08T13:30:00Z');
    expect(await api.call('get', '/season')).toEqual(ok({ id: 7, week: 2, isPaused: false }));
  });
});

describe('the seasons in the format document', () => {
  it('are the past ones, the current one, active unless it is paused, and the next one', async () => {
    const api = await startDecentraland();
    expect(await api.call('get', '/seasons')).toEqual(ok({ past: [lamps], current: boats, next: kites }));
    await api.run('pauseSeason');
    const paused = { ...boats, isActive: false };
    expect(await api.call('get', '/seasons')).toEqual(ok({ past: [lamps], current: paused, next: kites }));
  });

  it('are past ones from the oldest on and the next to come, in whatever order they were written', async () => {
    const seasons = [
      { id: 9, name: 'B', startDate: 'now-P20D', endDate: 'now-P10D' },
      { id: 1, name: 'Far', startDate: 'now+P30D', endDate: 'now+P40D' },
      { id: 12, name: 'A', startDate: 'now-P40D', endDate: 'now-P30D' },
      { id: 2, name: 'Near', startDate: 'now+P10D', endDate: 'now+P20D' },
    ];
    const api = await startDecentraland({ fixtures: toFixtures({ seasons }) });
    const past = [
      toSeason(12, 'A', '', ['2025-11-22', '2025-12-02']),
      toSeason(9, 'B', '', ['2025-12-12', '2025-12-22']),
    ];
    const next = toSeason(2, 'Near', '', ['2026-01-11', '2026-01-21']);
    expect(await api.call('get', '/seasons')).toEqual(ok({ past, current: null, next }));
  });

  it('are none if there is none', async () => {
    const [document, wire] = [startDecentraland, startWire].map((start) => start({ fixtures: toFixtures({}) }));
    const [api, other] = [await document, await wire];
    expect(await api?.call('get', '/season')).toEqual(noSeason);
    expect(await api?.call('get', '/seasons')).toEqual(ok({ past: [], current: null, next: null }));
    const none = { lastSeason: null, currentSeason: null, nextSeason: null };
    expect(await other?.call('get', '/seasons')).toEqual(ok(none));
  });

  it('have as much MANA as a number can hold', async () => {
    const season = { id: 1, name: 'S', startDate: 'now', endDate: 'now+P1D', maxMana: '0.123456789012345678' };
    const api = await startDecentraland({ fixtures: toFixtures({ seasons: [season] }) });
    expect(await api.call('get', '/seasons')).toMatchObject({ body: { current: { maxMana: 0.12345678901234568 } } });
  });
});

describe('the seasons in the format wire', () => {
  const last = onWire(lamps, 'ENDED', 0, 12);
  const next = onWire(kites, 'NOT_STARTED', 120 * DAY, 9);
  const week = {
    weekNumber: 2,
    timeLeft: 4 * DAY,
    startDate: '2025-12-29T00:00:00.000Z',
    endDate: '2026-01-05T00:00:00.000Z',
    secondsRemaining: 4 * DAY,
  };

  it('are the last one, the current one with its week and state, and the next one', async () => {
    const api = await startWire();
    const seasons = (state: string) => ({
      lastSeason: last,
      currentSeason: { season: onWire(boats, state, 46 * DAY, 8), week },
      nextSeason: next,
    });
    expect(await api.call('get', '/seasons')).toEqual(ok(seasons('RUNNING')));
    await api.run('pauseSeason');
    expect(await api.call('get', '/seasons')).toEqual(ok(seasons('ERR_PROGRAM_PAUSED')));
  });

  it('have run out of funds once all their MANA is given', async () => {
    const season = { id: 1, name: 'S', startDate: 'now', endDate: 'now+P7D', maxMana: 10 };
    const api = await startWire({ fixtures: toFixtures({ seasons: [season] }) });
    for (const [amount, state] of [
      ['9.5', 'RUNNING'],
      ['0.5', 'ERR_SEASON_RUN_OUT_OF_FUNDS'],
    ] as const) {
      await api.run('grant', { address: RICH, amount });
      expect(fieldOf(await api.call('get', '/seasons'), 'body', 'currentSeason', 'season', 'state')).toBe(state);
    }
  });

  it('are the last of those that have ended', async () => {
    const api = await startWire();
    await api.moveTo('2026-06-01T00:00:00Z');
    expect(await api.call('get', '/seasons')).toEqual(
      ok({ lastSeason: onWire(kites, 'ENDED', 0, 9), currentSeason: null, nextSeason: null }),
    );
  });

  it('count the seconds to the end, rounded up', async () => {
    const api = await startWire();
    await api.moveTo('2026-02-15T23:59:58.001Z');
    expect(await api.call('get', '/seasons')).toMatchObject({
      body: {
        currentSeason: {
          season: { timeLeft: 2, state: 'RUNNING' },
          week: { weekNumber: 8, timeLeft: 2, secondsRemaining: 2, endDate: '2026-02-16T00:00:00.000Z' },
        },
      },
    });
  });

  it('have a last week that ends with the season', async () => {
    const season = { id: 1, name: 'S', startDate: '2026-01-01T00:00:00Z', endDate: '2026-01-10T12:00:00Z' };
    const api = await startWire({ fixtures: toFixtures({ seasons: [{ ...season, maxMana: '0.5' }] }) });
    await api.moveTo('2026-01-09T00:00:00Z');
    expect(await api.call('get', '/seasons')).toMatchObject({
      body: {
        currentSeason: {
          season: { amountOfWeeks: 2, timeLeft: 1.5 * DAY, maxMana: '0.5' },
          week: {
            weekNumber: 2,
            timeLeft: 1.5 * DAY,
            startDate: '2026-01-08T00:00:00.000Z',
            endDate: '2026-01-10T12:00:00.000Z',
            secondsRemaining: 1.5 * DAY,
          },
        },
      },
    });
  });
});
