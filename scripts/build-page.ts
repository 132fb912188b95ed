/** Makes `dist/page`: what a browser is given under `/_emulator/`, each file of it on its own. */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { build, type BuildOptions } from 'esbuild';

const SOURCE = new URL('../src/page/', import.meta.url);
const TARGET = new URL('../dist/page/', import.meta.url);
const VIEWER = new URL('../node_modules/rapidoc/', import.meta.url);

const toPath = (file: string, folder = SOURCE): string => fileURLToPath(new URL(file, folder));

const OPTIONS: BuildOptions = {
  outdir: toPath('.', TARGET),
  bundle: true,
  minify: true,
  target: 'es2022',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  legalComments: 'none',
  logLevel: 'warning',
};

await build({
  ...OPTIONS,
  entryPoints: ['main.tsx', 'docs.ts', 'page.css'].map((file) => toPath(file)),
  chunkNames: 'part-[hash]',
  format: 'esm',
  splitting: true,
});
// Before anything is drawn, and so no module.
await build({ ...OPTIONS, entryPoints: [toPath('theme.ts')], format: 'iife' });

for (const file of ['index.html', 'docs.html', 'icon.svg']) copyFileSync(toPath(file), toPath(file, TARGET));
// It names a map that is no part of the package.
const viewer = readFileSync(toPath('dist/rapidoc-min.js', VIEWER), 'utf8').replace(
  /\n\/\/# sourceMappingURL=.*\s*$/,
  '',
);
writeFileSync(toPath('viewer.js', TARGET), viewer);
writeFileSync(
  toPath('licenses.txt', TARGET),
  ['preact', '@preact/signals', '@preact/signals-core', 'uplot', 'rapidoc'].map(readLicense).join('\n\n'),
);

function readLicense(name: string): string {
  const folder = new URL(`../node_modules/${name}/`, import.meta.url);
  const file = ['LICENSE', 'LICENSE.txt', 'LICENSE.md'].find((one) => tryRead(new URL(one, folder)) !== undefined);
  const notice = name === 'rapidoc' ? (tryRead(new URL('dist/rapidoc-min.js.LICENSE.txt', folder)) ?? '') : '';
  return `${name}\n\n${file === undefined ? '' : readFileSync(new URL(file, folder), 'utf8')}${notice}`;
}

function tryRead(file: URL): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
