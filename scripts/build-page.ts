/** Makes `dist/page`: what a browser is given under `/_emulator/`, each file of it on its own. */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
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

/** What is wrong with the viewer as it is published, and what stands in its place. */
const MENDED: readonly (readonly [wrong: string, right: string])[] = [
  // It names a map that is no part of the package.
  ['\n//# sourceMappingURL=rapidoc-min.js.map', ''],
  // An example with a field that is null.
  ['void 0!==t.value', 'void 0!==t?.value'],
  // Fields without a name.
  ['id="input-request-param-${r.name}"', 'id="input-request-param-${r.name}" aria-label="${r.name}"'],
  ['class = "textarea request-param"', 'class = "textarea request-param" aria-label="${r.name}"'],
  [
    'class = "textarea request-body-param-user-input"',
    'class = "textarea request-body-param-user-input" aria-label="Body"',
  ],
  ['class = "textarea"', 'class = "textarea" aria-label="${e}"'],
  ['class = "textarea dynamic-form-param ${t}"', 'class = "textarea dynamic-form-param ${t}" aria-label="Fields"'],
  ["@change='${e=>this.onSelectExample(e)}'", "@change='${e=>this.onSelectExample(e)}' aria-label='Example'"],
  ["@change = '${e=>this.onMimeTypeChange(e)}'", "@change = '${e=>this.onMimeTypeChange(e)}' aria-label='Media type'"],
  // What scrolls and cannot be reached by keys.
  ['<pre style="white-space:pre', '<pre tabindex="0" style="white-space:pre'],
];

function mend(source: string, [wrong, right]: readonly [string, string]): string {
  if (!source.includes(wrong)) throw new Error(`The viewer has no ${JSON.stringify(wrong)} any more.`);
  return source.replaceAll(wrong, right);
}

const { metafile } = await build({
  ...OPTIONS,
  entryPoints: ['main.tsx', 'docs.ts', 'page.css'].map((file) => toPath(file)),
  chunkNames: 'part-[hash]',
  format: 'esm',
  splitting: true,
  metafile: true,
});
// Before anything is drawn, and so no module.
await build({ ...OPTIONS, entryPoints: [toPath('theme.ts')], format: 'iife' });

for (const [page, script] of [
  ['index.html', 'main.js'],
  ['docs.html', 'docs.js'],
] as const) {
  const source = readFileSync(toPath(page), 'utf8');
  writeFileSync(toPath(page, TARGET), source.replace('  </head>', `${preload(script)}  </head>`));
}
copyFileSync(toPath('icon.svg'), toPath('icon.svg', TARGET));
const viewer = MENDED.reduce(mend, readFileSync(toPath('dist/rapidoc-min.js', VIEWER), 'utf8'));
writeFileSync(toPath('viewer.js', TARGET), viewer);
writeFileSync(
  toPath('licenses.txt', TARGET),
  ['preact', '@preact/signals', '@preact/signals-core', 'uplot', 'rapidoc'].map(readLicense).join('\n\n'),
);

/** What a script imports is asked for beside it, and not once it has come. */
function preload(script: string): string {
  const output = Object.entries(metafile.outputs).find(([path]) => path.endsWith(`/${script}`))?.[1];
  const parts = output?.imports.filter(({ kind }) => kind === 'import-statement') ?? [];
  return parts.map(({ path }) => `    <link rel="modulepreload" href="page/${basename(path)}" />\n`).join('');
}

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
