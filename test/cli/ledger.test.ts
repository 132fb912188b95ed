import { describe, expect, it } from 'vitest';

import { callCommand } from '../support/command-in-process.ts';
import { startEmulator } from '../support/emulator.ts';

/** An emulator with two entries in the sandbox `default` and one in `checkout`. */
async function startBusy(): Promise<string> {
  const { url } = await startEmulator({ providers: ['klaim'] });
  await change(url, 'ada', -25, { description: 'Course' });
  await change(url, 'esra', 10);
  await change(url, 'ada', 1, {}, 'checkout');
  return url;
}

async function change(url: string, user: string, delta: number, more = {}, sandbox = 'default'): Promise<void> {
  await fetch(`${url}/_sandbox/${sandbox}/klaim/users/${user}/credits`, {
    method: 'PUT',
    headers: { Authorization: 'Bearer klaim_test_lantern', 'Content-Type': 'application/json' },
    body: JSON.stringify({ credit_delta: delta, ...more }),
  });
}

const HEAD =
  'ID  AT                        BY                       TENANT       ACCOUNT  DELTA  BALANCE  UNIT     REQUEST    MEMO';
const ADA =
  '1   2026-01-01T00:00:00.000Z  klaim.updateUserCredits  app_lantern  ada      -25    675      credits  default-1  Course';
const ESRA =
  '2   2026-01-01T00:00:00.000Z  klaim.updateUserCredits  app_lantern  esra     +10    -30      credits  default-2';

describe('ledger', () => {
  it.each([
    [['--account', 'ada'], [ADA]],
    [['--since', '1'], [ESRA]],
    [
      ['--provider', 'klaim', '--operation', 'updateUserCredits', '--tenant', 'app_lantern', '--account', 'esra'],
      [ESRA],
    ],
  ])('lists with %j the entries that match', async (flags, rows) => {
    const url = await startBusy();
    const { stdout, stderr } = await callCommand(['ledger', ...flags, '--url', url]);
    // Columns are as wide as their cells.
    const squeeze = (line: string): string => line.replaceAll(/ +/g, ' ');
    expect(squeeze(stdout).split('\n')).toEqual([squeeze(HEAD), ...rows.map(squeeze), '']);
    expect(stderr).toBe('');
  });

  it('says on standard error what the table leaves out', async () => {
    const url = await startBusy();
    expect(await callCommand(['ledger', '--limit', '1', '--url', url])).toMatchObject({
      stderr: 'More entries follow; --limit shows up to 10000.\n',
      code: 0,
    });
    expect(await callCommand(['ledger', '--account', 'adda', '--url', url])).toMatchObject({
      stderr: 'No account "adda" was ever seen here; did you mean "ada"?\n',
      code: 0,
    });
  });
});
