/** Draws the picture of the page that README shows, from the page itself: `npm run picture`. */
import { createEmulator } from '../src/index.ts';
import { tellStory } from './story.ts';

import { chromium } from 'playwright-core';

const TARGET = 'docs/page.png';

const emulator = await createEmulator({ port: 0, clock: '2026-01-01T18:00:00Z', logLevel: 'silent' });
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--disable-gpu'],
});
try {
  await tellStory(emulator);
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 }, colorScheme: 'light' });
  await page.goto(`${emulator.url}/_emulator/#/traffic/default-14`);
  await page.getByRole('region', { name: 'What the store did' }).waitFor();
  await page.screenshot({ path: TARGET });
} finally {
  await browser.close();
  await emulator.close();
}
process.stdout.write(`${TARGET}\n`);
