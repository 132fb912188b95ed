import { describe, expect, it, vi } from 'vitest';

import { Waits } from '../../../src/core/sandbox/waits.ts';

/** What a wait has come to, once all that waits for nothing but its turn has had it. */
async function look(wait: Promise<boolean>): Promise<boolean | 'pending'> {
  let outcome: boolean | 'pending' = 'pending';
  void wait.then((happened) => (outcome = happened));
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  return outcome;
}

describe(Waits, () => {
  it('settles when the time has gone by, and forgets it', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const waits = new Waits();
      const wait = waits.pass(1_000, 'a');
      expect(waits.size).toBe(1);
      vi.advanceTimersByTime(999);
      expect([await look(wait), waits.size]).toEqual(['pending', 1]);
      vi.advanceTimersByTime(1);
      expect([await look(wait), waits.size, vi.getTimerCount()]).toEqual([true, 0, 0]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('settles when something happens, and stops listening', async () => {
    const waits = new Waits();
    const forget = vi.fn();
    let happen: () => void = () => undefined;
    const wait = waits.until((happened) => {
      happen = happened;
      return forget;
    }, 'a');
    expect([await look(wait), waits.size, forget.mock.calls.length]).toEqual(['pending', 1, 0]);
    happen();
    expect([await look(wait), waits.size, forget.mock.calls.length]).toEqual([true, 0, 1]);
  });

  it('says of all at once when they are ended that nothing happened, and leaves no timer', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const waits = new Waits();
      const forget = vi.fn();
      const all = [waits.pass(5, 'a'), waits.pass(1_000_000, 'b'), waits.until(() => forget, 'c')];
      expect(waits.size).toBe(3);
      waits.endAll();
      expect(await Promise.all(all)).toEqual([false, false, false]);
      expect([waits.size, vi.getTimerCount(), forget.mock.calls.length]).toEqual([0, 0, 1]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('leaves alone what begins to wait after the others were ended', async () => {
    const waits = new Waits();
    waits.endAll();
    const wait = waits.until(() => () => undefined, 'a');
    expect([await look(wait), waits.size]).toEqual(['pending', 1]);
    waits.endAll();
    expect(await look(wait)).toBe(false);
  });
});
