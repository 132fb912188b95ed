import type { Browser, Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';

import type { Emulator } from '../../src/index.ts';
import { CHROMIUM, launchBrowser, NO_CHROMIUM } from '../support/browser.ts';
import { startEmulator } from '../support/emulator.ts';
import { findBarriers, findCut, openView } from '../support/page.ts';

const WHAT = /updateUserCredits of 6/;

let browser: Browser;

beforeAll(async () => {
  if (CHROMIUM !== undefined) browser = await launchBrowser();
});

/** A client that sends what was lost once more, and so has it counted twice. */
async function doubleEffect({ urls, sandbox }: Emulator): Promise<void> {
  const rule = { id: 'lost', provider: 'klaim', phase: 'after', times: 1, effect: { status: 500 } } as const;
  await sandbox().faults.add(rule);
  for (const expected of [500, 200]) {
    const { status } = await fetch(`${urls.klaim}/users/ada/credits`, {
      method: 'PUT',
      headers: {
        Authorization: 'Bearer klaim_test_lantern',
        'Content-Type': 'application/json',
        // Who does not say who it is has warnings at most.
        'X-Emulator-Client': 'checkout',
      },
      body: JSON.stringify({ credit_delta: 6 }),
    });
    expect(status).toBe(expected);
  }
}

const open = (emulator: Emulator, view: string, options = {}): Promise<Page> =>
  openView(browser, { url: emulator.url, sandbox: 'default', view }, options);

describe.skipIf(CHROMIUM === undefined)(`the page${CHROMIUM === undefined ? ` (${NO_CHROMIUM})` : ''}`, () => {
  it('says what is wrong with a client as it happens, by which exchanges, and what to do', async () => {
    const emulator = await startEmulator();
    const page = await open(emulator, 'findings');
    await page.getByText('Nothing is wrong').waitFor();
    await doubleEffect(emulator);
    const finding = page.getByRole('article', { name: /^double-effect: / });
    await finding.getByText(WHAT).waitFor();
    await page.getByRole('link', { name: 'Findings 1' }).waitFor();
    await page.getByRole('combobox', { name: 'Severity' }).selectOption('info');
    await page.getByText('No finding fits the filters.').waitFor();
    await page.getByRole('combobox', { name: 'Severity' }).selectOption('error');
    await finding.waitFor();
    expect(await finding.getByRole('link').allTextContents()).toEqual(['ada', 'default-1', 'default-2']);
    await finding.getByRole('link', { name: 'default-2' }).click();
    await page.getByRole('region', { name: 'Findings' }).getByRole('link', { name: WHAT }).waitFor();
    await page.getByRole('row', { name: /^200, .*ada, double-effect$/ }).waitFor();
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('region', { name: 'Findings' }).getByText(WHAT).waitFor();
    await page.getByRole('link', { name: '1 error' }).click();
    await page.getByRole('button', { name: 'Forget all' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Forget' }).click();
    await page.getByText('Nothing is wrong').waitFor();
    expect((await emulator.sandbox().audit()).findings).toEqual([]);
  });

  it('keeps findings over a reset, and takes no other exchange for theirs', async () => {
    const emulator = await startEmulator();
    const page = await open(emulator, 'findings');
    await page.getByText('Nothing is wrong').waitFor();
    await doubleEffect(emulator);
    const finding = page.getByRole('article', { name: /^double-effect: / });
    await finding.waitFor();
    await emulator.sandbox().reset();
    await finding.getByText('before the last reset').waitFor();
    expect(await finding.getByRole('link').allTextContents()).toEqual(['ada']);
    await fetch(`${emulator.urls.klaim}/one`);
    await page.getByRole('link', { name: 'Traffic' }).click();
    await page.getByRole('row', { name: /one$/ }).waitFor();
  });

  it.each([
    ['light', 1280],
    ['dark', 360],
  ] as const)('puts nothing in the way of who reads findings, %s, %i', async (colorScheme, width) => {
    const emulator = await startEmulator();
    await doubleEffect(emulator);
    for (const view of ['findings', 'overview', 'traffic', 'traffic/default-2']) {
      const page = await open(emulator, view, { colorScheme, viewport: { width, height: 800 } });
      await page.getByText('double-effect').locator('visible=true').first().waitFor();
      expect([view, await findBarriers(page), await findCut(page)]).toEqual([view, [], []]);
    }
  });
});
