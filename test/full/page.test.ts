import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createEmulator, type Emulator, type Sandbox } from '../../src/index.ts';
import { START } from '../support/emulator.ts';
import { describePage, openView, untilLive } from '../support/page.ts';

const run = promisify(execFile);

let emulator: Emulator;
let count = 0;
/** Each test has a sandbox of its own. */
let sandbox = '';

beforeAll(async () => {
  emulator = await createEmulator({ port: 0, clock: START, logLevel: 'silent' });
});
afterAll(() => emulator.close());

function open(view?: string): Promise<Page> {
  count += 1;
  sandbox = `case-${count}`;
  return openView(emulator.url, view, { sandbox });
}

async function openLive(view?: string): Promise<Page> {
  const page = await open(view);
  await untilLive(page);
  return page;
}

const here = (): Sandbox => emulator.sandbox(sandbox);

/** A call of a client; 0 where it gets no answer. */
async function call(method: string, path: string, body?: object): Promise<number> {
  const env = await here().env();
  const init = {
    method,
    headers: {
      Authorization: `Bearer ${env['KLAIM_API_KEY'] ?? ''}`,
      'X-Emulator-Sandbox': sandbox,
      ...(body && { 'Content-Type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  };
  return fetch(`${emulator.urls.klaim}${path}`, init).then(
    ({ status }) => status,
    () => 0,
  );
}

const give = (by: number, user = 'ada'): Promise<number> => call('PUT', `/users/${user}/credits`, { credit_delta: by });
const lose = (): Promise<unknown> =>
  here().faults.add({ id: 'lost', provider: 'klaim', phase: 'after', times: 1, effect: { status: 500 } });
const readClipboard = (page: Page): Promise<string> => page.evaluate<string>('navigator.clipboard.readText()');

describePage(() => {
  describe('in its overview', () => {
    it('has the address and the key of each service to copy, and calls that work', async () => {
      const page = await open();
      await page.getByRole('article').first().waitFor();
      expect(await page.getByRole('article').count()).toBe(Object.keys(emulator.urls).length);
      const klaim = page.getByRole('article', { name: 'Klaim' });
      await klaim.getByRole('button', { name: 'Copy address of Klaim' }).click();
      expect(await readClipboard(page)).toBe((await here().urls()).klaim);
      await klaim.getByRole('button', { name: 'Copy KLAIM_API_KEY' }).click();
      expect(await readClipboard(page)).toBe('klaim_test_lantern');
      await klaim.getByRole('button', { name: 'curl for Klaim' }).click();
      await klaim.getByRole('button', { name: 'Copy curl snippet' }).click();
      const { stdout } = await run('sh', ['-c', `${await readClipboard(page)} -sS`]);
      expect(JSON.parse(stdout)).toMatchObject({ message: 'fetch resource successfully' });
      await klaim.getByRole('button', { name: 'Client library for Klaim' }).click();
      expect(await klaim.getByRole('region', { name: 'client snippet' }).textContent()).toContain(
        `sandbox("${sandbox}")`,
      );
    });

    it('has every balance, to search and sort, with its course as it moves', async () => {
      const page = await open();
      const table = page.getByRole('table', { name: 'Balances' });
      await page.getByRole('searchbox', { name: 'Search accounts' }).fill('okafor');
      const row = table.getByRole('row', { name: /Ada Okafor/ });
      await row.getByRole('cell', { name: '700 credits' }).waitFor();
      await give(-50);
      await give(7);
      await row.getByRole('cell', { name: '657 credits' }).waitFor();
      await row.getByRole('img', { name: '700 to 657 in 2 entries' }).waitFor();
      const { accounts } = await here().accounts.list({ provider: 'klaim' });
      const total = accounts.reduce((sum, { balance }) => sum + Number(balance), 0).toLocaleString('en');
      await page.getByRole('region', { name: 'Totals' }).getByText(total, { exact: true }).waitFor();
      await page.getByRole('searchbox', { name: 'Search accounts' }).fill('');
      await page.getByRole('combobox', { name: 'Service' }).selectOption('klaim');
      await page.getByRole('combobox', { name: 'Sort by' }).selectOption('high');
      await page.getByText(/^14 of \d+$/).waitFor();
      expect(await table.getByRole('row').nth(1).getByRole('cell').nth(3).textContent()).toBe('Ada Okafor');
      expect(page.url()).toContain('#/overview?provider=klaim&sort=high');
    });

    it('freezes, runs, advances and sets the clock, and warns before it goes back', async () => {
      const page = await open();
      const clock = page.getByRole('group', { name: 'Clock' });
      await clock.getByRole('button', { name: '+1 h' }).click();
      await clock.getByText('2026-01-01 01:00:00Z').waitFor();
      await clock.getByRole('button', { name: 'Run' }).click();
      await clock.getByText('running').waitFor();
      await clock.getByRole('button', { name: 'Freeze' }).click();
      await clock.getByText('frozen').waitFor();
      await clock.getByRole('button', { name: 'Set' }).click();
      await page.getByLabel('Instant (RFC 3339)').fill('2025-06-01T00:00:00Z');
      await page.getByRole('dialog').getByRole('button', { name: 'Set' }).click();
      await page.getByRole('dialog', { name: 'Put the clock back?' }).getByRole('button', { name: 'Put back' }).click();
      await clock.getByText('2025-06-01 00:00:00Z').waitFor();
    });

    it('makes, forks, keeps, restores, resets and deletes sandboxes', async () => {
      const page = await open();
      const dialog = page.getByRole('dialog');
      const choice = page.getByRole('combobox', { name: 'Sandbox' });
      const manage = (): Promise<void> => page.getByRole('button', { name: 'Manage' }).click();
      const balance = async (): Promise<string | undefined> =>
        (await here().accounts.list({ provider: 'klaim', account: 'ada' })).accounts[0]?.balance;
      await untilLive(page);
      await give(1);
      await manage();
      await dialog.getByLabel('Snapshot').fill('one');
      await dialog.getByRole('button', { name: 'Take' }).click();
      await dialog.getByRole('button', { name: 'Restore one' }).waitFor();
      await give(1);
      await dialog.getByRole('button', { name: 'Restore one' }).click();
      await page.getByRole('dialog', { name: 'Restore "one"?' }).getByRole('button', { name: 'Restore' }).click();
      await page.getByText('"one" was restored.').waitFor();
      expect(await balance()).toBe('701');
      await manage();
      await dialog.getByRole('button', { name: 'Delete snapshot one' }).click();
      await expect.poll(() => dialog.getByRole('button', { name: 'Restore one' }).count()).toBe(0);
      await dialog.getByLabel('New sandbox').fill(`${sandbox}-seed`);
      await dialog.getByRole('combobox', { name: 'Begins as' }).selectOption('the seed');
      await dialog.getByRole('button', { name: 'Make' }).click();
      await page.getByText(`"${sandbox}-seed" was made.`).waitFor();
      expect(await emulator.sandbox(`${sandbox}-seed`).ledger.list()).toEqual({ entries: [] });
      await choice.selectOption(sandbox);
      await untilLive(page);
      await manage();
      await dialog.getByLabel('New sandbox').fill(`${sandbox}-fork`);
      await dialog.getByRole('button', { name: 'Make' }).click();
      await page.getByText(`"${sandbox}-fork" was made.`).waitFor();
      sandbox = `${sandbox}-fork`;
      expect([await choice.inputValue(), await balance(), new URL(page.url()).search]).toEqual([
        sandbox,
        '701',
        `?sandbox=${sandbox}`,
      ]);
      await untilLive(page);
      await manage();
      await dialog.getByRole('button', { name: 'Reset' }).click();
      await page
        .getByRole('dialog', { name: `Reset "${sandbox}"?` })
        .getByRole('button', { name: 'Reset' })
        .click();
      await page.getByText(`"${sandbox}" was reset.`).waitFor();
      expect(await balance()).toBe('700');
      await manage();
      await dialog.getByRole('button', { name: 'Delete' }).last().click();
      await page
        .getByRole('dialog', { name: `Delete "${sandbox}"?` })
        .getByRole('button', { name: 'Delete' })
        .click();
      await page.getByText(`"${sandbox}" was deleted.`).waitFor();
      expect(await choice.inputValue()).toBe('default');
    });
  });

  describe('in its traffic', () => {
    it('has a lost answer jump to the eye within a second', async () => {
      const page = await open('traffic');
      await page.getByText('has been called yet').waitFor();
      await lose();
      expect(await give(6)).toBe(500);
      const row = page.getByRole('row', { name: '500, landed: lost, updateUserCredits, ada' });
      await row.waitFor();
      expect(await row.getByRole('gridcell').allTextContents()).toEqual([
        '00:00:00.000',
        'klaim updateUserCredits',
        'ada',
        '500≠',
        // The audit may have said something of it by then.
        expect.stringMatching(/^lost \+6, 700 → 706( unseen-effect)?$/),
        'lost',
        expect.any(String),
      ]);
      await page.getByRole('link', { name: '1 client and store differ' }).waitFor();
    });

    it('shows what the client saw beside what the store did, and sends it again by curl', async () => {
      const page = await openLive('traffic');
      await lose();
      await give(6);
      await page.getByRole('row', { name: /^500, landed: lost/ }).click();
      const saw = page.getByRole('region', { name: 'What the client saw' });
      await saw.getByText('Internal Server Error').waitFor();
      expect(await page.getByRole('region', { name: 'What the store did' }).textContent()).toMatch(/700.*706/);
      await page.getByText('landed; client saw 500').waitFor();
      await page.getByRole('region', { name: 'Fault' }).getByText('lands; its client gets 500').waitFor();
      await page.getByRole('button', { name: 'Copy as curl' }).click();
      await expect.poll(() => readClipboard(page)).toContain('Bearer \'"$KLAIM_API_KEY"');
      const command = await readClipboard(page);
      const { stdout } = await run('sh', ['-c', `${command} -sS`], {
        env: { ...process.env, ...(await here().env()) },
      });
      expect(JSON.parse(stdout)).toMatchObject({ credit_balance: 712 });
    });

    it('says why a request was refused', async () => {
      const page = await openLive('traffic');
      await call('PUT', '/users/ada/credits', { credit_dleta: 6 });
      await page.getByRole('row', { name: /^400, / }).click();
      await page.getByRole('region', { name: 'Reasons' }).getByText('did you mean').waitFor();
    });

    it('fails the next one like the one that is looked at', async () => {
      const page = await openLive('traffic');
      await give(1);
      await page.getByRole('row', { name: /updateUserCredits, ada/ }).click();
      await page.getByRole('button', { name: 'Fail the next one like this' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText('The next updateUserCredits of klaim about ada lands; its client gets 500.').waitFor();
      await dialog.getByRole('button', { name: 'Arm' }).click();
      await page.getByRole('status').getByText('Armed').waitFor();
      expect([await give(1, 'bo'), await give(1), await give(1)]).toEqual([expect.any(Number), 500, 200]);
      await page.getByRole('row', { name: /^500, landed: lost, updateUserCredits, ada/ }).waitFor();
    });

    it('keeps its filters in its address', async () => {
      const page = await openLive('traffic');
      await lose();
      await give(1);
      await give(2);
      await call('GET', '/users');
      await page.getByRole('row', { name: /listUsers/ }).waitFor();
      await page.getByRole('combobox', { name: 'Operation' }).selectOption('updateUserCredits');
      await page.getByText('2 of 3').waitFor();
      await page.getByRole('checkbox', { name: 'Client and store differ' }).check();
      await page.getByText('1 of 3').waitFor();
      expect(page.url()).toMatch(/#\/traffic\?operation=updateUserCredits&split=1$/);
      await page.reload();
      await page.getByText('1 of 3').waitFor();
      await page.getByRole('row', { name: /landed: lost/ }).click();
      await page.getByRole('button', { name: 'Close' }).waitFor();
      await page.goBack();
      await page.getByText('1 of 3').waitFor();
      await page.getByRole('button', { name: 'Clear filters' }).click();
      await page.getByText('3', { exact: true }).waitFor();
    });

    it('holds its place while more comes', async () => {
      const page = await openLive('traffic');
      await give(1);
      await page.getByRole('row', { name: /updateUserCredits/ }).waitFor();
      await page.getByRole('button', { name: 'Pause' }).click();
      await give(1);
      await lose();
      await give(1);
      const waiting = page.getByRole('button', { name: '2 new, 1 split' });
      await waiting.waitFor();
      expect(await page.getByRole('row', { name: /updateUserCredits/ }).count()).toBe(1);
      await waiting.click();
      await expect.poll(() => page.getByRole('row', { name: /updateUserCredits/ }).count()).toBe(3);
    });
  });

  describe('in its faults', () => {
    it('arms a rule from its form, which knows operations and codes, and takes it back', async () => {
      const page = await open('faults');
      await page.getByText('Nothing is armed').waitFor();
      await page.getByRole('combobox', { name: 'Service' }).selectOption('klaim');
      await page.getByRole('combobox', { name: 'Operation' }).selectOption('getUserCredits');
      await page.getByLabel('Subject').fill('ada');
      await page.getByRole('combobox', { name: 'When' }).selectOption('before');
      await page.getByRole('spinbutton', { name: 'Status' }).fill('503');
      await page.getByRole('button', { name: 'Arm', exact: true }).click();
      const rule = page.getByRole('listitem').filter({ hasText: 'does nothing; its client gets 503.' });
      await rule.getByText('fired 0, 1 left').waitFor();
      expect(await call('POST', '/users/ada/credits')).toBe(503);
      await rule.getByText('fired 1, 0 left').waitFor();
      await rule.getByRole('button', { name: /^Disarm/ }).click();
      await page.getByText('Nothing is armed').waitFor();
      await page.getByRole('button', { name: 'Undo' }).click();
      await rule.getByText('fired 0, 1 left').waitFor();
      const codes = (await emulator.providers.get('klaim')).codes;
      await page.getByRole('combobox', { name: 'Effect' }).selectOption('code');
      expect(await page.getByRole('combobox', { name: 'Which' }).getByRole('option').allTextContents()).toEqual(codes);
    });

    it('has everything be down, and the rules of a world at a click', async () => {
      const page = await open('faults');
      const down = page.getByRole('switch', { name: 'Everything down' });
      await down.check();
      await page.getByText('Every call of any service does nothing; its client gets 503.').waitFor();
      expect(await call('GET', '/users')).toBe(503);
      await down.click();
      await page.getByText('Nothing is armed').waitFor();
      expect(await call('GET', '/users')).toBe(200);
      const slow = page.getByRole('switch', { name: 'Everything slow' });
      await slow.check();
      await page.getByText('Every call of any service is answered after 2 s.').waitFor();
      await here().faults.delete('page-slow');
      await expect.poll(() => slow.isChecked()).toBe(false);
      await page.getByRole('group', { name: 'Rules of worlds' }).getByRole('button', { name: 'lost-answers' }).click();
      await page.getByText('About 10 % of each call of any service lands; its client gets 500.').waitFor();
    });
  });

  it('shows how a balance came to be, and acts on it', async () => {
    const page = await openLive();
    await give(5);
    await lose();
    await give(-2);
    await page.getByRole('searchbox').fill('okafor');
    await page.getByRole('link', { name: 'ada', exact: true }).click();
    await page.getByRole('heading', { name: 'ada Ada Okafor' }).waitFor();
    await page.getByRole('img', { name: '700 to 703 credits in 2 entries, by order' }).waitFor();
    await page.locator('canvas').waitFor();
    const entries = page.getByRole('table', { name: 'Entries, newest first' });
    expect(await entries.getByRole('row').nth(1).getByRole('cell').nth(5).textContent()).toMatch(/ lost$/);
    await page.getByRole('combobox', { name: 'Control' }).selectOption('addMember');
    await page.getByRole('button', { name: 'Run addMember' }).waitFor();
    await entries.getByRole('link').first().click();
    await page.getByRole('heading', { name: `${sandbox}-2` }).waitFor();
  });

  it('can be used by keys alone', async () => {
    const page = await openLive();
    await lose();
    await give(1);
    const press = async (...keys: readonly string[]): Promise<void> => {
      for (const key of keys) await page.keyboard.press(key);
    };
    await press('2');
    await page.getByRole('row', { name: /landed: lost/ }).waitFor();
    await page.getByRole('grid').focus();
    await press('ArrowDown', 'Enter');
    await page.getByRole('button', { name: 'Copy as curl' }).waitFor();
    await press('x');
    await page.getByRole('dialog').waitFor();
    await press('Escape');
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    await press('Escape');
    await expect.poll(() => page.getByRole('button', { name: 'Copy as curl' }).count()).toBe(0);
    expect(await page.evaluate("document.activeElement.getAttribute('role')")).toBe('grid');
    await press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await press('Escape', '1', '/');
    await page.keyboard.type('okafor');
    await page.getByRole('link', { name: 'ada', exact: true }).first().focus();
    await press('Enter');
    await page.getByRole('heading', { name: 'ada Ada Okafor' }).waitFor();
    await press('s');
    expect(await page.evaluate('document.activeElement.id')).toBe('sandbox');
  });
});
