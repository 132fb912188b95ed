import type { Page } from 'playwright-core';
import { expect, it, onTestFinished } from 'vitest';

import type { Sandbox } from '../../src/index.ts';
import { startEmulator } from '../support/emulator.ts';
import { credit, describePage, openView } from '../support/page.ts';
import { Receiver } from '../support/receiver.ts';

const ADDRESS = '0x2222222222222222222222222222222222222222';

/** A view of a fresh emulator. */
async function open(view: string): Promise<{ readonly page: Page; readonly here: Sandbox }> {
  const emulator = await startEmulator();
  return { page: await openView(emulator.url, view), here: emulator.sandbox() };
}

describePage(() => {
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
    await page.getByRole('alert').getByText('Invalid arguments.').waitFor();
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
        headers: { 'X-Inveterate-Api-Key': env['INVETERATE_API_KEY'] ?? '', 'Content-Type': 'application/json' },
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

  it('goes back to before an exchange, in a sandbox of its own', async () => {
    const emulator = await startEmulator();
    await credit(emulator.urls.klaim, 5);
    await credit(emulator.urls.klaim, -20);
    const page = await openView(emulator.url, 'traffic/default-2');
    await page.getByRole('button', { name: 'Rewind to before default-2' }).click();
    await page.getByText('"default.before-default-2" is as it was before default-2.').waitFor();
    expect(await page.getByRole('combobox', { name: 'Sandbox' }).inputValue()).toBe('default.before-default-2');
    await page.getByRole('searchbox').fill('okafor');
    await page.getByRole('cell', { name: '705 credits' }).waitFor();
    const asked = { provider: 'klaim', tenant: 'app_lantern', account: 'ada' } as const;
    expect((await emulator.sandbox().accounts.list(asked)).accounts).toMatchObject([{ balance: '685' }]);
  });
});
