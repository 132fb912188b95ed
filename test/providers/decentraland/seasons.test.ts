import { describe, expect, it } from 'vitest';

import { noSeason, ok, startDecentraland, startWire, toFixtures } from './api.ts';

const lamps = {
  id: 1,
  name: 'Season of Lamps',
  description: 'Over, but for the credits that it gave.',
  startDate: '2025-10-03T00:00:00.000Z',
  endDate: '2025-12-22T00:00:00.000Z',
  isActive: false,
  maxMana: 50_000,
};
const boats = {
  id: 2,
  name: 'Season of Boats',
  description: 'Runs, and is in its second week.',
  startDate: '2025-12-22T00:00:00.000Z',
  endDate: '2026-02-16T00:00:00.000Z',
  isActive: true,
  maxMana: 50_000,
};
const kites = {
  id: 3,
  name: 'Season of Kites',
  description: 'To come.',
  startDate: '2026-03-02T00:00:00.000Z',
  endDate: '2026-05-01T00:00:00.000Z',
  isActive: false,
  maxMana: 60_000,
};

const DAY = 86_400;

/** A season as the wire has it, which tells no description. */
function onWire(season: typeof lamps, state: string, timeLeft: number, amountOfWeeks: number): object {
  const { id, name, startDate, endDate, maxMana } = season;
  return { id, name, startDate, endDate, maxMana: String(maxMana), timeLeft, amountOfWeeks, state };
}

describe.each([
  ['document', startDecentraland],
  ['wire', startWire],
] as const)('the season in the format %s', (_, start) => {
  it('is told with its week', async () => {
    const api = await start();
    expect(await api.call('get', '/season')).toEqual(ok({ id: 2, week: 2, isPaused: false }));
  });

  it('is told to be paused', async () => {
    const api = await start();
    await api.run('pauseSeason');
    expect(await api.call('get', '/season')).toEqual(ok({ id: 2, week: 2, isPaused: true }));
  });

  it('is not found where none runs, and where there is none', async () => {
    const api = await start();
    await api.run('endSeason');
    expect(await api.call('get', '/season')).toEqual(noSeason);
    const bare = await start({ fixtures: toFixtures({}) });
    expect(await bare.call('get', '/season')).toEqual(noSeason);
  });

  it('counts weeks of seven days from its own start, also where that is no midnight', async () => {
    const season = { id: 7, name: 'S', startDate: '2026-01-01T13:30:00Z', endDate: '2026-02-01T00:00:00Z' };
    const api = await start({ fixtures: toFixtures({ seasons: [season] }) });
    await api.moveTo('2026-01-08T13:29:59.999Z');
    expect(await api.call('get', '/season')).toEqual(ok({ id: 7, week: 1, isPaused: false }));
    await api.moveTo('2026-01-08T13:30:00Z');
    expect(await api.call('get', '/season')).toEqual(ok({ id: 7, week: 2, isPaused: false }));
  });

  it('needs no question, and heeds none', async () => {
    const api = await start();
    expect(await api.call('get', '/season?id=3')).toEqual(await api.call('get', '/season'));
    expect(await api.call('get', '/seasons?id=3')).toEqual(await api.call('get', '/seasons'));
  });
});

describe('the seasons in the format document', () => {
  it('are the past ones, the current and the next one', async () => {
    const api = await startDecentraland();
    expect(await api.call('get', '/seasons')).toEqual(ok({ past: [lamps], current: boats, next: kites }));
  });

  it('are past ones from the oldest on, in whatever order they were written', async () => {
    const later = { id: 9, name: 'B', startDate: 'now-P20D', endDate: 'now-P10D' };
    const earlier = { id: 12, name: 'A', startDate: 'now-P40D', endDate: 'now-P30D' };
    const api = await startDecentraland({ fixtures: toFixtures({ seasons: [later, earlier] }) });
    const details = { description: '', isActive: false, maxMana: 0 };
    expect(await api.call('get', '/seasons')).toEqual(
      ok({
        past: [
          { id: 12, name: 'A', ...details, startDate: '2025-11-22T00:00:00.000Z', endDate: '2025-12-02T00:00:00.000Z' },
          { id: 9, name: 'B', ...details, startDate: '2025-12-12T00:00:00.000Z', endDate: '2025-12-22T00:00:00.000Z' },
        ],
        current: null,
        next: null,
      }),
    );
  });

  it('are the nearest of those to come', async () => {
    const seasons = [
      { id: 1, name: 'Far', startDate: 'now+P30D', endDate: 'now+P40D' },
      { id: 2, name: 'Near', startDate: 'now+P10D', endDate: 'now+P20D' },
    ];
    const api = await startDecentraland({ fixtures: toFixtures({ seasons }) });
    expect(await api.call('get', '/seasons')).toMatchObject({ body: { past: [], current: null, next: { id: 2 } } });
  });

  it('are none where there is none', async () => {
    const api = await startDecentraland({ fixtures: toFixtures({}) });
    expect(await api.call('get', '/seasons')).toEqual(ok({ past: [], current: null, next: null }));
  });

  it('are not active while they are paused', async () => {
    const api = await startDecentraland();
    await api.run('pauseSeason');
    expect(await api.call('get', '/seasons')).toEqual(
      ok({ past: [lamps], current: { ...boats, isActive: false }, next: kites }),
    );
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

  it('are the last one, the current one with its week, and the next one', async () => {
    const api = await startWire();
    const season = onWire(boats, 'RUNNING', 46 * DAY, 8);
    expect(await api.call('get', '/seasons')).toEqual(
      ok({ lastSeason: last, currentSeason: { season, week }, nextSeason: next }),
    );
  });

  it('say that the program is paused', async () => {
    const api = await startWire();
    await api.run('pauseSeason');
    const season = onWire(boats, 'ERR_PROGRAM_PAUSED', 46 * DAY, 8);
    expect(await api.call('get', '/seasons')).toEqual(
      ok({ lastSeason: last, currentSeason: { season, week }, nextSeason: next }),
    );
  });

  it('say that the season has run out of funds once it has given all its MANA', async () => {
    const season = { id: 1, name: 'S', startDate: 'now', endDate: 'now+P7D', maxMana: 10 };
    const api = await startWire({ fixtures: toFixtures({ seasons: [season] }) });
    const address = '0x1111111111111111111111111111111111111111';
    const readState = async (): Promise<unknown> => {
      const { body } = await api.call('get', '/seasons');
      return (body as { currentSeason: { season: { state: string } } }).currentSeason.season.state;
    };
    await api.run('grant', { address, amount: '9.5' });
    expect(await readState()).toBe('RUNNING');
    await api.run('grant', { address, amount: '0.5' });
    expect(await readState()).toBe('ERR_SEASON_RUN_OUT_OF_FUNDS');
  });

  it('are the last of those that have ended', async () => {
    const api = await startWire();
    await api.moveTo('2026-06-01T00:00:00Z');
    expect(await api.call('get', '/seasons')).toEqual(
      ok({ lastSeason: onWire(kites, 'ENDED', 0, 9), currentSeason: null, nextSeason: null }),
    );
  });

  it('are none where there is none', async () => {
    const api = await startWire({ fixtures: toFixtures({}) });
    expect(await api.call('get', '/seasons')).toEqual(ok({ lastSeason: null, currentSeason: null, nextSeason: null }));
  });

  it('count seconds down to the end, and begun ones as whole', async () => {
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

  it('have a last week that is as short as the season makes it', async () => {
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
