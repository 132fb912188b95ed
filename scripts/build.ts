/**
 * Makes everything in `dist` that runs; `tsc` makes the declarations (see package.json). The bundled YAML files become JSON.
 * The exports and the command line become one set of files that share their parts, so that a class is the same class for
 * every importer. Libraries go into the bundle, because to find and load four hundred small modules takes longer than the
 * rest of a start.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { findOutline, type Outline } from '../src/core/sandbox/outline.ts';
import { checkSchema } from '../src/core/values/json-schema-check.ts';
import { bundled, type Bundled } from '../src/providers/index.ts';
import { dropUnreachedDeclarations } from './declarations.ts';

import { build, type BuildOptions, type Metafile, type OutputFile, type Plugin } from 'esbuild';
import { parse } from 'yaml';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DIST = join(ROOT, 'dist');
const COMMAND = join(DIST, 'cli/main.js');
/** For reading errors of built code; not in the package. */
const MAPS = join(ROOT, 'maps');

const PROVIDERS = readdirSync(join(ROOT, 'src/providers'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => `providers/${name}/index`);
/** What others import. */
const EXPORTED = ['index', 'app', 'client', 'conformance', 'vitest', ...PROVIDERS];

/** CommonJS libraries inside an ES module still load Node's own modules with `require`. */
const REQUIRE =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";

/** How esbuild's minified helpers look for `require`. */
const ASKING = 'typeof require<"u"';

/** Libraries that are installed with the package and loaded when first used. */
const INSTALLED = ['express', 'yargs', 'json-schema-faker', 'vitest'];

/** How a file gets a `require` for a library that it loads late and synchronously. */
const OWN_REQUIRE = 'const require = createRequire(import.meta.url);';

/** Bundles what such a file requires: without its own `require`, esbuild sees the calls. */
const bundledRequire: Plugin = {
  name: 'bundled require',
  setup(bundler) {
    bundler.onLoad({ filter: /[\\/]src[\\/]providers[\\/].*\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      return text.includes(OWN_REQUIRE) ? { contents: text.replace(OWN_REQUIRE, ''), loader: 'ts' } : undefined;
    });
  },
};

/** Takes `node:http` as `require` does: an `import` of it loads `fetch` too, which is 20 ms of every command. */
const lightHttp: Plugin = {
  name: 'light http',
  setup(bundler) {
    bundler.onResolve({ filter: /^node:https?$/ }, ({ path, kind }) =>
      kind === 'import-statement' ? { path, namespace: 'light' } : undefined,
    );
    bundler.onLoad({ filter: /.*/, namespace: 'light' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
    }));
  },
};

/** What all bundles have in common. */
const COMMON = {
  absWorkingDir: ROOT,
  bundle: true,
  minify: true,
  write: false,
  platform: 'node',
  legalComments: 'none',
  external: INSTALLED,
  // Node's build of it is CommonJS, of which a late import gets a default export only.
  alias: { yaml: join(ROOT, 'node_modules/yaml/browser/index.js') },
  plugins: [bundledRequire, lightHttp],
} satisfies BuildOptions;

for (const folder of ['specs', 'fixtures']) {
  const from = join(ROOT, folder);
  mkdirSync(join(DIST, folder), { recursive: true });
  for (const file of readdirSync(from).filter((name) => name.endsWith('.yaml'))) {
    const content: unknown = parse(readFileSync(join(from, file), 'utf8'));
    writeFileSync(join(DIST, folder, file.replace(/\.yaml$/, '.json')), JSON.stringify(content));
  }
}
writeFileSync(join(DIST, 'fixtures/outlines.json'), JSON.stringify(Object.fromEntries(bundled.flatMap(outlineSeed))));

// One more file with all code of a start, whose compiled code can be kept; see cli/compile-cache.ts.
const start = await build({
  ...COMMON,
  entryPoints: ['src/cli/server.ts'],
  outbase: 'src',
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  sourcemap: 'external',
  format: 'cjs',
  target: 'node20.19',
  // Code that runs as a script of its own has no `import()`.
  supported: { 'dynamic-import': false },
  define: { 'import.meta.url': '__url' },
  banner: { js: '((require,module,__url)=>{' },
  footer: { js: '})' },
});

const { outputFiles, metafile } = await build({
  ...COMMON,
  entryPoints: [...EXPORTED, 'cli/main'].map((name) => `src/${name}.ts`),
  outbase: 'src',
  outdir: 'dist',
  chunkNames: 'chunks/[hash]',
  splitting: true,
  sourcemap: 'external',
  metafile: true,
  format: 'esm',
  target: 'node20.19',
  define: { BUNDLE: JSON.stringify(toDigest(start.outputFiles)) },
});

rmSync(MAPS, { recursive: true, force: true });
const helpers = basename(outputFiles.find(({ text }) => text.includes(ASKING))?.path ?? '');
for (const { path, text } of outputFiles) {
  write(path, text.includes(ASKING) ? withRequire(text) : withoutImport(text, helpers));
}
for (const { path, text } of start.outputFiles) write(path, text);
writeFileSync(join(DIST, 'licenses.txt'), renderLicenses(metafile));
dropUnreachedDeclarations(DIST, EXPORTED);

// Fills the caches of compiled code (see cli/main.ts), with a request, so that the code for requests is in them too.
const ASK = `const { KLAIM_BASE_URL: url, KLAIM_API_KEY: key } = process.env;
const answer = await fetch(url + '/users', { headers: { Authorization: 'Bearer ' + key } });
process.exitCode = answer.status === 200 ? 0 : 1;`;
const asking = [process.execPath, '--input-type=module', '--eval', ASK];
const env = { PATH: process.env['PATH'] };
const { status } = spawnSync(process.execPath, [COMMAND, 'exec', '--', ...asking], { env, stdio: 'inherit' });
const child = spawn(process.execPath, [COMMAND, 'start', '--port', '0'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
child.stdout.once('data', (line: Buffer) => {
  const { providers } = JSON.parse(line.toString()) as { readonly providers: { readonly klaim: string } };
  const answer = fetch(`${providers.klaim}/users`, { headers: { Authorization: 'Bearer klaim_test_lantern' } });
  void answer.finally(() => child.kill('SIGTERM'));
});
const [code] = (await once(child, 'exit')) as [number | null];
if (status !== 0 || code !== 0) throw new Error('The command that was built does not run.');

function write(file: string, text: string): void {
  const path = file.endsWith('.map') ? file.replace(DIST, MAPS) : file;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** What a start must know of a seed that it does not load. */
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

function toDigest(files: readonly OutputFile[]): string {
  const [{ hash }] = files.filter(({ path }) => path.endsWith('.cjs')) as [OutputFile];
  return hash.replaceAll(/\W/g, '');
}

function withRequire(text: string): string {
  const start = text.startsWith('#!') ? text.indexOf('\n') + 1 : 0;
  return text.slice(0, start) + REQUIRE + text.slice(start);
}

/** Drops imports of esbuild's helpers that take nothing from them, so that a browser loads nothing of Node. */
function withoutImport(text: string, file: string): string {
  return text.replaceAll(/import"([^"]+)";/g, (statement, path: string) => (basename(path) === file ? '' : statement));
}

/** The licences of the libraries in the bundle. */
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
