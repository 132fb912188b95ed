import type { Browser } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';

import { CHROMIUM, launchBrowser, NO_CHROMIUM } from '../support/browser.ts';
import { startEmulator } from '../support/emulator.ts';
import { openView } from '../support/page.ts';

let browser: Browser;

beforeAll(async () => {
  if (CHROMIUM !== undefined) browser = await launchBrowser();
});

describe.skipIf(CHROMIUM === undefined)(`the page${CHROMIUM === undefined ? ` (${NO_CHROMIUM})` : ''}`, () => {
  it('goes back to before an exchange, in a sandbox of its own', async () => {
    const emulator = await startEmulator();
    for (const by of [5, -20]) {
      await fetch(`${emulator.urls.klaim}/users/ada/credits`, {
        method: 'PUT',
        headers: { Authorization: 'Bearer klaim_test_lantern', 'Content-Type': 'application/json' },
        body: JSON.stringify({ credit_delta: by }),
      });
    }
    const page = await openView(browser, { url: emulator.url, sandbox: 'default', view: 'traffic/default-2' });
    await page.getByRole('button', { name: 'Rewind to before default-2' }).click();
    await page.getByText('"default.before-default-2" is as it was before default-2.').waitFor();
    expect(await page.getByRole('combobox', { name: 'Sandbox' }).inputValue()).toBe('default.before-default-2');
    await page.getByRole('searchbox').fill('okafor');
    await page.getByRole('cell', { name: '705 credits' }).waitFor();
    const asked = { provider: 'klaim', tenant: 'app_lantern', account: 'ada' } as const;
    expect((await emulator.sandbox().accounts.list(asked)).accounts).toMatchObject([{ balance: '685' }]);
  });
});
