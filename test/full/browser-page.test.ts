import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { build } from 'esbuild';
import { describe, expect, it, onTestFinished } from 'vitest';

import { CHROMIUM, launchBrowser, NO_CHROMIUM } from '../support/browser.ts';
import { startEmulator } from '../support/emulator.ts';
import { createFolder } from '../support/folder.ts';
import { install } from '../support/installed.ts';

const VITEST = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));

/** The page's own files, each named by its first line, in a folder where the package is installed. */
function createProject(): string {
  const page = readFileSync('docs/testing-browser.md', 'utf8');
  const files = [...page.matchAll(/^```\w+\n((?:\/\/|<!--) ([\w.]+)[\s\S]*?)^```/gm)].map(
    ([, text = '', name = '']): [string, string] => [name, text],
  );
  expect(files.map(([name]) => name)).toEqual(['shop.html', 'shop.test.ts', 'steering.js']);
  const folder = createFolder({
    ...Object.fromEntries(files),
    'package.json': '{"type":"module"}',
    // What is linked is no installed package to vitest, which looks into CommonJS libraries for it then.
    'vitest.config.js':
      'export default { test: { deps: { interopDefault: false }, testTimeout: 300_000, hookTimeout: 300_000 } };',
  });
  install(folder, 'vitest', 'playwright-core');
  return folder;
}

describe.skipIf(CHROMIUM === undefined)(
  `docs/testing-browser.md${CHROMIUM === undefined ? ` (${NO_CHROMIUM})` : ''}`,
  () => {
    it('has a test that passes', async () => {
      const cwd = createProject();
      const { stdout } = await promisify(execFile)(process.execPath, [VITEST, 'run', '--reporter', 'default'], {
        cwd,
        env: { PATH: process.env['PATH'], NO_COLOR: '1', CHROMIUM },
      });
      expect(stdout).toContain('Tests  1 passed (1)');
    });

    it('steers from a page of an allowed origin', async () => {
      const { url, script } = await serveSteering();
      const { url: emulator } = await startEmulator({ allowOrigin: [url] });
      script.text = script.text.replace('http://127.0.0.1:4620', emulator);
      const page = await (await launchBrowser()).newPage();
      await page.goto(url);
      await page.getByText('ada has 700 credits').waitFor();
    });
  },
);

/** The script of the page, bundled as a build would do it, in a page of its own origin. */
async function serveSteering(): Promise<{ readonly url: string; readonly script: { text: string } }> {
  const entry = join(createProject(), 'steering.js');
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, format: 'esm', write: false });
  const script = { text: outputFiles[0]?.text ?? '' };
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html' });
    response.end(`<!doctype html><body><script type="module">${script.text}</script>`);
  });
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  return { url: `http://localhost:${(server.address() as AddressInfo).port}`, script };
}
