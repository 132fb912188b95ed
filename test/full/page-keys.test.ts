import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';

import { tellStory } from '../../scripts/story.ts';
import { startEmulator } from '../support/emulator.ts';
import { describePage, openLive, openView, untilLive } from '../support/page.ts';

const VIEWS = ['overview', 'traffic/default-14', 'faults', 'streams', 'accounts/klaim/app_lantern/ada'];

/** What can be used and Tab does not come to, or where nobody sees that it has come. */
async function findUnreached(page: Page): Promise<unknown> {
  await page.evaluate(`globalThis.reached = new Set();
    globalThis.unseen = [];
    addEventListener('focusin', ({ target }) => {
      if (reached.has(target)) globalThis.isRound = true;
      reached.add(target);
      const { outlineStyle, outlineWidth } = getComputedStyle(target);
      if (outlineStyle === 'none' || outlineWidth === '0px') unseen.push(target.outerHTML.slice(0, 160));
    });`);
  for (let pressed = 0; pressed < 400; pressed += 1) {
    await page.keyboard.press('Tab');
    if (await page.evaluate<boolean>('globalThis.isRound === true')) break;
  }
  return page.evaluate(`[unseen, [...document.querySelectorAll('a, button, input, select, summary, pre, [role=grid]')]
    .filter((element) => element.checkVisibility() && !element.disabled && !reached.has(element))
    .map((element) => element.outerHTML.slice(0, 160))]`);
}

describePage(() => {
  it.each([1280, 390])('has everything that can be used be come to by Tab, and seen, %i wide', async (width) => {
    const emulator = await startEmulator();
    await tellStory(emulator);
    for (const view of VIEWS) {
      const page = await openLive(emulator.url, view, { viewport: { width, height: 800 } });
      await page.getByRole('heading').nth(1).waitFor();
      expect([view, await findUnreached(page)]).toEqual([view, [[], []]]);
    }
  });

  it('has each act done by keys alone', async () => {
    const emulator = await startEmulator();
    const page = await openView(emulator.url, 'faults');
    await page.getByText('Nothing is armed').waitFor();
    const { keyboard } = page;
    const dialog = page.getByRole('dialog');
    const press = async (name: string, key = 'Enter', inside: Page | typeof dialog = page): Promise<void> => {
      await inside.getByRole('button', { name, exact: true }).focus();
      await keyboard.press(key);
    };
    await page.getByRole('combobox', { name: 'Service' }).focus();
    await keyboard.type('klaim');
    await page.getByLabel('Subject').focus();
    await keyboard.type('ada');
    await keyboard.press('Enter');
    await page.getByText('The next call of klaim about ada lands; its client gets 500.').first().waitFor();
    await page.getByText('fired 0, 1 left').waitFor();
    await page.getByRole('button', { name: /^Disarm/ }).focus();
    await keyboard.press(' ');
    await page.getByText('Nothing is armed').waitFor();
    await page.getByRole('switch', { name: 'Everything slow' }).focus();
    await keyboard.press(' ');
    await page.getByText('Every call of any service is answered after 2 s.').waitFor();
    await press('+1 h');
    await page.getByText('2026-01-01 01:00:00Z').waitFor();
    await press('Set');
    await dialog.getByLabel('Instant (RFC 3339)').press('Control+a');
    await keyboard.type('2027-01-01T00:00:00Z');
    await keyboard.press('Enter');
    await page.getByText('2027-01-01 00:00:00Z').waitFor();
    await expect.poll(() => dialog.count()).toBe(0);
    await press('Manage', ' ');
    await dialog.getByLabel('Snapshot').focus();
    await keyboard.type('kept');
    await keyboard.press('Enter');
    await dialog.getByRole('button', { name: 'Restore kept' }).waitFor();
    await dialog.getByLabel('New sandbox').focus();
    await keyboard.type('second');
    await keyboard.press('Enter');
    await page.getByText('"second" was made.').waitFor();
    await untilLive(page);
    await press('Manage');
    await press('Reset', 'Enter', dialog);
    await press('Reset', 'Enter', dialog);
    await page.getByText('"second" was reset.').waitFor();
    await page.getByText('Nothing is armed').waitFor();
    expect((await emulator.sandbox().clock.get()).now).toBe('2027-01-01T00:00:00.000Z');
    expect((await emulator.sandboxes.list()).sandboxes.map(({ name, snapshots }) => [name, snapshots])).toEqual([
      ['default', ['kept']],
      ['second', []],
    ]);
  });

  it('moves nothing where no motion is wanted', async () => {
    const { url } = await startEmulator();
    for (const [reducedMotion, isMoved] of [
      ['no-preference', true],
      ['reduce', false],
    ] as const) {
      const page = await openView(url, 'faults', { sandbox: reducedMotion, reducedMotion });
      await page.evaluate("globalThis.isMoved = false; addEventListener('animationstart', () => (isMoved = true));");
      await page.getByRole('button', { name: 'Arm', exact: true }).click();
      await page.getByText('fired 0, 1 left').waitFor();
      await page.getByRole('status').getByText('Armed').waitFor();
      await expect.poll(() => page.evaluate('isMoved || document.getAnimations().length > 0')).toBe(isMoved);
    }
  });
});
