import { describe, expect, it, onTestFinished, vi } from 'vitest';

import { monotonic } from '../../../src/core/values/clock.ts';
import { Waker } from '../../../src/core/sandbox/waker.ts';

describe('Waker', () => {
  it('wakes each when it asked to be woken, and once', async () => {
    const woken: string[] = [];
    const waker = new Waker<{ readonly name: string }>(({ name }) => woken.push(name));
    waker.plan({ name: 'late' }, 40);
    waker.plan({ name: 'early' }, 5);
    waker.plan({ name: 'overdue' }, -5);
    await expect.poll(() => woken.toSorted()).toEqual(['early', 'late', 'overdue']);
    waker.close();
  });

  it('wakes nobody who changed its mind', async () => {
    const woken: string[] = [];
    const waker = new Waker<{ readonly name: string }>(({ name }) => woken.push(name));
    const [never, other] = [{ name: 'never' }, { name: 'other' }];
    waker.plan(never, 5);
    waker.plan(never, undefined);
    waker.plan(other, 1);
    waker.plan(other, 20);
    await expect.poll(() => woken).toEqual(['other']);
    waker.close();
  });

  it('wakes nobody after it was closed', async () => {
    const woken: string[] = [];
    const waker = new Waker<{ readonly name: string }>(({ name }) => woken.push(name));
    waker.plan({ name: 'a' }, 1);
    waker.close();
    waker.plan({ name: 'b' }, 1);
    const start = monotonic();
    await expect.poll(() => monotonic() - start).toBeGreaterThan(30);
    expect(woken).toEqual([]);
  });

  it('waits longer than a timer can', () => {
    onTestFinished(() => void vi.useRealTimers());
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const woken: string[] = [];
    const waker = new Waker<{ readonly name: string }>(({ name }) => woken.push(name));
    const days = 86_400_000;
    waker.plan({ name: 'a' }, 60 * days);
    vi.advanceTimersByTime(59 * days);
    expect(woken).toEqual([]);
    vi.advanceTimersByTime(2 * days);
    expect(woken).toEqual(['a']);
    waker.close();
  });

  it('wakes as many as there may be', async () => {
    let woken = 0;
    const waker = new Waker<object>(() => (woken += 1));
    for (let count = 0; count < 200_000; count += 1) waker.plan({}, 200_000 - count > 1000 ? 1 : 30);
    await expect.poll(() => woken).toBe(200_000);
    waker.close();
  });

  it('wakes those that plan again while they are woken', async () => {
    const woken: string[] = [];
    const waker = new Waker<{ readonly name: string }>((sandbox) => {
      woken.push(sandbox.name);
      if (woken.length < 4) waker.plan(sandbox, 1);
    });
    waker.plan({ name: 'a' }, 1);
    await expect.poll(() => woken).toEqual(['a', 'a', 'a', 'a']);
    waker.close();
  });
});
