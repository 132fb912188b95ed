import { accessSync, constants } from 'node:fs';

import { chromium, type Browser } from 'playwright-core';
import { afterAll } from 'vitest';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The Chromium of this machine, or that of the variable CHROMIUM; `undefined` where there is none. */
export const CHROMIUM = [process.env['CHROMIUM'] ?? [], PLACES].flat().find(isExecutable);

/** Why a file of tests is passed over. */
export const NO_CHROMIUM = 'no Chromium here: install one (apt-get install chromium), or name it in CHROMIUM';

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A browser for the tests of a file, in which these names lead to this machine. */
export async function launchBrowser(names: readonly string[] = []): Promise<Browser> {
  const rules = names.map((name) => `MAP ${name} 127.0.0.1`);
  const browser = await chromium.launch({
    executablePath: CHROMIUM ?? '',
    args: ['--disable-gpu', ...(rules.length > 0 ? [`--host-resolver-rules=${rules.join(',')}`] : [])],
  });
  afterAll(() => browser.close());
  return browser;
}
