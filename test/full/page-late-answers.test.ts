import type { Browser, Page, Request } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';

import type { Emulator } from '../../src/index.ts';
import { CHROMIUM, launchBrowser, NO_CHROMIUM } from '../support/browser.ts';
import { startEmulator } from '../support/emulator.ts';
import { openView } from '../support/page.ts';

let browser: Browser;

beforeAll(async () => {
  if (CHROMIUM !== undefined) browser = await launchBrowser();
});

const toPath = (url: string): string => new URL(url).pathname.replace('/_emulator', '');

class Gate {
  open: () => void = () => undefined;
  readonly opened = new Promise<void>((resolve) => (this.open = resolve));
}

/** An answer that is what the emulator said when it was asked, and comes when it is let go. */
interface Held {
  readonly taken: Promise<void>;
  letGo(): Promise<void>;
}

/** Keeps back the next answer to a path. @param sandbox of which it is, where not any is meant */
async function holdNext(page: Page, path: string, sandbox?: string): Promise<Held> {
  const [taken, freed, done] = [new Gate(), new Gate(), new Gate()];
  let isHolding = false;
  await page.route(
    (url) => toPath(url.href) === path,
    async (route, request) => {
      const isOther = sandbox !== undefined && request.headers()['x-emulator-sandbox'] !== sandbox;
      if (isHolding || isOther || request.method() !== 'GET') return route.fallback();
      isHolding = true;
      const response = await route.fetch();
      taken.open();
      await freed.opened;
      await route.fulfill({ response });
      await (await request.response())?.finished();
      done.open();
    },
  );
  return {
    taken: taken.opened,
    letGo: async () => {
      freed.open();
      await done.opened;
      await settle(page);
    },
  };
}

/** What has come to the page is drawn. */
function settle(page: Page): Promise<unknown> {
  const frame = 'new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))';
  return page.evaluate(`${frame}.then(() => ${frame})`);
}

/** Two sandboxes, each with a rule that has the same id. */
async function startTwo(): Promise<Emulator> {
  const emulator = await startEmulator();
  for (const [name, status] of [
    ['a', 501],
    ['b', 502],
  ] as const) {
    await emulator.sandboxes.create(name);
    await emulator.sandbox(name).faults.put('one', { effect: { status } });
  }
  return emulator;
}

const open = (emulator: Emulator, view: string, sandbox = 'default'): Promise<Page> =>
  openView(browser, { url: emulator.url, sandbox, view });

const isLive = (page: Page): Promise<void> => page.getByText('Live', { exact: true }).waitFor();
const choose = (page: Page, name: string): Promise<unknown> => page.locator('#sandbox').selectOption(name);

describe.skipIf(CHROMIUM === undefined)(`the page${CHROMIUM === undefined ? ` (${NO_CHROMIUM})` : ''}`, () => {
  it('shows nothing of one sandbox under the name of another, whose lists are on their way', async () => {
    const page = await open(await startTwo(), 'faults', 'a');
    await page.getByText('501').waitFor();
    const ledger = await holdNext(page, '/ledger', 'b');
    await choose(page, 'b');
    await ledger.taken;
    await settle(page);
    expect([
      await page.locator('.link').textContent(),
      await page.getByRole('button', { name: 'Disarm one' }).count(),
    ]).toEqual(['Connecting', 0]);
    await ledger.letGo();
    await page.getByText('502').waitFor();
    const again = await holdNext(page, '/ledger', 'a');
    await page.goBack();
    await again.taken;
    await settle(page);
    expect(await page.getByRole('button', { name: 'Disarm one' }).count()).toBe(0);
    await again.letGo();
    await page.getByText('501').waitFor();
  });

  it('shows nothing of one sandbox under the name of another, whose lists do not come', async () => {
    const emulator = await startTwo();
    const page = await open(emulator, 'faults', 'a');
    await page.getByText('501').waitFor();
    const isOfB = (request: Request): boolean => request.headers()['x-emulator-sandbox'] === 'b';
    await page.route(
      (url) => toPath(url.href) === '/ledger',
      (route, request) => (isOfB(request) ? route.abort() : route.fallback()),
    );
    await choose(page, 'b');
    await page.getByRole('alert').getByText('No answer').waitFor();
    expect(await page.getByRole('button', { name: 'Disarm one' }).count()).toBe(0);
    // What was seen of it before is not gone on with.
    await choose(page, 'a');
    await page.getByText('501').waitFor();
  });

  it('asks for the lists once more where they did not come behind a reset', async () => {
    const emulator = await startTwo();
    const page = await open(emulator, 'faults', 'a');
    await page.getByText('501').waitFor();
    let failed = 0;
    await page.route(
      (url) => toPath(url.href) === '/ledger',
      (route) => ((failed += 1) === 1 ? route.abort() : route.fallback()),
    );
    await emulator.sandbox('a').reset();
    await expect.poll(() => failed).toBe(2);
    await isLive(page);
    await page.getByText('Nothing is armed').waitFor();
  });
});
