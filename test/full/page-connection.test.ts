import type { ServerResponse } from 'node:http';

import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';

import { startServer } from '../support/command.ts';
import { describePage, openLive, openView, untilLive } from '../support/page.ts';
import { serveApp } from '../support/server.ts';

/** An emulator that knows who follows it, and what was asked for beside that. */
async function serve(): Promise<{
  readonly url: string;
  readonly open: Set<ServerResponse>;
  readonly asked: string[];
}> {
  const open = new Set<ServerResponse>();
  const asked: string[] = [];
  const { url } = await serveApp({}, ({ url: target = '' }, response, handOn) => {
    const path = target.split('?', 1)[0] ?? '';
    if (path.startsWith('/_emulator/')) asked.push(path.replace('/_emulator', ''));
    if (path === '/_emulator/events') {
      open.add(response);
      response.on('close', () => open.delete(response));
    }
    handOn();
  });
  return { url, open, asked };
}

/** The traffic, in which one exchange stands already. */
async function openTraffic(url: string): Promise<Page> {
  const page = await openLive(url, 'traffic');
  await fetch(`${url}/klaim/first`);
  await page.getByRole('row', { name: /first/ }).waitFor();
  return page;
}

/** As if another tab were in front of it, or no longer. */
function setHidden(page: Page, isHidden: boolean): Promise<unknown> {
  return page.evaluate(`Object.defineProperty(document, 'hidden', { configurable: true, value: ${isHidden} });
    document.dispatchEvent(new Event('visibilitychange'));`);
}

/** Half a minute takes 300 ms. */
function shortenWaits(page: Page): Promise<unknown> {
  return page.evaluate(`const wait = setTimeout;
    globalThis.setTimeout = (run, time) => wait(run, time === 30_000 ? 300 : time);`);
}

/** Listeners to the signals that anybody on the page listens to. */
async function countListeners(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  const { result } = await session.send('Runtime.evaluate', {
    expression: '[...signals].reduce((sum, signal) => sum + (getEventListeners(signal).abort?.length ?? 0), 0)',
    includeCommandLineAPI: true,
    returnByValue: true,
  });
  await session.detach();
  return Number(result.value);
}

describePage(() => {
  it('gives its connection back while it is hidden for long, and goes on behind what it knows', async () => {
    const { url, open, asked } = await serve();
    const page = await openTraffic(url);
    await shortenWaits(page);
    await setHidden(page, true);
    await setHidden(page, false);
    await page.waitForTimeout(600);
    expect(open.size).toBe(1);
    await setHidden(page, true);
    await expect.poll(() => open.size).toBe(0);
    await fetch(`${url}/klaim/second`);
    asked.length = 0;
    await setHidden(page, false);
    await page.getByRole('row', { name: /second/ }).waitFor();
    expect(await page.getByRole('row', { name: /first/ }).count()).toBe(1);
    expect([open.size, asked.includes('/requests')]).toEqual([1, false]);
  });

  it('raises no alarm where a connection breaks and the emulator goes on', async () => {
    const { url, open, asked } = await serve();
    const page = await openTraffic(url);
    await page.evaluate(`globalThis.alarms = 0;
      new MutationObserver(() => (alarms += document.querySelectorAll('.gone').length))
        .observe(document.body, { childList: true, subtree: true });`);
    asked.length = 0;
    for (const response of open) response.socket?.destroy();
    await expect.poll(() => asked.includes('/events')).toBe(true);
    await fetch(`${url}/klaim/second`);
    await page.getByRole('row', { name: /second/ }).waitFor();
    expect([await page.evaluate('alarms'), asked.includes('/requests')]).toEqual([0, false]);
  });

  it('says that an emulator was killed', async () => {
    const { child, ready } = await startServer();
    const page = await openTraffic(ready.url);
    child.kill('SIGKILL');
    await page.getByRole('alert').getByText('No answer from the emulator').waitFor();
    await page.getByRole('row', { name: /first/ }).waitFor();
  });

  it('leaves no listener behind where a connection is over', async () => {
    const { url, open, asked } = await serve();
    const page = await openView(url);
    await page.addInitScript(`globalThis.signals = new Set();
      const listen = AbortSignal.prototype.addEventListener;
      AbortSignal.prototype.addEventListener = function (...given) {
        signals.add(this);
        return listen.apply(this, given);
      };`);
    await page.reload();
    await untilLive(page);
    const before = await countListeners(page);
    for (let times = 0; times < 3; times += 1) {
      await expect.poll(() => open.size).toBe(1);
      asked.length = 0;
      for (const response of open) response.socket?.destroy();
      await expect.poll(() => asked.includes('/events')).toBe(true);
    }
    await fetch(`${url}/klaim/last`);
    await expect.poll(() => countListeners(page)).toBe(before);
  });
});
