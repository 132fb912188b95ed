import { createServer } from 'node:http';

import { describe, expect, it } from 'vitest';

import { callCommand } from '../support/command-in-process.ts';
import { runCommand, startCommand } from '../support/command.ts';
import { startEmulator } from '../support/emulator.ts';
import { findFreePort, occupyPort } from '../support/ports.ts';
import { prints, refuses } from './outcome.ts';

describe('env', () => {
  it('prints NAME=value lines and nothing else', async () => {
    const { url, urls } = await startEmulator({ providers: ['klaim'] });
    expect(await runCommand(['env', '--url', url])).toEqual(
      prints(`CREDITS_EMULATOR_URL=${url}\nKLAIM_BASE_URL=${urls.klaim}\nKLAIM_API_KEY=klaim_test_lantern\n`),
    );
  });

  it.each(['--format json', '--json --format json'])('prints them as JSON with %s', async (flags) => {
    const { url, env } = await startEmulator();
    const { stdout } = await callCommand(['env', ...flags.split(' ')], { env: { CREDITS_EMULATOR_URL: `${url}/` } });
    expect(JSON.parse(stdout)).toEqual(env);
  });

  it('prints them for PowerShell', async () => {
    const { url, urls } = await startEmulator({ providers: ['klaim'] });
    expect(await callCommand(['env', '--url', url, '--format', 'powershell'])).toEqual(
      prints(
        `$env:CREDITS_EMULATOR_URL = '${url}'\n$env:KLAIM_BASE_URL = '${urls.klaim}'\n` +
          "$env:KLAIM_API_KEY = 'klaim_test_lantern'\n",
      ),
    );
  });

  it('warns on standard error about clients that would miss their URL', async () => {
    const { url } = await startEmulator({ providers: ['klaim', 'decentraland'], providerPorts: false });
    const { stdout, stderr } = await callCommand(['env', '--url', url]);
    expect(stdout).toContain(`DECENTRALAND_CREDITS_URL=${url}/decentraland\n`);
    expect(stderr).toBe(
      'decentraland: Its clients drop the path of a base URL, so they cannot reach this one: ' +
        `use ${url.replace('127.0.0.1', 'decentraland.localhost')} if that name resolves to the emulator.\n`,
    );
  });

  it('finds an emulator below the path of a proxy, and a sandbox below that', async () => {
    const asked: unknown[] = [];
    const port = await occupyPort(
      0,
      createServer(({ url, headers }, response) => {
        asked.push([url, headers['x-emulator-sandbox']]);
        response.end('{"A_URL":"https://ci.example/credits"}');
      }),
    );
    const { stdout } = await callCommand(['env', '--url', `${toUrl(port)}/credits/_sandbox/checkout/`]);
    expect([stdout, asked.toSorted()]).toEqual([
      'A_URL=https://ci.example/credits\n',
      [
        ['/credits/_emulator/env', 'checkout'],
        ['/credits/_emulator/health', 'checkout'],
      ],
    ]);
  });

  it.each(['{"A B":"x"}', '{"A\\nB":"x"}', '{"A":1}', '{"1A":"x"}'])(
    'prints nothing that a shell could take for something else: %s',
    async (body) => {
      const server = createServer((_, response) => response.end(body));
      const url = toUrl(await occupyPort(0, server));
      expect(await callCommand(['env', '--url', url])).toEqual(
        refuses(`${url} answers, but not as a credits-emulator.\n`, 1),
      );
    },
  );

  it('prints URLs with the host of the request and the sandbox', async () => {
    const { url, urls } = await startEmulator({ providers: ['klaim'] });
    const [shared, own] = [url, urls.klaim].map((text) => text.replace('127.0.0.1', 'localhost'));
    const { stdout } = await callCommand(['env', '--url', shared ?? '', '--sandbox', 'checkout', '--json']);
    expect(JSON.parse(stdout)).toEqual({
      CREDITS_EMULATOR_URL: `${shared ?? ''}/_sandbox/checkout`,
      KLAIM_BASE_URL: `${own ?? ''}/_sandbox/checkout`,
      KLAIM_API_KEY: 'klaim_test_lantern',
    });
  });
});

describe('wait', () => {
  it('returns when an emulator is ready', async () => {
    const port = await findFreePort();
    const { ended } = startCommand(['wait', '--url', toUrl(port), '--json']);
    await startEmulator({ port, providerPorts: false });
    expect(await ended).toEqual(prints('{"ready":true}\n'));
  });

  it('exits with 1 when the time is up, also if a server listens and never answers', async () => {
    for (const port of [await findFreePort(), await occupyPort()]) {
      const words = ['wait', '--url', toUrl(port), '--timeout', '0.1s'];
      expect(await callCommand(words)).toMatchObject({ stdout: '', code: 1 });
    }
  });
});

describe('reset', () => {
  it('finds emulator and sandbox in the URL that env printed', async () => {
    const { url } = await startEmulator();
    for (const sandbox of ['default', 'checkout']) await spend(url, sandbox);
    const env = { CREDITS_EMULATOR_URL: `${url}/_sandbox/checkout` };
    expect(await callCommand(['reset'], { env })).toEqual(prints());
    expect(await readBalance(url, 'default')).toBe(699);
    expect(await readBalance(url, 'checkout')).toBe(700);
  });

  it('needs the token that the emulator was started with', async () => {
    const { url } = await startEmulator({ controlToken: 'open-sesame' });
    expect(await callCommand(['reset', '--url', url])).toMatchObject({ code: 1 });
    expect(await callCommand(['reset', '--url', url, '--control-token', 'open-sesame'])).toMatchObject({ code: 0 });
    const env = { CREDITS_EMULATOR_CONTROL_TOKEN: 'open-sesame', CREDITS_EMULATOR_URL: url };
    expect(await callCommand(['reset'], { env })).toMatchObject({ code: 0 });
  });
});

describe('healthcheck', () => {
  it('exits with 0 if an emulator answers on the port of the environment', async () => {
    const { url } = await startEmulator();
    expect(await runCommand(['healthcheck'], { env: { PORT: new URL(url).port } })).toEqual(prints());
  });

  it('uses the port of the control API if it has one of its own', async () => {
    const control = await findFreePort();
    const { url } = await startEmulator({ control });
    const env = { PORT: new URL(url).port, CREDITS_EMULATOR_CONTROL: String(control) };
    expect(await callCommand(['healthcheck'], { env })).toMatchObject({ code: 0 });
  });

  it('exits with 1 if no emulator answers', async () => {
    expect(await callCommand(['healthcheck', '--url', toUrl(await findFreePort())])).toMatchObject({
      stdout: '',
      code: 1,
    });
  });
});

async function spend(url: string, sandbox: string): Promise<void> {
  await fetch(`${url}/_sandbox/${sandbox}/klaim/users/ada/credits`, {
    method: 'PUT',
    headers: { Authorization: 'Bearer klaim_test_lantern', 'Content-Type': 'application/json' },
    body: JSON.stringify({ credit_delta: -1 }),
  });
}

async function readBalance(url: string, sandbox: string): Promise<unknown> {
  const response = await fetch(`${url}/_sandbox/${sandbox}/klaim/users/ada/credits`, {
    headers: { Authorization: 'Bearer klaim_test_lantern' },
  });
  return ((await response.json()) as { credit_balance: unknown }).credit_balance;
}

function toUrl(port: number): string {
  return `http://127.0.0.1:${port}`;
}
