import { expect, it } from 'vitest';

import { startEmulator } from '../support/emulator.ts';
import { describePage, doubleEffect, findBarriers, findCut, openView } from '../support/page.ts';

const WHAT = /updateUserCredits of 6/;

describePage(() => {
  it('says what is wrong with a client as it happens, by which exchanges, and what to do', async () => {
    const emulator = await startEmulator();
    const page = await openView(emulator.url, 'findings');
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
    const page = await openView(emulator.url, 'findings');
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
      const page = await openView(emulator.url, view, { colorScheme, viewport: { width, height: 800 } });
      await page.getByText('double-effect').locator('visible=true').first().waitFor();
      expect([view, await findBarriers(page), await findCut(page)]).toEqual([view, [], []]);
    }
  });
});
