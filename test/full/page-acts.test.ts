import type { Browser, Page } from 'playwright-core';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';

import type { Sandbox } from '../../src/index.ts';
import { CHROMIUM, launchBrowser, NO_CHROMIUM } from '../support/browser.ts';
import { startEmulator } from '../support/emulator.ts';
import { openView } from '../support/page.ts';
import { Receiver } from '../support/receiver.ts';

const ADDRESS = '0x2222222222222222222222222222222222222222';

let browser: Browser;

beforeAll(async () => {
  if (CHROMIUM !== undefined) browser = await launchBrowser();
});

/** A view of a fresh emulator. */
async function open(view: string): Promise<{ readonly page: Page; readonly here: Sandbox }> {
  const emulator = await startEmulator();
  const page = await openView(browser, { url: emulator.url, sandbox: 'default', view });
  return { page, here: emulator.sandbox() };
}

describe.skipIf(CHROMIUM === undefined)(`the page${CHROMIUM === undefined ? ` (${NO_CHROMIUM})` : ''}`, () => {
  it('acts on an account by the controls of its service, and says what they refuse', async () => {
    const { page, here } = await open('overview');
    await page.getByRole('searchbox').fill(ADDRESS);
    await page.getByRole('link', { name: ADDRESS, exact: true }).click();
    await page.getByRole('combobox', { name: 'Control' }).selectOption('consume');
    expect(await page.getByLabel('address').inputValue()).toBe(ADDRESS);
    await page.getByLabel('amount').fill('1');
    await page.getByRole('button', { name: 'Run consume' }).click();
    await page.getByRole('status').getByText('Done').waitFor();
    await page.getByRole('table').getByRole('cell', { name: 'consume' }).waitFor();
    expect((await here.ledger.list({ account: ADDRESS })).entries).toHaveLength(1);
    const address = page.getByLabel('address');
    await address.fill('0x22');
    await page.getByRole('button', { name: 'Run consume' }).click();
    await page.getByRole('alert').getByText('Not the arguments of this control.').waitFor();
    const about = (await address.getAttribute('aria-describedby')) ?? '';
    expect([
      await address.getAttribute('aria-invalid'),
      await page.locator(`[id="${about}"]`).textContent(),
      await page.evaluate('document.activeElement.name'),
    ]).toEqual(['true', expect.stringMatching(/^must match pattern/), 'address']);
    await address.fill(ADDRESS.replaceAll('2', '0'));
    await page.getByRole('button', { name: 'Run consume' }).click();
    await page.getByRole('alert').getByText('User not found').waitFor();
    expect(await address.getAttribute('aria-invalid')).toBe('false');
  });

  it('shows who listens to a stream, event by event', async () => {
    const { page, here } = await open('streams');
    await page.getByText('No client listens').waitFor();
    const abort = new AbortController();
    onTestFinished(() => abort.abort());
    const url = (await here.urls()).decentraland;
    await fetch(`${url}/users/${ADDRESS}/credits/stream`, { signal: abort.signal });
    const stream = page.getByRole('article', { name: /^Stream/ });
    await stream.getByText('1 sent').waitFor();
    await here.controls.run('decentraland', 'consume', { address: ADDRESS, amount: '1' });
    await stream.getByText('2 sent').waitFor();
    await stream.getByText('Events').click();
    expect(await stream.getByRole('region', { name: /^Event at/ }).count()).toBe(2);
    abort.abort();
    await page.getByText('No client listens').waitFor();
  });

  it('shows what was sent to those who subscribed, and sends it again', async () => {
    const receiver = await Receiver.start();
    const { page, here } = await open('streams');
    await page.getByText('Nothing was sent').waitFor();
    const env: Readonly<Record<string, string>> = await here.env();
    const send = (method: string, path: string, body: object): Promise<Response> =>
      fetch(`${env['INVETERATE_BASE_URL'] ?? ''}${path}`, {
        method,
        headers: {
          'X-Inveterate-Api-Key': env['INVETERATE_API_KEY'] ?? '',
          'Content-Type': 'application/json',
        },
        body: JSON.stringify(body),
      });
    const topic = 'customer.credits.updated';
    await send('POST', '/v2.0/admin/webhook-subscriptions', { topic, callbackUrl: `${receiver.url}/hook`, name: 'x' });
    await send('POST', '/v2.0/admin/members/6100000000002/credits', { amount: 1, note: 'x' });
    const webhook = page.getByRole('article', { name: /^Webhook/ });
    await webhook.getByText(topic).waitFor();
    await here.clock.advance('PT1M');
    await webhook.getByText('delivered').waitFor();
    await webhook.getByRole('button', { name: /^Send/ }).click();
    await expect.poll(() => receiver.received.length).toBe(2);
    await webhook.getByText('Body, and 2 tries').waitFor();
  });
});
