import { execFile, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

import { describe, expect, it } from 'vitest';

import { connect } from '../../src/client.ts';
import { toInstant } from '../../src/core/values/clock.ts';
import { createCredentials } from '../../src/http/certificate-authority.ts';
import { bundled } from '../../src/providers/index.ts';
import { CHROMIUM, launchBrowser, NO_CHROMIUM } from '../support/browser.ts';
import { createBin } from '../support/bin.ts';
import { startServer } from '../support/command.ts';
import { createFolder } from '../support/folder.ts';
import { loadRequests } from '../support/requests.ts';

const run = promisify(execFile);

const PAGE = readFileSync('docs/https.md', 'utf8');
/** As the page prints it. */
const PORT = 4620;
/** What the page asks, and where a program of it takes something else. */
const ASKED = 'https://credits.decentraland.org:4620/users/0x1111111111111111111111111111111111111111/credits';

/** The files that the page shows, by their names. */
const FILES = Object.fromEntries(
  [...PAGE.matchAll(/^```\w+\n(?:\/\/|#) ([\w.]+)\n([\s\S]*?)^```$/gm)].map(([, name = '', text = '']) => [name, text]),
);
/** A command with what it prints. */
const COMMANDS = [...PAGE.matchAll(/^```sh\n(.*)\n```\n(?:\n```text\n(.*)\n```)?/gm)].map(
  ([, command = '', printed = '']) => ({ command, printed }),
);

function getCommand(program: string): string {
  const found = COMMANDS.find(({ command }) => command.startsWith(program));
  if (!found) throw new Error(`docs/https.md has no command of ${program}.`);
  return found.command;
}

/** What each client needs of the machine, and how the page has it ask. */
const CLIENTS = [
  { name: 'curl', needs: 'curl --version', asks: 'curl', toHeader: (text: string): readonly string[] => ['-H', text] },
  {
    name: "Node's fetch",
    needs: 'node --version',
    asks: 'NODE_EXTRA_CA_CERTS',
    toHeader: (text: string): readonly string[] => [text],
  },
  {
    name: 'Python requests',
    needs: 'python3 -c "import requests"',
    asks: 'REQUESTS_CA_BUNDLE',
    toHeader: (text: string): readonly string[] => [text],
  },
  {
    name: "Java's HttpClient",
    needs: 'javac --version && keytool -help',
    prepares: 'keytool',
    asks: 'java ',
    toHeader: (text: string): readonly string[] => [text],
  },
];

interface Call {
  readonly provider: string;
  readonly url: string;
  readonly header: string | undefined;
}

/** A read of every provider under each of its names, that answers 200 on the default seed. */
async function listCalls(): Promise<readonly Call[]> {
  const calls = bundled.map(async ({ provider: { id, hosts } }): Promise<readonly Call[]> => {
    const { headers, operations } = await loadRequests(id);
    const read = Object.values(operations).find(
      ({ method, stream, headers: own }) => method === 'GET' && !stream && !own,
    );
    const [name, value] = Object.entries(headers)[0] ?? [];
    const names = hosts.length > 0 ? hosts : [`${id}.localhost`];
    return names.map((host) => ({
      provider: id,
      url: `https://${host}:${PORT}${read?.path ?? ''}`,
      header: name === undefined ? undefined : `${name}: ${value}`,
    }));
  });
  return (await Promise.all(calls)).flat();
}

describe.each(CLIENTS)('$name', ({ name, needs, prepares, asks, toHeader }) => {
  it('reaches every provider by its real host name, as docs/https.md has it', async ({ skip }) => {
    if (spawnSync('bash', ['-c', needs]).status !== 0) skip(`this machine cannot: ${needs}`);
    const cwd = createFolder(FILES);
    const { ready } = await startServer(['--https', '--https-folder', 'certificates'], { cwd });
    const port = new URL(ready.url).port;
    const plain = `http://127.0.0.1:${port}`;
    const env = { PATH: [createBin(), process.env['PATH']].join(delimiter), CREDITS_EMULATOR_URL: plain };
    const call = async (command: string, ...words: readonly string[]): Promise<string> => {
      const here = command.replaceAll(String(PORT), port).replace(/^curl/, 'curl -sS');
      return (await run('bash', ['-euc', `${here} "$@"`, 'bash', ...words], { cwd, env })).stdout.trim();
    };
    await call(getCommand('credits-emulator ca'));
    expect(readFileSync(join(cwd, 'ca.pem'), 'utf8')).toBe(readFileSync(join(cwd, 'certificates/ca.pem'), 'utf8'));
    if (prepares !== undefined) await call(getCommand(prepares));
    const command = getCommand(asks);
    expect(await call(command)).toBe('200');
    const world = connect(plain).sandbox();
    await world.reset();
    for (const { provider, url, header: own } of await listCalls()) {
      const { host, hostname } = new URL(url);
      const words = own === undefined ? [] : toHeader(own);
      const there = command.replace(ASKED, `'${url}'`).replace('credits.decentraland.org:', `${hostname}:`);
      const status = await call(there, ...words);
      const [last] = (await world.requests.list({ limit: 1 })).requests;
      expect([name, url, status, last?.provider, last?.request.headers['host']]).toEqual([
        name,
        url,
        '200',
        provider,
        host.replace(String(PORT), port),
      ]);
    }
    // Without the authority it does not.
    const { ca: stranger } = await createCredentials(['localhost'], toInstant(Date.now()));
    writeFileSync(join(cwd, 'ca.pem'), stranger);
    if (prepares !== undefined) {
      await run('rm', ['trust.p12'], { cwd });
      await call(getCommand(prepares));
    }
    await expect(call(command)).rejects.toThrow();
  });
});

it('what exec starts beside itself trusts it, as docs/https.md has it', async () => {
  const env = { PATH: [createBin(), process.env['PATH']].join(delimiter) };
  const found = COMMANDS.find(({ command }) => command.includes(' exec --https '));
  const { stdout } = await run('bash', ['-euc', found?.command ?? ''], { cwd: createFolder(), env });
  expect([found?.printed, stdout.trim()]).toEqual(['https 200', 'https 200']);
});

it('Chromium reaches a provider by its real host name', async ({ skip }) => {
  if (CHROMIUM === undefined) skip(NO_CHROMIUM);
  const { ready } = await startServer(['--https']);
  const browser = await launchBrowser(['credits.decentraland.org']);
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const page = await context.newPage();
  const answer = await page.goto(ASKED.replace(String(PORT), new URL(ready.url).port));
  expect([answer?.status(), answer?.headers()['content-type']]).toEqual([200, 'application/json; charset=utf-8']);
});

it('docs/https.md names every real host that a provider declares', () => {
  const hosts = bundled.flatMap(({ provider }) => provider.hosts);
  expect(
    hosts.filter((host) => !new RegExp(`^127\\.0\\.0\\.1 .*${host.replaceAll('.', '\\.')}`, 'm').test(PAGE)),
  ).toEqual([]);
});
