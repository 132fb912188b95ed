import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { beforeAll, describe, expect, onTestFinished } from 'vitest';

import type { Emulator } from '../../src/index.ts';
import { CHROMIUM, launchBrowser, NO_CHROMIUM } from './browser.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let browser: Browser;

/** The tests of a file, in one browser; skipped if there is none. */
export function describePage(tests: () => void): void {
  describe.skipIf(CHROMIUM === undefined)(`the page${CHROMIUM === undefined ? ` (${NO_CHROMIUM})` : ''}`, () => {
    beforeAll(async () => {
      browser = await launchBrowser();
    });
    tests();
  });
}

/** A window of its own. When the test ends, no policy may have been broken, and nothing thrown. */
export async function openWindow(options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'], ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const complaints: string[] = [];
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (message) => {
    if (/Content.Security.Policy|Trusted/i.test(message.text())) complaints.push(message.text());
  });
  onTestFinished(async () => {
    await context.close();
    expect(complaints).toEqual([]);
  });
  return page;
}

export interface ViewOptions extends BrowserContextOptions {
  readonly sandbox?: string;
}

/** @param view such as `traffic`, or `docs` for the documents */
export async function openView(
  url: string,
  view = 'overview',
  { sandbox = 'default', ...options }: ViewOptions = {},
): Promise<Page> {
  const page = await openWindow(options);
  const query = `?sandbox=${sandbox}`;
  const path = view.startsWith('docs') ? view.replace('docs', `docs${query}`) : `${query}#/${view}`;
  await page.goto(`${url}/_emulator/${path}`);
  return page;
}

/** The same, once what happens is shown. */
export async function openLive(...place: Parameters<typeof openView>): Promise<Page> {
  const page = await openView(...place);
  await untilLive(page);
  return page;
}

export function untilLive(page: Page): Promise<void> {
  return page.getByText('Live', { exact: true }).waitFor();
}

/** Changes the balance of a user of Klaim, as a client that names itself: others have warnings at most. */
export async function credit(klaim: string, by: number, expected = 200, user = 'ada'): Promise<void> {
  const { status } = await fetch(`${klaim}/users/${user}/credits`, {
    method: 'PUT',
    headers: {
      Authorization: 'Bearer klaim_test_lantern',
      'Content-Type': 'application/json',
      'X-Emulator-Client': 'checkout',
    },
    body: JSON.stringify({ credit_delta: by }),
  });
  expect(status).toBe(expected);
}

/** A client that sends what was lost once more, and so has it counted twice. */
export async function doubleEffect({ urls, sandbox }: Emulator): Promise<void> {
  const rule = { id: 'lost', provider: 'klaim', phase: 'after', times: 1, effect: { status: 500 } } as const;
  await sandbox().faults.add(rule);
  await credit(urls.klaim, 6, 500);
  await credit(urls.klaim, 6);
}

interface Traced {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds for which the thread had a processor. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** Milliseconds of the longest task of a page meanwhile, without what other processes took of the machine. */
export async function findLongestTask(page: Page, act: () => Promise<void>): Promise<number> {
  const browser = page.context().browser();
  if (!browser) throw new Error('This page has no browser of its own.');
  await browser.startTracing(page, { categories: ['toplevel'] });
  await act();
  const { traceEvents } = JSON.parse(String(await browser.stopTracing())) as {
    readonly traceEvents: readonly Traced[];
  };
  const ofPages = traceEvents.filter(({ args }) => args?.name === 'CrRendererMain');
  const tasks = traceEvents.filter(
    ({ name, pid, tid }) =>
      name === 'ThreadControllerImpl::RunTask' && ofPages.some((one) => one.pid === pid && one.tid === tid),
  );
  if (tasks.length === 0) throw new Error('No task of a page was seen.');
  return tasks.reduce((longest, { tdur = 0 }) => Math.max(longest, tdur), 0) / 1000;
}

/** What axe finds wrong with a page as it is now. */
export async function findBarriers(page: Page): Promise<readonly string[]> {
  // The policy of the page keeps out scripts that are added to it; the browser's own door is not bound by it.
  await page.evaluate(AXE);
  const { violations } = await page.evaluate<{ violations: readonly Violation[] }>('axe.run()');
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary = '' }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`),
  );
}

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** What is wider than its place, so that somebody has to scroll sideways or does not see it. */
export function findCut(page: Page): Promise<readonly string[]> {
  return page.evaluate<readonly string[]>(`[...document.querySelectorAll('body, body *')]
    .filter((element) => {
      const { right, left, width } = element.getBoundingClientRect();
      return width > 0 && !element.closest('.unseen, .skip') && (right > innerWidth + 1 || left < -1);
    })
    .map(({ outerHTML }) => outerHTML.slice(0, 160))`);
}
