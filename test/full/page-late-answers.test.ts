import type { Page, Request } from 'playwright-core';
import { expect, it } from 'vitest';

import type { Emulator } from '../../src/index.ts';
import { startEmulator } from '../support/emulator.ts';
import { credit, describePage, doubleEffect, openView, untilLive } from '../support/page.ts';

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

const open = ({ url }: Emulator, view: string, sandbox = 'default'): Promise<Page> => openView(url, view, { sandbox });
const choose = (page: Page, name: string): Promise<unknown> => page.locator('#sandbox').selectOption(name);

const LANTERN = { provider: 'klaim', tenant: 'app_lantern' } as const;

/** Accounts that are new are told by their list only. */
async function addMember(emulator: Emulator, id: string): Promise<void> {
  const args = { app_id: LANTERN.tenant, user_id: id, email: `${id}@lantern.example` };
  await emulator.sandbox().controls.run('klaim', 'addMember', args);
}

async function balanceOf(emulator: Emulator, id: string): Promise<string> {
  const { accounts } = await emulator.sandbox().accounts.list();
  return (
    accounts.find((one) => one.tenant === LANTERN.tenant && one.account === id)?.balance ?? 'There is no such account.'
  );
}

/** The pause behind a look at findings ends when the test says so. */
async function keepPauses(page: Page): Promise<void> {
  await page.addInitScript(`globalThis.pauses = [];
    const wait = setTimeout;
    const isPause = (time) => time >= 1000 && time <= 10_000 && time !== 5000;
    globalThis.setTimeout = (run, time) => (isPause(time) ? pauses.push(run) : wait(run, time));`);
  await page.reload();
}

describePage(() => {
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
    await untilLive(page);
    await page.getByText('Nothing is armed').waitFor();
  });

  it('keeps to the sandbox that is looked at when what was asked of another one comes', async () => {
    const emulator = await startTwo();
    const page = await open(emulator, 'faults', 'a');
    await page.getByText('501').waitFor();
    const list = await holdNext(page, '/faults', 'a');
    await emulator.sandbox('a').faults.put('only-in-a', { effect: { status: 503 } });
    await list.taken;
    await choose(page, 'b');
    await page.getByText('502').waitFor();
    await list.letGo();
    expect(await page.getByRole('button', { name: /^Disarm / }).count()).toBe(1);
    await page.getByText('502').waitFor();
  });

  it('shows a rule as disarmed, also where the answer that has it comes last', async () => {
    const emulator = await startEmulator();
    const page = await open(emulator, 'faults');
    await page.getByText('Nothing is armed').waitFor();
    const answered: string[] = [];
    page.on('response', (response) => answered.push(toPath(response.url())));
    const list = await holdNext(page, '/faults');
    const { faults } = emulator.sandbox();
    await faults.put('short', { effect: { status: 503 } });
    await list.taken;
    await faults.delete('short');
    // Time for a second look that does not wait for the first.
    await page
      .waitForResponse((response) => toPath(response.url()) === '/faults', { timeout: 1000 })
      .catch(() => undefined);
    await list.letGo();
    await expect.poll(() => answered.filter((path) => path === '/faults').length).toBe(2);
    await page.getByText('Nothing is armed').waitFor();
  });

  it('shows the balance that an event told last, also where an older list comes behind it', async () => {
    const emulator = await startEmulator();
    const page = await open(emulator, 'overview');
    await page.getByRole('searchbox').fill('ada');
    const ada = page.getByRole('row', { name: /app_lantern ada / });
    await ada.waitFor();
    const list = await holdNext(page, '/accounts');
    await addMember(emulator, 'ada-late');
    await list.taken;
    await credit(emulator.urls.klaim, 11);
    const balance = await balanceOf(emulator, 'ada');
    await ada.getByText(balance).waitFor();
    await list.letGo();
    await page.getByRole('row', { name: /ada-late/ }).waitFor();
    expect(await ada.getByText(balance).count()).toBe(1);
  });

  it('drops what was asked for before a reset', async () => {
    const emulator = await startEmulator();
    const page = await open(emulator, 'overview');
    await page.getByRole('searchbox').fill('ada');
    await page.getByRole('row', { name: /app_lantern ada / }).waitFor();
    const list = await holdNext(page, '/accounts');
    await addMember(emulator, 'ada-late');
    await list.taken;
    const reloaded = page.waitForResponse((response) => toPath(response.url()) === '/accounts');
    await emulator.sandbox().reset();
    await (await reloaded).finished();
    await settle(page);
    await list.letGo();
    expect(await page.getByRole('row', { name: /ada-late/ }).count()).toBe(0);
  });

  it('tells what was done behind a look at findings and just before a reset, and takes no other exchange for it', async () => {
    const emulator = await startEmulator();
    const page = await open(emulator, 'findings');
    await keepPauses(page);
    await page.getByText('Nothing is wrong').waitFor();
    await expect.poll(() => page.evaluate('pauses.length')).toBe(1);
    await doubleEffect(emulator);
    const splits = page.getByText('client and store differ');
    await splits.waitFor();
    await emulator.sandbox().reset();
    await splits.waitFor({ state: 'detached' });
    await settle(page);
    await page.evaluate('pauses.shift()()');
    const finding = page.getByRole('article', { name: /^double-effect: / });
    await finding.getByText('before the last reset').waitFor();
    expect(await finding.getByRole('link').allTextContents()).toEqual(['ada']);
  });

  it('forgets findings, also where an older look at them comes behind that', async () => {
    const emulator = await startEmulator();
    await doubleEffect(emulator);
    const page = await open(emulator, 'findings');
    await page.getByRole('article', { name: /^double-effect: / }).waitFor();
    const look = await holdNext(page, '/audit');
    await fetch(`${emulator.urls.klaim}/one`);
    await look.taken;
    await page.getByRole('button', { name: 'Forget all' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Forget' }).click();
    await page.getByText('Nothing is wrong').waitFor();
    await look.letGo();
    expect(await page.getByRole('article').count()).toBe(0);
  });

  it('leaves findings as they are where a restored snapshot leaves the journal', async () => {
    const emulator = await startEmulator();
    const here = emulator.sandbox();
    await here.snapshots.take('before');
    await doubleEffect(emulator);
    const page = await open(emulator, 'findings');
    const finding = page.getByRole('article', { name: /^double-effect: / });
    await finding.waitFor();
    const judged = page.waitForResponse((response) => toPath(response.url()) === '/audit');
    await here.snapshots.restore('before');
    await (await judged).finished();
    await settle(page);
    expect(await finding.getByRole('link').allTextContents()).toEqual(['ada', 'default-1', 'default-2']);
    await here.reset();
    await finding.getByText('before the last reset').waitFor();
  });
});
