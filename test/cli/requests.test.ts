import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

import { describe, expect, it, onTestFinished } from 'vitest';

import { callCommand } from '../support/command-in-process.ts';
import { runCommand, startCommand } from '../support/command.ts';
import { startEmulator } from '../support/emulator.ts';
import type { Emulator } from '../../src/compose/emulator.ts';

const LANTERN = { Authorization: 'Bearer klaim_test_lantern', 'Content-Type': 'application/json' };

async function change(emulator: Emulator, body: object, sandbox = 'default'): Promise<void> {
  await fetch(`${emulator.urls.klaim}/users/ada/credits`, {
    method: 'PUT',
    headers: { ...LANTERN, 'X-Emulator-Sandbox': sandbox },
    body: JSON.stringify(body),
  });
}

const toLines = (stdout: string): readonly string[] => stdout.trimEnd().split('\n');

function linesOf(stdout: string): readonly string[] {
  return toLines(stdout).map((line) => line.replace(/[\d.]+ ms/, 'N ms'));
}

const SUCCESS = 'PUT  /users/ada/credits  klaim.updateUserCredits  200  N ms';
const REFUSAL =
  'PUT  /users/ada/credits  klaim.updateUserCredits  400  N ms  ' +
  'body credit_dleta: is not known here, and "credit_delta" is missing';

/** A relay to an emulator that can break all connections. */
async function startRelay(target: string): Promise<{ readonly url: string; readonly cut: () => void }> {
  const sockets = new Set<Socket>();
  const relay = createServer((socket) => {
    const other = connect(Number(new URL(target).port), '127.0.0.1');
    for (const one of [socket, other]) {
      sockets.add(one);
      one.on('error', () => undefined);
      one.on('close', () => void sockets.delete(one));
    }
    socket.pipe(other).pipe(socket);
  });
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  onTestFinished(() => {
    relay.close();
    cut();
  });
  await new Promise((resolve) => relay.listen(0, '127.0.0.1', () => resolve(undefined)));
  return { url: `http://127.0.0.1:${(relay.address() as AddressInfo).port}`, cut };
}

describe('requests', () => {
  it('prints a line per exchange of the journal, newest last', async () => {
    const emulator = await startEmulator();
    await change(emulator, { credit_delta: 6 });
    await change(emulator, { credit_dleta: 6 });
    const { stdout, ...others } = await runCommand(['requests', '--url', emulator.url]);
    expect([linesOf(stdout), others]).toEqual([[SUCCESS, REFUSAL], { stderr: '', code: 0 }]);
  });

  it('lists the exchanges of the named sandbox', async () => {
    const emulator = await startEmulator();
    await change(emulator, { credit_delta: 6 }, 'checkout');
    const own = await callCommand(['requests', '--url', emulator.url, '--sandbox', 'checkout']);
    const other = await callCommand(['requests', '--url', emulator.url]);
    expect([linesOf(own.stdout), other.stdout]).toEqual([[`${SUCCESS}  in checkout`], '']);
  });

  it('prints with --json each exchange as a line of JSON, as the control API returns it', async () => {
    const emulator = await startEmulator();
    await change(emulator, { credit_delta: 6 });
    await change(emulator, { credit_dleta: 6 });
    const { stdout } = await callCommand(['requests', '--url', emulator.url, '--json']);
    const response = await fetch(`${emulator.url}/_emulator/requests`);
    const { requests } = (await response.json()) as { readonly requests: readonly unknown[] };
    expect(toLines(stdout).map((line) => JSON.parse(line) as unknown)).toEqual(requests.toReversed());
  });

  it.each([
    [['--status', '400'], 1],
    [['--status', '404'], 0],
    [['--provider', 'klaim', '--operation', 'updateUserCredits', '--subject', 'ada'], 3],
    [['--subject', 'benoit'], 0],
    [['--fault', '*'], 0],
    [['--unmatched'], 0],
    [['--no-unmatched'], 3],
    [['--since', 'default-2'], 1],
    [['--limit', '2'], 2],
  ])('lists with %j the exchanges that match', async (words, count) => {
    const emulator = await startEmulator({ providers: ['klaim'] });
    for (const body of [{ credit_delta: 1 }, { credit_dleta: 1 }, { credit_delta: 2 }]) await change(emulator, body);
    const { stdout, code } = await callCommand(['requests', ...words, '--url', emulator.url]);
    expect([stdout.split('\n').length - 1, code]).toEqual([count, 0]);
  });

  it('lists the newest, over as many pages as it takes', async () => {
    const emulator = await startEmulator({ providers: ['klaim'], journalSize: 2000 });
    const url = `${emulator.urls.klaim}/users/ada`;
    for (let sent = 0; sent < 1100; sent += 100) {
      await Promise.all(Array.from({ length: 100 }, () => fetch(url, { headers: LANTERN })));
    }
    const { stdout } = await callCommand(['requests', '--limit', '1050', '--json', '--url', emulator.url]);
    const ids = toLines(stdout).map((line) => (JSON.parse(line) as { readonly id: string }).id);
    expect([ids.length, ids[0], ids.at(-1)]).toEqual([1050, 'default-51', 'default-1100']);
  });

  it('follows new exchanges, also over a reset, until Ctrl-C ends it with 0', async () => {
    const emulator = await startEmulator();
    await change(emulator, { credit_delta: 1 });
    const { child, printed, ended } = startCommand(['requests', '--follow', '--url', emulator.url]);
    await printed(' 200 ');
    await change(emulator, { credit_dleta: 6 });
    await change(emulator, { credit_delta: 6 }, 'checkout');
    await printed('credit_dleta');
    emulator.reset();
    await fetch(`${emulator.urls.klaim}/users/benoit`, { headers: LANTERN });
    await printed('/users/benoit');
    child.kill('SIGINT');
    const { stdout, ...others } = await ended;
    expect([linesOf(stdout), others]).toEqual([
      [SUCCESS, REFUSAL, 'GET  /users/benoit  klaim.getUser  200  N ms'],
      { stderr: '', code: 0 },
    ]);
  });

  it('resumes after the last event when the connection breaks, with its filters, and says so', async () => {
    const emulator = await startEmulator();
    const { url, cut } = await startRelay(emulator.url);
    await change(emulator, { credit_delta: 1 });
    const { child, printed, ended } = startCommand(['requests', '--follow', '--status', '200', '--url', url]);
    await printed(' 200 ');
    await change(emulator, { credit_delta: 2 });
    cut();
    await change(emulator, { credit_dleta: 6 });
    await fetch(`${emulator.urls.klaim}/users/benoit`, { headers: LANTERN });
    await printed('/users/benoit');
    child.kill('SIGINT');
    const { stdout, ...others } = await ended;
    expect([linesOf(stdout), others]).toEqual([
      [SUCCESS, SUCCESS, 'GET  /users/benoit  klaim.getUser  200  N ms'],
      { stderr: 'The connection broke; resuming after the last event received.\n', code: 0 },
    ]);
  });

  it('exits with 1 when the followed emulator ends', async () => {
    const emulator = await startEmulator({ providers: ['klaim'] });
    await change(emulator, { credit_delta: 1 });
    const { printed, ended } = startCommand(['requests', '--follow', '--url', emulator.url]);
    await printed(' 200 ');
    await emulator.close();
    expect(await ended).toMatchObject({
      stderr: expect.stringMatching(/^No emulator answers on /) as unknown,
      code: 1,
    });
  });

  it('escapes control characters of requests', async () => {
    const emulator = await startEmulator({ providers: ['klaim'] });
    await change(emulator, { 'credit_dlet\u001b\u009b': 6 });
    const words = ['requests', '--url', emulator.url];
    const { stdout: lines } = await callCommand(words);
    const { stdout: json } = await callCommand([...words, '--json']);
    const control = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/;
    expect([lines, json].map((text) => control.test(text))).toEqual([false, false]);
    expect(lines).toContain(String.raw`credit_dlet\u001b\u009b`);
  });

  it('exits with 1 if no emulator answers, and for a filter that the emulator refuses', async () => {
    const { url } = await startEmulator({ providers: ['klaim'] });
    expect(await callCommand(['requests', '--url', 'http://127.0.0.1:9'])).toMatchObject({ stdout: '', code: 1 });
    const { stderr, ...others } = await callCommand(['requests', '--since', 'never', '--url', url]);
    expect([stderr.split(' Use ')[0], others]).toEqual([
      expect.stringContaining('"never" is neither an instant nor the id of an entry in this list.'),
      { stdout: '', code: 1 },
    ]);
  });
});
