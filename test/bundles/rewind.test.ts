import { describe, expect, it, onTestFinished, vi } from 'vitest';

import type { Emulator } from '../../src/compose/emulator.ts';
import { startEmulator } from '../support/emulator.ts';
import { change } from './change.ts';

/** Ada's credits in a sandbox. */
async function readBalance(emulator: Emulator, sandbox: string): Promise<string | undefined> {
  const { accounts } = await emulator.sandbox(sandbox).accounts.list({ account: 'ada', tenant: 'app_lantern' });
  return accounts[0]?.balance;
}

describe('rewind', () => {
  it('makes a sandbox as this one stood before an exchange', async () => {
    const emulator = await startEmulator({ providers: ['klaim'] });
    const sandbox = emulator.sandbox();
    await change(emulator, 5);
    await sandbox.clock.advance('PT1H');
    await sandbox.faults.add({ id: 'lost', phase: 'after', effect: { status: 500 }, times: 1 });
    const before = await sandbox.state.get();
    await change(emulator, 6);
    await sandbox.clock.advance('PT1H');
    await change(emulator, 7);
    const name = await sandbox.rewind('default-2');
    expect(name).toBe('default.before-default-2');
    expect(await emulator.sandbox(name).state.get()).toEqual(before);
    expect(await change(emulator, 6, { 'X-Emulator-Sandbox': name })).toBe(500);
    expect(await sandbox.requests.list({ count: true })).toMatchObject({ total: 3 });
  });

  it.each([false, true])('begins with the last reset, recorded: %s', async (record) => {
    const emulator = await startEmulator({ providers: ['klaim'], record });
    const sandbox = emulator.sandbox();
    for (const by of [1000, 2000]) await change(emulator, by);
    await sandbox.reset();
    const before = await sandbox.state.get();
    for (const by of [1, 2, 4, 8]) await change(emulator, by);
    await sandbox.state.put(before);
    for (const by of [16, 32]) await change(emulator, by);
    const balances: unknown[] = [];
    for (const id of ['default-1', 'default-4', 'default-5', 'default-6']) {
      balances.push(await readBalance(emulator, await sandbox.rewind(id)));
    }
    expect(balances).toEqual(['700', '707', '700', '716']);
  });

  it('leaves what waited then undone', async () => {
    const emulator = await startEmulator({ providers: ['klaim'] });
    const sandbox = emulator.sandbox();
    await sandbox.faults.add({ id: 'slow', match: { body: { credit_delta: 1 } }, effect: { delay: 60_000 } });
    onTestFinished(() => void vi.useRealTimers());
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const waiting = change(emulator, 1);
    await expect.poll(() => sandbox.faults.get('slow')).toMatchObject({ fired: 1 });
    await change(emulator, 2);
    vi.advanceTimersByTime(60_000);
    await waiting;
    vi.useRealTimers();
    await change(emulator, 4);
    expect([
      await readBalance(emulator, await sandbox.rewind('default-3')),
      await readBalance(emulator, await sandbox.rewind('default-2')),
    ]).toEqual(['703', '700']);
  });
});
