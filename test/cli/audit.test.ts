import { describe, expect, it } from 'vitest';

import { callCommand } from '../support/command-in-process.ts';
import { startEmulator } from '../support/emulator.ts';
import { prints } from './outcome.ts';

/** An emulator whose client has taken 25 credits twice and asked for what is not there. */
async function startWronged(): Promise<string> {
  const { url, urls, sandbox } = await startEmulator({ providers: ['klaim'] });
  await sandbox().faults.add({ provider: 'klaim', phase: 'after', times: 1, effect: { connection: 'reset' } });
  const headers = { Authorization: 'Bearer klaim_test_lantern', 'X-Emulator-Client': 'shop' };
  const body = JSON.stringify({ credit_delta: -25 });
  for (let count = 0; count < 2; count += 1) {
    await fetch(`${urls.klaim}/users/ada/credits`, {
      ...{ method: 'PUT', body },
      headers: { ...headers, 'Content-Type': 'application/json' },
    }).catch(() => undefined);
  }
  await fetch(`${urls.klaim}/v9/nothing`, { headers });
  return url;
}

describe('audit', () => {
  it('reports client bugs, and exits with 1 if one is an error', async () => {
    const url = await startWronged();
    const page = `${url}/_emulator/?sandbox=default#/traffic`;
    expect(await callCommand(['audit', '--url', url])).toEqual(
      prints(
        'error  double-effect  likely  klaim  shop\n' +
          '  updateUserCredits of -25 to ada took effect twice: balance 700, 675, 650; the first was reset without an answer.\n' +
          '  After a lost response, read the state before sending the request again.\n' +
          `  default-1, default-2  ${page}/default-2\n` +
          '\n' +
          'info  off-contract  certain  klaim  shop\n' +
          '  GET /v9/nothing is not an operation of klaim and got a 404.\n' +
          '  Compare method and path with the contract; GET /_emulator/providers lists its operations.\n' +
          `  default-3  ${page}/default-3\n`,
        1,
      ),
    );
  });

  it.each([
    [['--rules', 'off-contract'], 0],
    [['--rules', 'off-contract', '--fail-on', 'warning'], 0],
    [['--rules', 'off-contract', '--fail-on', 'info'], 1],
    [['--rules', 'no-key', '--fail-on', 'info'], 0],
  ])('with %j exits with %i', async (flags, code) => {
    const url = await startWronged();
    expect((await callCommand(['audit', ...flags, '--url', url])).code).toBe(code);
  });

  it.each([
    ['json', /^\{"findings":\[\{"id":"default-double-effect-/],
    ['junit', /^<\?xml [^]*<failure type="double-effect"[^]*<system-out>GET \/v9\/nothing/],
    ['github', /^::error title=double-effect%3A shop::updateUserCredits[^\n]*\n::notice title=off-contract%3A shop::/],
  ])('prints %s', async (format, printed) => {
    const url = await startWronged();
    const { stdout, stderr, code } = await callCommand(['audit', '--format', format, '--url', url]);
    expect(stdout).toMatch(printed);
    expect([stderr, code]).toEqual(['', 1]);
  });

  it.each([
    [['--format', 'junitt'], '--format cannot be "junitt"; did you mean "junit"?'],
    [['--fail-on', 'fatal'], '--fail-on cannot be "fatal"'],
  ])('refuses %j', async (flags, sentence) => {
    const { stderr, code } = await callCommand(['audit', ...flags]);
    expect(stderr).toContain(sentence);
    expect(code).toBe(2);
  });
});
