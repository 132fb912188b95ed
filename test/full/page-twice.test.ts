import type { Page, Route } from 'playwright-core';
import { describe, expect, it } from 'vitest';

import type { Emulator, Sandbox } from '../../src/index.ts';
import { startEmulator } from '../support/emulator.ts';
import { credit, describePage, openLive, openView } from '../support/page.ts';

interface Opened {
  readonly page: Page;
  readonly emulator: Emulator;
  /** The sandbox that is looked at. */
  readonly here: Sandbox;
}

/** A view of a fresh emulator, once it is live. */
async function open(view: string, sandbox = 'default'): Promise<Opened> {
  const emulator = await startEmulator();
  const page = await openLive(emulator.url, view, { sandbox });
  return { page, emulator, here: emulator.sandbox(sandbox) };
}

/** Requests that are not answered before the test lets them go on. */
async function hold(page: Page, path: RegExp, method = 'GET'): Promise<readonly Route[]> {
  const held: Route[] = [];
  await page.route(path, (route) => (route.request().method() === method ? void held.push(route) : route.fallback()));
  return held;
}

/** Lets the page do what an answer has it do: another one that was asked for later has come as well. */
async function settle(page: Page): Promise<void> {
  await page.evaluate("fetch('health').then((answer) => answer.text())");
}

async function give(here: Sandbox, amount: number): Promise<void> {
  await credit((await here.urls()).klaim, amount);
}

async function listRules(here: Sandbox): Promise<readonly string[]> {
  return (await here.faults.list()).faults.map(({ id }) => id);
}

function look(page: Page, sandbox: string): Promise<unknown> {
  return page.getByRole('combobox', { name: 'Sandbox' }).selectOption(sandbox);
}

describePage(() => {
  describe('where another sandbox is looked at meanwhile', () => {
    async function openOfTwo(view: string): Promise<Opened & { readonly other: Sandbox }> {
      const opened = await open(view, 'a');
      const other = opened.emulator.sandbox('b');
      await opened.emulator.sandboxes.create('b');
      await opened.page.reload();
      await opened.page
        .getByRole('combobox', { name: 'Sandbox' })
        .locator('option', { hasText: /^b$/ })
        .waitFor({ state: 'attached' });
      return { ...opened, other };
    }

    it('arms a rule again where it was disarmed', async () => {
      const { page, here, other } = await openOfTwo('faults');
      await here.faults.put('one', { effect: { status: 503 } });
      await page.getByRole('button', { name: 'Disarm one' }).click();
      await page.getByRole('status').getByText('one was disarmed').waitFor();
      await look(page, 'b');
      await page.getByRole('button', { name: 'Undo' }).click();
      await page.getByRole('status').getByText('one is armed again').waitFor();
      expect([await listRules(here), await listRules(other)]).toEqual([['one'], []]);
    });

    it('arms all rules again where they were disarmed', async () => {
      const { page, here, other } = await openOfTwo('faults');
      await here.faults.put('one', { effect: { status: 503 } });
      await here.faults.put('two', { effect: { status: 500 } });
      const rules = await listRules(here);
      await page.getByRole('button', { name: 'Disarm all' }).click();
      await page.getByRole('status').getByText('2 rules were disarmed').waitFor();
      await look(page, 'b');
      await page.getByRole('button', { name: 'Undo' }).click();
      await page.getByRole('status').getByText('They are armed again').waitFor();
      expect([await listRules(here), await listRules(other)]).toEqual([rules, []]);
    });

    it('disarms what fails the next one where it was armed', async () => {
      const { page, here, other } = await openOfTwo('traffic');
      await give(here, 1);
      const { id } = await other.faults.add({ effect: { status: 503 } });
      await page.getByRole('row', { name: /updateUserCredits, ada/ }).click();
      await page.getByRole('button', { name: 'Fail the next one like this' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Arm' }).click();
      await page.getByRole('status').getByText('Armed').waitFor();
      expect(await listRules(here)).toEqual([id]);
      await look(page, 'b');
      await page.getByRole('button', { name: 'Undo' }).click();
      await expect.poll(() => listRules(here)).toEqual([]);
      expect(await listRules(other)).toEqual([id]);
    });

    it('arms all rules of a world in one', async () => {
      const { page, here, other } = await openOfTwo('faults');
      const held = await hold(page, /\/faults\/flaky-500$/, 'PUT');
      await page.getByRole('button', { name: 'flaky' }).click();
      await expect.poll(() => held.length).toBe(1);
      await look(page, 'b');
      await held[0]?.continue();
      await page.getByRole('status').getByText('The rules of "flaky" are armed.').waitFor();
      expect([await listRules(here), await listRules(other)]).toEqual([['flaky-500', 'flaky-503', 'flaky-reset'], []]);
    });
  });

  describe('where a button is pressed again before the emulator has answered', () => {
    it('does once what cannot be taken back, and keeps what was before', async () => {
      const { page, here } = await open('faults');
      await here.faults.put('mine', { effect: { delay: 1 } });
      await page.getByRole('button', { name: 'Disarm mine' }).waitFor();
      const held = await hold(page, /\/reset$/, 'POST');
      await page.getByRole('button', { name: 'Manage' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Reset' }).click();
      await page.getByRole('checkbox', { name: /before-page/ }).check();
      const reset = page.getByRole('dialog').getByRole('button', { name: 'Reset' });
      await reset.click();
      await expect.poll(() => held.length).toBe(1);
      expect(await reset.getAttribute('aria-disabled')).toBe('true');
      const again: string[] = [];
      page.on('request', (request) => again.push(request.url()));
      await page.keyboard.press('Enter');
      await settle(page);
      expect(again.filter((url) => /snapshots|reset/.test(url))).toEqual([]);
      await held[0]?.continue();
      await page.getByRole('status').getByText('"default" was reset.').waitFor();
      await here.snapshots.restore('before-page');
      expect(await listRules(here)).toEqual(['mine']);
    });

    it('arms one rule that fails the next one', async () => {
      const { page, here } = await open('traffic');
      await give(here, 1);
      await page.getByRole('row', { name: /updateUserCredits, ada/ }).click();
      await page.getByRole('button', { name: 'Fail the next one like this' }).click();
      const held = await hold(page, /\/faults$/, 'POST');
      await page.getByRole('dialog').getByRole('button', { name: 'Arm' }).click();
      await expect.poll(() => held.length).toBe(1);
      await page.keyboard.press('Enter');
      await settle(page);
      for (const route of held) await route.continue();
      await page.getByRole('status').getByText('Armed').waitFor();
      await settle(page);
      expect(await listRules(here)).toHaveLength(1);
    });

    it('runs a control once, and again once it was refused', async () => {
      const { page } = await open('accounts/klaim/app_lantern/ada');
      const held = await hold(page, /\/controls\//, 'POST');
      const run = page.getByRole('button', { name: 'Run addMember' });
      await page.getByLabel('email').fill('eve@lantern.example');
      await page.getByLabel('app_id').fill('nowhere');
      await run.click();
      await expect.poll(() => held.length).toBe(1);
      await page.keyboard.press('Enter');
      await settle(page);
      expect([held.length, await run.getAttribute('aria-disabled')]).toEqual([1, 'true']);
      await held[0]?.continue();
      await page.getByRole('alert').getByText('There is no such app.').waitFor();
      expect(await run.getAttribute('aria-disabled')).toBe('false');
      await page.getByLabel('app_id').fill('app_lantern');
      await page.getByLabel('user_id').fill('eve');
      await run.click();
      await expect.poll(() => held.length).toBe(2);
      await held[1]?.continue();
      await page.getByRole('status').getByText('Done').waitFor();
    });

    it('goes back once', async () => {
      const { page, emulator, here } = await open('traffic');
      await give(here, 1);
      await page.getByRole('row', { name: /updateUserCredits, ada/ }).click();
      const held = await hold(page, /\/rewind/, 'POST');
      await page.getByRole('button', { name: 'Rewind' }).click();
      await expect.poll(() => held.length).toBe(1);
      await page.keyboard.press('Enter');
      await settle(page);
      expect(held).toHaveLength(1);
      await held[0]?.continue();
      await page.getByRole('status').getByText('is as it was before default-1').waitFor();
      expect((await emulator.sandboxes.list()).sandboxes).toHaveLength(2);
    });
  });

  it('knows the sandboxes and snapshots that others made, and makes none in their place', async () => {
    const { page, emulator, here } = await open('overview');
    await here.snapshots.take('of-others');
    await page.getByRole('button', { name: 'Manage' }).click();
    await page.getByRole('button', { name: 'Restore of-others' }).waitFor();
    const theirs = emulator.sandbox('theirs');
    await emulator.sandboxes.create('theirs');
    await theirs.faults.put('precious', { effect: { status: 503 } });
    await page.getByLabel('New sandbox').fill('theirs');
    await page.getByRole('button', { name: 'Make' }).click();
    await page.getByRole('alert').getByText('There is a sandbox "theirs" already.').waitFor();
    expect(await listRules(theirs)).toEqual(['precious']);
  });

  describe('the entries of a balance', () => {
    const ADA = /\/ledger\?.*account=ada/;

    it('are asked for once more when more has come meanwhile, and are unknown until then', async () => {
      const { page, here } = await open('overview');
      const held = await hold(page, ADA);
      await give(here, 1);
      await page.goto(page.url().replace('#/overview', '#/accounts/klaim/app_lantern/ada'));
      await expect.poll(() => held.length).toBe(1);
      const balance = page.locator('.big');
      for (const amount of [2, 3]) {
        const before = (await balance.textContent()) ?? '';
        await give(here, amount);
        await expect.poll(() => balance.textContent()).not.toBe(before);
        await settle(page);
      }
      expect([held.length, await page.getByText('Nothing is known yet').count()]).toEqual([1, 1]);
      await held[0]?.continue();
      const entries = page.getByRole('table', { name: 'Entries, newest first' });
      await entries.waitFor();
      await expect.poll(() => held.length).toBe(2);
      await held[1]?.continue();
      await entries.getByRole('cell', { name: '+3' }).waitFor();
      expect(held).toHaveLength(2);
      await page.goto(page.url().replace('/ada', '/benoit'));
      await page.getByText('Nothing has moved this balance since the sandbox began.').waitFor();
    });

    it('are those of after a reset, though their ids and times are those of before', async () => {
      const { page, here } = await open('accounts/klaim/app_lantern/ada');
      await give(here, 1);
      const entries = page.getByRole('table', { name: 'Entries, newest first' });
      await entries.getByRole('cell', { name: '+1', exact: true }).waitFor();
      const held = await hold(page, /\/ledger\?limit=2000$/);
      await here.reset();
      await expect.poll(() => held.length).toBe(1);
      await give(here, 42);
      await held[0]?.continue();
      await entries.getByRole('cell', { name: '+42', exact: true }).waitFor();
      expect(await entries.getByRole('cell', { name: '+1', exact: true }).count()).toBe(0);
    });
  });

  it('shows an exchange that was opened while nobody answered, once somebody does', async () => {
    const { page, here } = await open('overview');
    await give(here, 1);
    const isAsked = /\/_emulator\/(?!page\/)/;
    await page.route(isAsked, (route) =>
      route.request().resourceType() === 'fetch' ? route.abort() : route.fallback(),
    );
    await page.goto(page.url().replace('#/overview', '#/traffic/default-1'));
    await page.reload();
    await page.getByRole('alert').getByText('No answer from the emulator').waitFor();
    await page.unroute(isAsked);
    await page.getByRole('region', { name: 'What the store did' }).waitFor();
    expect(await page.locator('.detail').getByRole('alert').count()).toBe(0);
  });

  it('says no longer what kept an exchange from being shown', async () => {
    const { page, here } = await open('traffic');
    await give(here, 1);
    const isAsked = /\/requests\/default-1$/;
    await page.route(isAsked, (route) => route.abort());
    await page.getByRole('row', { name: /updateUserCredits, ada/ }).click();
    const mistake = page.locator('.detail').getByRole('alert');
    await mistake.waitFor();
    await page.unroute(isAsked);
    await here.reset();
    await give(here, 2);
    await page.getByRole('region', { name: 'What the store did' }).waitFor();
    expect(await mistake.count()).toBe(0);
  });

  it('shows the snippet that was asked for last', async () => {
    const { page } = await open('overview');
    const held = await hold(page, /\/specs\/klaim/);
    await page.getByRole('button', { name: 'curl for Klaim' }).click();
    await expect.poll(() => held.length).toBe(1);
    await page.getByRole('button', { name: 'Client library for Klaim' }).click();
    await page.getByRole('region', { name: 'client snippet' }).waitFor();
    const answer = page.waitForResponse(/\/specs\/klaim/);
    await held[0]?.continue();
    await (await answer).finished();
    await settle(page);
    expect(await page.getByRole('region', { name: /snippet$/ }).getAttribute('aria-label')).toBe('client snippet');
  });

  describe('the documents', () => {
    const KLAIM = /\/specs\/klaim/;
    const IN_KLAIM = '/users/{user_id}/credits';

    async function openDocs(fragment = ''): Promise<Page> {
      const { url } = await startEmulator();
      return openView(url, `docs${fragment}`);
    }

    const choose = (page: Page, name: string): Promise<void> =>
      page.getByRole('navigation', { name: 'Services' }).getByRole('link', { name }).click();

    it('are shown by the last choice, though an earlier one of the same fails', async () => {
      const page = await openDocs('#emulator');
      const held = await hold(page, KLAIM);
      await choose(page, 'Klaim');
      await expect.poll(() => held.length).toBe(1);
      await choose(page, 'Control API');
      await choose(page, 'Klaim');
      await expect.poll(() => held.length).toBe(2);
      const failure = page.waitForEvent('requestfailed');
      await held[0]?.abort();
      await failure;
      await settle(page);
      await held[1]?.continue();
      await page.getByText(IN_KLAIM).first().waitFor();
      expect(await page.getByRole('alert').count()).toBe(0);
    });

    it('are asked for again by the same link where they failed', async () => {
      const page = await openDocs('#emulator');
      await page.route(KLAIM, (route) => route.abort());
      await choose(page, 'Klaim');
      await page.getByRole('alert').getByText('No emulator answers').waitFor();
      await page.unroute(KLAIM);
      await choose(page, 'Klaim');
      await page.getByText(IN_KLAIM).first().waitFor();
    });

    it('begin with the first one where the address names none', async () => {
      const page = await openDocs('#%zz');
      const first = page.getByRole('navigation', { name: 'Services' }).getByRole('link').first();
      await page.locator('#api-title').waitFor();
      expect(await first.getAttribute('aria-current')).toBe('page');
    });

    it('stay as they were chosen, though one that was chosen before comes late', async () => {
      const { page, emulator } = await open('overview');
      const { providers } = await emulator.providers.list();
      const late = new RegExp(`/specs/${providers[0]?.id ?? ''}`);
      const held = await hold(page, late);
      await page.goto(`${emulator.url}/_emulator/docs`);
      await expect.poll(() => held.length).toBe(1);
      await choose(page, 'Klaim');
      await page.getByText(IN_KLAIM).first().waitFor();
      const answer = page.waitForResponse(late);
      await held[0]?.continue();
      await (await answer).finished();
      await settle(page);
      expect(await page.getByText(IN_KLAIM).count()).toBeGreaterThan(0);
    });
  });
});
