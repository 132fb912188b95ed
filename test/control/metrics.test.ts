import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { connect } from '../../src/client.ts';
import type { Emulator } from '../../src/compose/emulator.ts';
import { startEmulator } from '../support/emulator.ts';
import { FakeDisk } from '../support/fake-disk.ts';
import { createFolder } from '../support/folder.ts';
import { takeLogged } from '../support/log.ts';
import { startOnDisk } from '../support/on-disk.ts';
import { tally } from '../support/providers.ts';

const KEY = { Authorization: 'Bearer klaim_test_lantern', 'Content-Type': 'application/json' };

/** The samples of these metrics, by name and labels. */
async function read(emulator: Pick<Emulator, 'metrics'>, ...names: readonly string[]): Promise<Record<string, number>> {
  const samples = (await emulator.metrics())
    .split('\n')
    .filter((line) => names.some((name) => line.startsWith(`credits_emulator_${name}`)))
    .map((line) => /^credits_emulator_(.*) (\S+)$/.exec(line) ?? [])
    .map(([, name = '', value = '']) => [name, Number(value)] as const);
  return Object.fromEntries(samples);
}

const spend = async (url: string, user = 'ada', headers: Record<string, string> = {}): Promise<number> => {
  const init = { method: 'PUT', headers: { ...KEY, ...headers }, body: '{"credit_delta":-1}' };
  return (await fetch(`${url}/users/${user}/credits`, init)).status;
};

describe('metrics', () => {
  it('count the exchanges in the journals before the first request for metrics, and all later ones', async () => {
    const emulator = await startEmulator({ providers: ['klaim'], journalSize: 3 });
    const { klaim } = emulator.urls;
    for (const sandbox of ['one', 'one', 'one', 'one', 'two'])
      await spend(klaim, 'ada', { 'X-Emulator-Sandbox': sandbox });
    const labels = '{provider="klaim",operation="updateUserCredits",status="200"}';
    expect(await read(emulator, 'requests_total')).toEqual({ [`requests_total${labels}`]: 4 });
    for (let sent = 0; sent < 5; sent += 1) await spend(klaim, 'ada', { 'X-Emulator-Sandbox': 'one' });
    emulator.reset('one');
    await spend(klaim, 'nobody');
    await fetch(`${klaim}/no-such-path`, { headers: KEY });
    // The evidence counts these in any case.
    expect(await read(emulator, 'answers_total')).toEqual({
      [`answers_total${labels}`]: 10,
      'answers_total{provider="klaim",operation="updateUserCredits",status="404"}': 1,
    });
    expect(await read(emulator, 'requests_total')).toEqual({
      [`requests_total${labels}`]: 9,
      'requests_total{provider="klaim",operation="updateUserCredits",status="404"}': 1,
      'requests_total{provider="klaim",operation="unmatched",status="404"}': 1,
    });
    const counts = await read(emulator, 'request_duration_seconds_count', 'request_duration_seconds_bucket');
    expect(counts['request_duration_seconds_count{provider="klaim",operation="updateUserCredits"}']).toBe(10);
    expect(counts['request_duration_seconds_bucket{le="+Inf",provider="klaim",operation="updateUserCredits"}']).toBe(
      10,
    );
  });

  it('count faults by effect, and exchanges without a response', async () => {
    const emulator = await startEmulator({ providers: ['klaim'] });
    const { faults } = emulator.sandbox();
    const { klaim } = emulator.urls;
    await faults.add({ provider: 'klaim', phase: 'after', effect: { status: 500 }, times: 2 });
    await faults.add({ provider: 'klaim', effect: { delay: 1 } });
    await emulator.metrics();
    expect([await spend(klaim), await spend(klaim)]).toEqual([500, 500]);
    await faults.add({ provider: 'klaim', effect: { connection: 'reset' }, times: 1 });
    await expect(spend(klaim)).rejects.toThrow();
    const of = '{provider="klaim",operation="updateUserCredits"';
    expect(await read(emulator, 'requests_total', 'faults_total')).toEqual({
      [`requests_total${of},status="500"}`]: 2,
      [`requests_total${of},status="none"}`]: 1,
      [`faults_total${of},phase="after",effect="status"}`]: 2,
      [`faults_total${of},phase="before",effect="delay"}`]: 3,
      [`faults_total${of},phase="before",effect="connection"}`]: 1,
    });
  });

  it('count sandboxes and streams, and contain nothing that a client has written', async () => {
    const emulator = await startEmulator({ providers: ['decentraland', tally] });
    const wallet = '0x1111111111111111111111111111111111111111';
    const abort = new AbortController();
    const headers = { 'X-Emulator-Sandbox': 'secret-sandbox' };
    const url = `${emulator.urls.decentraland}/users/${wallet}/credits/stream`;
    await fetch(url, { signal: abort.signal, headers });
    await fetch(`${emulator.urls.decentraland}/secret-path`, { headers });
    const open = (streams: number): object => ({
      sandboxes: 2,
      'streams{provider="decentraland"}': streams,
      'streams{provider="tally"}': 0,
    });
    expect(await read(emulator, 'sandboxes', 'streams')).toEqual(open(1));
    const text = await emulator.metrics();
    expect([wallet, 'secret'].filter((written) => text.includes(written))).toEqual([]);
    expect(text).toMatch(/^credits_emulator_info\{version="\d+\.\d+\.\d+"\} 1$/m);
    for (const name of [
      'credits_emulator_history_bytes',
      'process_resident_memory_bytes',
      'process_cpu_seconds_total',
    ]) {
      expect(Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1])).toBeGreaterThan(0);
    }
    abort.abort();
    await expect.poll(() => read(emulator, 'sandboxes', 'streams')).toEqual(open(0));
  });

  it('are those of docs/metrics.md, each with its type', async () => {
    const { url } = await startOnDisk({ data: createFolder(), providers: ['klaim'] });
    const text = await connect(url).metrics();
    const told = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', kind = '']) => [name, kind]);
    const page = [...readFileSync('docs/metrics.md', 'utf8').matchAll(/^\| `(\w+)` +\| (\w+)/gm)];
    expect(told.sort()).toEqual(page.map(([, name = '', kind = '']) => [name, kind]).sort());
  });

  it('include the disk if there is one', async () => {
    const disk = new FakeDisk();
    const { url } = await startOnDisk({ data: createFolder(), files: disk, providers: ['klaim'] });
    const emulator = connect(url);
    const before = await read(emulator, 'disk');
    await spend(`${url}/klaim`);
    const after = await read(emulator, 'disk');
    expect([before['disk_failing'], after['disk_failing']]).toEqual([0, 0]);
    expect(after['disk_lines_total']).toBe((before['disk_lines_total'] ?? 0) + 1);
    expect(after['disk_log_bytes']).toBeGreaterThan(before['disk_log_bytes'] ?? 0);
    disk.onPoint = (point) => {
      throw new Error(`ENOSPC: ${point}`);
    };
    expect(await spend(`${url}/klaim`)).toBe(500);
    takeLogged();
    expect(await read(emulator, 'disk')).toEqual({ ...after, disk_failing: 1 });
    disk.onPoint = () => undefined;
  });
});
