import { describe, expect, it } from 'vitest';

import { listWorlds } from '../../src/fixtures/worlds.ts';
import { startEmulator } from '../support/emulator.ts';

const KEY = { Authorization: 'Bearer klaim_test_lantern' };

interface Seen {
  /** `undefined` where there was no answer. */
  readonly status: number | undefined;
  readonly fault: string | null;
}

async function change(klaim: string): Promise<Seen> {
  const headers = { ...KEY, 'Content-Type': 'application/json' };
  try {
    const body = '{"credit_delta":1}';
    const answer = await fetch(`${klaim}/users/ada/credits`, { method: 'PUT', headers, body });
    await answer.text();
    return { status: answer.status, fault: answer.headers.get('X-Emulator-Fault') };
  } catch {
    return { status: undefined, fault: null };
  }
}

async function readBalance(klaim: string): Promise<number> {
  const answer = await fetch(`${klaim}/users/ada/credits`, { headers: KEY });
  return ((await answer.json()) as { readonly credit_balance: number }).credit_balance;
}

/** What so many changes one after another meet, in a world. */
async function meet(world: string, count: number, randomSeed = 1) {
  const { urls, url } = await startEmulator({ providers: ['klaim'], fixtures: [world], randomSeed });
  const klaim = urls.klaim;
  const seen: Seen[] = [];
  for (let at = 0; at < count; at += 1) seen.push(await change(klaim));
  await fetch(`${url}/_emulator/faults`, { method: 'DELETE' });
  return { seen, balance: await readBalance(klaim) };
}

describe('the worlds that come along', () => {
  it('are known by name', () => {
    expect(listWorlds()).toEqual(expect.arrayContaining(['default', 'flaky', 'lost-answers', 'outage', 'slow']));
  });

  it('have everything down in an outage, and nothing stored', async () => {
    const { seen, balance } = await meet('outage', 3);
    expect(seen).toEqual(Array.from({ length: 3 }, () => ({ status: 503, fault: 'outage; phase=before' })));
    expect(balance).toBe(700);
  });

  it('fail about one request in twenty in a flaky one, the same ones with the same seed', async () => {
    const first = await meet('flaky', 200);
    const failed = first.seen.filter(({ status }) => status !== 200);
    // Ten are expected.
    expect(failed.length).toBeGreaterThanOrEqual(4);
    expect(failed.length).toBeLessThanOrEqual(18);
    expect(first.balance).toBe(700 + 200 - failed.length);
    expect((await meet('flaky', 60)).seen).toEqual(first.seen.slice(0, 60));
    expect((await meet('flaky', 60, 2)).seen).not.toEqual(first.seen.slice(0, 60));
  });

  it('lose the answers of about one change in five, which lands all the same', async () => {
    const { seen, balance } = await meet('lost-answers', 50);
    const lost = seen.filter(({ status }) => status !== 200);
    expect(lost.length).toBeGreaterThanOrEqual(4);
    expect(lost.length).toBeLessThanOrEqual(18);
    expect(balance).toBe(750);
  });

  it('have every answer wait in a slow one', async () => {
    const { seen, balance } = await meet('slow', 1);
    expect(seen).toEqual([{ status: 200, fault: 'slow; phase=before' }]);
    expect(balance).toBe(701);
  });
});
