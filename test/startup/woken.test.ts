import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { beforeAll, describe, expect, it } from 'vitest';

import { bundled } from '../../src/providers/index.ts';
import { version } from '../../src/config/version.ts';
import { runCommand, startCommand, startServer, type CommandOptions } from '../support/command.ts';
import { createFiles, createFolder } from '../support/folder.ts';
import { recordSamples } from '../support/recorded-samples.ts';
import { run } from '../support/nodes.ts';
import { sendPipelined } from '../support/pipeline.ts';
import { findFreePort } from '../support/ports.ts';
import { toBytes } from '../support/raw-socket.ts';

const VITEST = join(createRequire(import.meta.url).resolve('vitest/package.json'), '../vitest.mjs');
const IDS = bundled.map(({ provider }) => provider.id);
const WOKEN = { wakes: true };
/** The command of the image. */
const IMAGE = 'scripts/start.sh';
/** Milliseconds between the build and the first process, so that their times are not the same. */
const MOMENT = 2000;

/** With all that runs the command. */
const SUITES = ['test/cli/', 'test/imported-providers', 'test/proof/bundle'];

beforeAll(async () => {
  const { error, text } = await run('npm', ['run', 'build:startup']);
  expect(error, text).toBeNull();
  await sleep(MOMENT);
});

async function readJson(url: string): Promise<Record<string, unknown>> {
  return (await (await fetch(url)).json()) as Record<string, unknown>;
}

async function readMetric(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/_emulator/metrics`)).text();
  return Number(new RegExp(`^${name} (.+)$`, 'm').exec(text)?.[1]);
}

describe('what wakes from the start-up snapshot', () => {
  it('answers every sample of every provider byte by byte as what was started without', async () => {
    const words = ['--clock', '2026-01-01T00:00:00Z', '--random-seed', '5'];
    const [woken, started] = [await recordSamples(words, WOKEN), await recordSamples(words, { wakes: false })];
    expect(started.length).toBeGreaterThan(IDS.length);
    expect(woken).toEqual(started);
  });

  it('has the time of now, and has run since it woke', async () => {
    const before = Date.now();
    const { ready } = await startServer([], WOKEN);
    const { now } = await readJson(`${ready.url}/_emulator/clock`);
    expect(Date.parse(String(now))).toBeGreaterThanOrEqual(before);
    expect(Date.parse(String(now))).toBeLessThanOrEqual(Date.now());
    const { uptime } = await readJson(`${ready.url}/_emulator/health`);
    expect(uptime).toBeLessThanOrEqual(Date.now() - before);
    expect(await readMetric(ready.url, 'process_start_time_seconds')).toBeGreaterThan((before - MOMENT) / 1000);
  });

  it('draws keys of its own each time', async () => {
    const readCa = async (): Promise<string> => {
      const { ready } = await startServer(['--https', '--no-provider-ports'], WOKEN);
      const outcome = await runCommand(['ca', '--url', ready.url], { env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } });
      expect(outcome.stdout).toContain('BEGIN CERTIFICATE');
      return outcome.stdout;
    };
    expect(await readCa()).not.toBe(await readCa());
  });

  it('has the environment, the words and the folder that it is run with', async () => {
    const port = await findFreePort();
    const cwd = createFolder({
      'credits-emulator.config.yaml': 'providers: [klaim]\nfixtures: [shop.yaml]\n',
      'shop.yaml': 'extends: default\nclock: 2031-02-03T04:05:06Z\n',
    });
    const env = { CREDITS_EMULATOR_PORT: String(port), CREDITS_EMULATOR_CONTROL_TOKEN: 'mine' };
    const command = startCommand(['start', '--no-provider-ports'], { cwd, env, ...WOKEN });
    const ready = JSON.parse(await command.printed('\n')) as unknown;
    const url = `http://127.0.0.1:${port}`;
    expect(ready).toMatchObject({ url, providers: { klaim: `${url}/klaim` } });
    expect((await fetch(`${url}/_emulator/clock`)).status).toBe(401);
    const headers = { Authorization: 'Bearer mine' };
    const response = await fetch(`${url}/_emulator/clock`, { headers });
    expect(await response.json()).toMatchObject({ now: '2031-02-03T04:05:06.000Z', frozen: true });
  });

  it('keeps its state on disk, and goes on from it', async () => {
    const words = ['--data', createFolder(), '--providers', 'klaim'];
    const first = await startServer(words, WOKEN);
    const headers = { Authorization: 'Bearer klaim_test_lantern', 'Content-Type': 'application/json' };
    const put = { method: 'PUT', headers, body: '{"credit_delta":5}' };
    expect((await fetch(`${first.ready.url}/klaim/users/ada/credits`, put)).status).toBe(200);
    first.child.kill('SIGTERM');
    expect(await first.ended).toMatchObject({ stderr: '', code: 0 });
    const { ready } = await startServer(words, WOKEN);
    const response = await fetch(`${ready.url}/klaim/users/ada/credits`, { headers });
    expect(await response.json()).toMatchObject({ credit_balance: 705 });
  });

  it('shows the page', async () => {
    const { ready } = await startServer([], WOKEN);
    const response = await fetch(`${ready.url}/_emulator/`, { headers: { Accept: 'text/html' } });
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('<!doctype html>')]);
  });

  it('reads no longer heads than Node was told to take', async () => {
    const env = { NODE_OPTIONS: '--max-http-header-size=1000' };
    const { ready } = await startServer([], { env, ...WOKEN });
    const status = await new Promise((resolve, reject) => {
      const sent = request(`${ready.url}/klaim/users`, { headers: { 'X-Long': 'x'.repeat(2000) } }, (answer) => {
        resolve(answer.statusCode);
      });
      sent.on('error', reject).end();
    });
    expect(status).toBe(431);
  });

  it('waits for who reads its output slowly', async () => {
    const { child, ready, ended } = await startServer(['--log-level', 'debug'], WOKEN);
    child.stdout.pause();
    const asked = sendPipelined(ready.url, 2000, () => toBytes('GET', '/klaim/users'));
    // More than the pipe holds, so that it has to wait.
    await sleep(500);
    child.stdout.resume();
    await asked;
    child.kill('SIGTERM');
    const { stdout, code } = await ended;
    expect(code).toBe(0);
    expect(stdout.split('\n').filter((line) => line.includes('/users')).length).toBe(2000);
  });

  it('wakes with other flags of V8 too, and with that on another processor', async () => {
    const { ready } = await startServer([], { ...WOKEN, nodeFlags: ['--no-opt', '--max-old-space-size=100'] });
    expect(Object.keys(ready.providers)).toEqual(IDS);
  });

  it('passes what all commands pass', async () => {
    const outputFile = join(createFolder(), 'report.json');
    const words = [VITEST, 'run', '--reporter=json', `--outputFile=${outputFile}`, ...SUITES];
    const own = Object.entries(process.env).filter(([name]) => !/^(?:VITEST|NODE_|TEST$|PROPERTY_|FUZZ_)/.test(name));
    await run(process.execPath, words, { env: { ...Object.fromEntries(own), STARTUP: '1' } });
    const { testResults, numPassedTests } = JSON.parse(readFileSync(outputFile, 'utf8')) as {
      readonly numPassedTests: number;
      readonly testResults: readonly { readonly assertionResults: readonly { status: string; fullName: string }[] }[];
    };
    const results = testResults.flatMap(({ assertionResults }) => assertionResults);
    expect(results.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName)).toEqual([]);
    expect(numPassedTests).toBeGreaterThan(200);
  });
});

describe('the command of the image', () => {
  const runImage = (words: readonly string[], env: CommandOptions['env'] = {}) =>
    startCommand([IMAGE, ...words], { program: 'sh', cwd: process.cwd(), env });

  it.each([
    { words: [], says: 'is taken for start' },
    { words: ['start'], says: 'starts' },
    { words: ['--log-format', 'json'], says: 'starts with flags alone' },
  ])('$says, and ends with 0 on SIGTERM', async ({ words }) => {
    const { child, printed, ended } = runImage(words, { CREDITS_EMULATOR_PORT: '0' });
    await printed('"msg":"ready"');
    expect(readFileSync(`/proc/${child.pid ?? 0}/cmdline`, 'utf8')).toContain('--snapshot-blob');
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ stderr: '', code: 0 });
  });

  it('leaves the snapshot out where NODE_OPTIONS say something', async () => {
    const { 'first.mjs': file } = createFiles({ 'first.mjs': 'console.log("first")' });
    const env = { CREDITS_EMULATOR_PORT: '0', NODE_OPTIONS: `--import=${file}` };
    expect(await runImage(['start'], env).printed('"msg":"ready"')).toMatch(/^first\n/);
  });

  it('reads settings once that can be read but once, and leaves providers from outside to the package', async () => {
    const { 'none.mjs': provider, 'config.yaml': config } = createFiles({
      'none.mjs': 'export default {};',
      'config.yaml': 'providers: [klaim]\nprovider:\n  - none.mjs\n',
    });
    const command = `sed "s#none.mjs#${provider}#" "${config}" | sh ${IMAGE} start --config /dev/stdin`;
    const { ended } = startCommand(['-c', command], { program: 'sh', cwd: process.cwd() });
    const outcome = await ended;
    expect(outcome).toMatchObject({ stdout: '', code: 2 });
    expect(outcome.stderr).toContain('A provider.id is missing');
  });

  it('has all other verbs', async () => {
    expect(await runImage(['--version']).ended).toEqual({ stdout: `${version}\n`, stderr: '', code: 0 });
    expect(await runImage(['start', '--prot', '1']).ended).toMatchObject({ code: 2 });
    expect(await runImage(['validate']).ended).toMatchObject({ stderr: '', code: 0 });
  });
});
