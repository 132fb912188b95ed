import { describe, expect } from 'vitest';

import { START } from '../support/emulator.ts';
import { it, ok, problem, startControl, type ControlApi } from './api.ts';

async function now({ get }: ControlApi): Promise<number> {
  const { body } = await get('/clock');
  return Date.parse((body as { now: string }).now);
}

describe('GET /_emulator/clock', () => {
  it('shows a running clock move, and is the time of records', async ({ api }) => {
    await api.put('/clock', { frozen: false });
    const first = await now(api);
    expect(first).toBeGreaterThanOrEqual(Date.parse(START));
    await expect.poll(() => now(api)).toBeGreaterThan(first);
    await api.put('/clock', { now: '2026-03-04T05:06:07.089Z', frozen: true });
    const { body } = await api.call('post', '/klaim/users', { email: 'grace@lantern.example' });
    expect(body).toMatchObject({ created_at: Date.parse('2026-03-04T05:06:07.089Z') });
  });
});

describe('PUT /_emulator/clock', () => {
  it('lets a running clock run on from the instant that is set', async ({ api }) => {
    await api.put('/clock', { frozen: false });
    expect(await api.put('/clock', { now: '2030-01-01T00:00:00Z' })).toMatchObject({ body: { frozen: false } });
    const distance = (await now(api)) - Date.parse('2030-01-01T00:00:00Z');
    expect(distance).toBeGreaterThanOrEqual(0);
    expect(distance).toBeLessThan(10_000);
    await expect.poll(() => now(api)).toBeGreaterThan(Date.parse('2030-01-01T00:00:00Z') + distance);
  });

  it('keeps a clock at the last instant usable, and lets it be set back', async ({ api }) => {
    const last = '9999-12-31T23:59:59.999Z';
    await api.put('/clock', { now: last, frozen: false });
    const until = performance.now() + 5;
    await expect.poll(() => performance.now()).toBeGreaterThan(until);
    expect(await api.get('/clock')).toEqual(ok({ now: last, frozen: false }));
    expect(await api.call('get', '/klaim/users')).toMatchObject({ status: 200 });
    expect(await api.put('/clock', { now: START, frozen: true })).toEqual(ok({ now: START, frozen: true }));
  });

  it('freezes a running clock at its current time, or exactly at the instant that is given', async () => {
    const { get, put } = await startControl();
    await put('/clock', { frozen: false });
    const frozen = await put('/clock', { frozen: true });
    expect(frozen).toMatchObject({ body: { frozen: true } });
    const until = performance.now() + 5;
    await expect.poll(() => performance.now()).toBeGreaterThan(until);
    expect(await get('/clock')).toEqual(frozen);
    const exact = { now: '2030-01-01T00:00:00.000Z', frozen: true };
    for (let round = 0; round < 50; round += 1) {
      await put('/clock', { frozen: false });
      expect(await put('/clock', exact)).toEqual(ok(exact));
    }
  });

  it('releases a frozen clock from the instant that is given', async ({ api }) => {
    expect(await api.put('/clock', { now: '2030-01-01T00:00:00Z', frozen: false })).toMatchObject({
      body: { now: expect.stringMatching(/^2030-01-01T00:00:0/) as unknown, frozen: false },
    });
    await expect.poll(() => now(api)).toBeGreaterThan(Date.parse('2030-01-01T00:00:00Z'));
  });
});

describe('POST /_emulator/clock/advance', () => {
  it('moves a running clock forward, which runs on', async ({ api }) => {
    await api.put('/clock', { frozen: false });
    expect(await api.post('/clock/advance', { by: 'P365D' })).toMatchObject({
      body: { now: expect.stringMatching(/^2027-01-01T00:00/) as unknown, frozen: false },
    });
    const first = await now(api);
    await expect.poll(() => now(api)).toBeGreaterThan(first);
  });

  it.each(['P4000000D', 9e14])('refuses %s, which is beyond the last instant', async (by) => {
    const { post, get } = await startControl();
    const detail = expect.stringMatching(/^\d+ is outside the years 0000 to 9999\.$/) as string;
    expect(await post('/clock/advance', { by })).toEqual(problem(400, 'Invalid duration', detail, expect.any(String)));
    expect(await get('/clock')).toEqual(ok({ now: START, frozen: true }));
  });

  it('can reach an instant from which the state can still be put back', async () => {
    const { post, get, put } = await startControl();
    await post('/clock/advance', { by: 'P2900000D' });
    expect(await put('/state', (await get('/state')).body)).toMatchObject({ status: 204 });
    expect(await get('/clock')).toEqual(ok({ now: '9965-12-07T00:00:00.000Z', frozen: true }));
  });
});
