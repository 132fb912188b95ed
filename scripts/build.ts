/**
 * Makes `dist`: the declarations by tsc (see package.json), and here all that runs. The bundled YAML
 * files become JSON, and everything that others import and the command line become one set of files
 * that share their parts, so that each piece of code is there once and a class is the same class
 * whoever asks for it. Libraries go in with it where a start needs them, because finding and loading
 * four hundred small modules takes longer than everything else that a start does.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

import { findOutline, type Outline } from '../src/core/sandbox/outline.ts';
import { checkSchema } from '../src/core/values/json-schema-check.ts';
import { bundled, type Bundled } from '../src/providers/index.ts';
import { COMMON, ROOT } from './bundling.ts';

import { build, type Metafile, type Plugin } from 'esbuild';
import { parse } from 'yaml';

const SOURCE = join(ROOT, 'src');
const DIST = join(ROOT, 'dist');
const COMMAND = join(DIST, 'cli/main.js');
/** Where errors of built code are looked up; it is no part of the package. */
const MAPS = join(ROOT, 'maps');

const PROVIDERS = readdirSync(join(ROOT, 'src/providers'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => `providers/${name}/index`);
/**
 * What is one file, with one beside it for each of these that gives on what is its own: whoever imports one of them needs
 * nearly all of it, and a start that reads ten files less takes 4 ms less.
 */
const WHOLE = ['index', 'app', ...PROVIDERS];
/** What the command line loads late of it. */
const LATE_PARTS = [
  'cli/server.ts',
  'cli/bundle-run.ts',
  'cli/generating.ts',
  'cli/matrix-table.ts',
  'cli/race-table.ts',
  'storage.ts',
  'fixtures/source.ts',
  'fixtures/validation.ts',
  'fixtures/worlds.ts',
];
const ENTRIES = ['client', 'conformance', 'vitest', 'cli/main'].map((name) => `src/${name}.ts`);

/** CommonJS libraries inside an ES module still ask for Node's own modules by `require`. */
const REQUIRE =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";

/** How esbuild's helpers look for `require`, after minifying. */
const ASKING = 'typeof require<"u"';

for (const folder of ['specs', 'fixtures']) {
  const from = join(ROOT, folder);
  mkdirSync(join(DIST, folder), { recursive: true });
  for (const file of readdirSync(from).filter((name) => name.endsWith('.yaml'))) {
    const content: unknown = parse(readFileSync(join(from, file), 'utf8'));
    writeFileSync(join(DIST, folder, file.replace(/\.yaml$/, '.json')), JSON.stringify(content));
  }
}
writeFileSync(join(DIST, 'fixtures/outlines.json'), JSON.stringify(Object.fromEntries(bundled.flatMap(outlineSeed))));

const exported = await listExports();
const { outputFiles, metafile } = await build({
  ...COMMON,
  entryPoints: [...ENTRIES, 'src/whole.ts'],
  outbase: 'src',
  outdir: 'dist',
  chunkNames: 'chunks/[hash]',
  splitting: true,
  sourcemap: 'external',
  metafile: true,
  format: 'esm',
  target: 'node20.19',
  plugins: [...COMMON.plugins, whole(exported)],
});

rmSync(MAPS, { recursive: true, force: true });
const helpers = basename(outputFiles.find(({ text }) => text.includes(ASKING))?.path ?? '');
for (const { path, text } of outputFiles) {
  const file = path.endsWith('.map') ? path.replace(DIST, MAPS) : path;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text.includes(ASKING) ? withRequire(text) : withoutImport(text, helpers));
}
for (const [part, names] of exported) {
  const file = join(DIST, `${part}.js`);
  const list = names.map((name) => `${toWholeName(part, name)} as ${name}`).join(',');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `export{${list}}from'${'../'.repeat(part.split('/').length - 1) || './'}whole.js';\n`);
}
writeFileSync(join(DIST, 'licenses.txt'), renderLicenses(metafile));

// Fills the cache of compiled code with what a start and a first request compile; see cli/main.ts. It is written once, by
// who comes first, and without the request a start takes 8 ms more. Older versions of Node have none.
const ASK = `const { KLAIM_BASE_URL: url, KLAIM_API_KEY: key } = process.env;
const answer = await fetch(url + '/users', { headers: { Authorization: 'Bearer ' + key } });
process.exitCode = answer.status === 200 ? 0 : 1;`;
const { status } = spawnSync(
  process.execPath,
  [COMMAND, 'exec', '--', process.execPath, '--input-type=module', '--eval', ASK],
  { env: { PATH: process.env['PATH'] }, stdio: 'inherit' },
);
if (status !== 0) throw new Error('The command that was built does not run.');

/** What a start has to know of a seed that it does not load. */
function outlineSeed({ provider }: Bundled): readonly [id: string, outline: Outline][] {
  const { id, seed, fixture } = provider;
  if (!seed) return [];
  const { [id]: section, ...others } = parse(readFileSync(seed, 'utf8')) as Readonly<Record<string, unknown>>;
  const { mistakes } = checkSchema(fixture.schema, section);
  if (mistakes.length > 0) throw new Error(`${seed.pathname}: ${JSON.stringify(mistakes)}`);
  const isAlone = Object.keys(others).every((key) => key === '$schema');
  const outline = isAlone ? findOutline(provider, section) : undefined;
  return outline ? [[id, outline]] : [];
}

/** The names that each part of the whole exports. */
async function listExports(): Promise<ReadonlyMap<string, readonly string[]>> {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: WHOLE.map((name) => `src/${name}.ts`),
    outbase: 'src',
    outdir: 'dist',
    bundle: true,
    packages: 'external',
    metafile: true,
    write: false,
    platform: 'node',
    format: 'esm',
  });
  return new Map(WHOLE.map((name) => [name, metafile.outputs[`dist/${name}.js`]?.exports ?? []]));
}

/** Each name with that of the part in front, so that two parts may have the same. */
function toWholeName(part: string, name: string): string {
  return `${part.replaceAll('/', '_')}_${name}`;
}

function whole(exports: ReadonlyMap<string, readonly string[]>): Plugin {
  return {
    name: 'whole',
    setup(bundler) {
      // The verbs of the command line that need it load it too, so that it need not be cut into what each of them takes.
      bundler.onResolve({ filter: /^\.\.?\/.*\.ts$/ }, ({ path, kind, resolveDir }) =>
        kind === 'dynamic-import' && LATE_PARTS.includes(relative(SOURCE, join(resolveDir, path)))
          ? { path: join(SOURCE, 'whole.ts') }
          : undefined,
      );
      bundler.onResolve({ filter: /^src\/whole\.ts$/ }, () => ({ path: join(ROOT, 'src/whole.ts') }));
      bundler.onLoad({ filter: /[\\/]src[\\/]whole\.ts$/ }, () => ({
        resolveDir: join(ROOT, 'src'),
        loader: 'ts',
        contents: [...exports]
          .map(([part, names]) => {
            const list = names.map((name) => `${name} as ${toWholeName(part, name)}`).join(', ');
            return `export { ${list} } from './${part}.ts';`;
          })
          .concat(LATE_PARTS.map((part) => `export * from './${part}';`))
          .join('\n'),
      }));
    },
  };
}

function withRequire(text: string): string {
  const start = text.startsWith('#!') ? text.indexOf('\n') + 1 : 0;
  return text.slice(0, start) + REQUIRE + text.slice(start);
}

/** Of esbuild's own helpers where nothing of them is taken: what a browser takes has nothing of Node. */
function withoutImport(text: string, file: string): string {
  return text.replaceAll(/import"([^"]+)";/g, (statement, path: string) => (basename(path) === file ? '' : statement));
}

/** What the owners of the libraries in the bundle ask to be told with it. */
function renderLicenses({ inputs }: Metafile): string {
  const folders = new Set(
    Object.keys(inputs).flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? []),
  );
  return [...folders].sort().map(renderLicense).join('\n\n');
}

function renderLicense(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
    readonly license?: string;
  };
  const file = readdirSync(join(ROOT, folder)).find((one) => /^licen[cs]e/i.test(one));
  const text = file === undefined ? '' : `\n\n${readFileSync(join(ROOT, folder, file), 'utf8').trim()}`;
  return `${name} ${version} (${license ?? 'see below'})${text}\n`;
}
