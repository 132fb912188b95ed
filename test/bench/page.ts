import { cpSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { chromium, type Browser } from 'playwright-core';

import type { Bench, Pair } from './row.ts';
import type { Server } from './servers.ts';
import { compareCommands } from './start.ts';
import { readMemory } from './memory.ts';
import type { Workspace } from './workspace.ts';

/** Milliseconds after which a process that has started is idle. */
const SETTLING = 2000;
/** Milliseconds between two looks whether the page has shown itself. */
const PAUSE = 5;

/** What runs in the page from its beginning: it notes when the first balance has been painted. */
const WATCH = `(() => {
  const look = () => {
    if (!document.querySelector('.balances [aria-rowindex="2"]')) requestAnimationFrame(look);
    else requestAnimationFrame(() => setTimeout(() => (globalThis.shown = performance.now())));
  };
  requestAnimationFrame(look);
})()`;

/** Of a browser that runs already and has shown the page before, but keeps nothing of it. */
export function showView({ shared }: Server): Promise<() => Promise<number>> {
  return Promise.resolve(async () => {
    const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
    const browser = await chromium.launch({ executablePath, args: ['--disable-gpu'] });
    try {
      await show(browser, shared);
      return await show(browser, shared);
    } finally {
      await browser.close();
    }
  });
}

/** @returns milliseconds from the beginning of the navigation */
async function show(browser: Browser, url: string): Promise<number> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.addInitScript(WATCH);
  await page.goto(`${url}/_emulator/`);
  for (;;) {
    const shown = await page.evaluate<number | null>('globalThis.shown ?? null');
    if (shown === null) await sleep(PAUSE);
    else {
      await context.close();
      return shown;
    }
  }
}

export function comparePageStarts({ processes, workspace }: Bench): Promise<Pair> {
  const { without, whole } = copyBoth(workspace, 'start');
  return compareCommands(processes, [without, 'start'], [whole, 'start']);
}

export function compareMemories({ servers, workspace }: Bench): Promise<Pair> {
  const { without, whole } = copyBoth(workspace, 'memory');
  const measure = async (file: string): Promise<number> => {
    const { server, end } = await servers.start(['--port', '0'], 'an idle emulator', file);
    await sleep(SETTLING);
    const memory = readMemory(server.pid);
    await end();
    return memory;
  };
  return Promise.resolve({ baseline: () => measure(without), ours: () => measure(whole) });
}

export function startBoth({ servers, workspace }: Bench): readonly [without: Promise<Server>, whole: Promise<Server>] {
  const { without, whole } = copyBoth(workspace, 'get');
  const start = async (file: string): Promise<Server> => {
    const { server } = await servers.start(['--port', '0'], 'an emulator with or without the page', file);
    return server;
  };
  return [start(without), start(whole)];
}

/** Two copies of what is built, so that nothing but the page is between them. */
function copyBoth(workspace: Workspace, row: string): { readonly without: string; readonly whole: string } {
  const copy = (name: string, isWhole: boolean): string => {
    const folder = workspace.toPath(`${name}-of-${row}`);
    cpSync(join(workspace.root, 'package.json'), join(folder, 'package.json'));
    cpSync(workspace.toBuilt('.'), join(folder, 'dist'), {
      recursive: true,
      filter: (source) => isWhole || basename(source) !== 'page',
    });
    return join(folder, 'dist/cli/main.js');
  };
  return { without: copy('without', false), whole: copy('whole', true) };
}
