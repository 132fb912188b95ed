/**
 * Makes `dist`: the declarations by tsc (see package.json), and here all that runs. The bundled YAML
 * files become JSON, and everything that others import and the command line become one set of files
 * that share their parts, so that each piece of code is there once and a class is the same class
 * whoever asks for it. Libraries go in with it where a start needs them, because finding and loading
 * four hundred small modules takes longer than everything else that a start does.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

import { findOutline, type Outline } from '../src/core/sandbox/outline.ts';
import { checkSchema } from '../src/core/values/json-schema-check.ts';
import { bundled, type Bundled } from '../src/providers/index.ts';
import { COMMON, ROOT } from './bundling.ts';
import { dropUnreachedDeclarations } from './declarations.ts';

import { build, type Metafile, type OutputFile, type Plugin } from 'esbuild';
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
  'compose/storage.ts',
  'fixtures/source.ts',
  'compose/validation.ts',
  'fixtures/worlds.ts',
];
/** What others import that stands beside it. */
const APART = ['client', 'conformance', 'vitest'];

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
  entryPoints: [...APART.map((name) => `src/${name}.ts`), 'src/cli/command-line.ts', 'src/whole.ts'],
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

// What a start runs is there a second time, in one file: V8 keeps what it compiled while that ran; see cli/compile-cache.ts.
const start = await build({
  ...COMMON,
  entryPoints: ['src/cli/server.ts'],
  outbase: 'src',
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  sourcemap: 'external',
  format: 'cjs',
  target: 'node20.19',
  // Code that is compiled apart has no `import()` without a warning.
  supported: { 'dynamic-import': false },
  define: { 'import.meta.url': '__url' },
  banner: { js: '((require,module,__url)=>{' },
  footer: { js: '})' },
});

// In one small file, too: what it does not load is not waited for.
const main = await build({
  ...COMMON,
  entryPoints: ['src/cli/main.ts'],
  outbase: 'src',
  outdir: 'dist',
  sourcemap: 'external',
  format: 'esm',
  target: 'node20.19',
  define: { BUNDLE: JSON.stringify(toDigest(start.outputFiles)) },
  plugins: [...COMMON.plugins, lateParts({ './command-line.ts': './command-line.js', './server.ts': '../whole.js' })],
});

rmSync(MAPS, { recursive: true, force: true });
const helpers = basename(outputFiles.find(({ text }) => text.includes(ASKING))?.path ?? '');
for (const { path, text } of outputFiles) {
  write(path, text.includes(ASKING) ? withRequire(text) : withoutImport(text, helpers));
}
for (const { path, text } of [...start.outputFiles, ...main.outputFiles]) write(path, text);
for (const [part, names] of exported) {
  const list = names.map((name) => `${toWholeName(part, name)} as ${name}`).join(',');
  const whole = `${'../'.repeat(part.split('/').length - 1) || './'}whole.js`;
  write(join(DIST, `${part}.js`), `export{${list}}from'${whole}';\n`);
}
writeFileSync(join(DIST, 'licenses.txt'), renderLicenses(metafile));
dropUnreachedDeclarations(DIST, [...WHOLE, ...APART]);

// Fills the caches of compiled code, each of which is written once, by who comes first and ends well; see cli/main.ts. Without
// a request, what that takes is compiled in every process.
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

function toDigest(files: readonly OutputFile[]): string {
  const [{ hash }] = files.filter(({ path }) => path.endsWith('.cjs')) as [OutputFile];
  return hash.replaceAll(/\W/g, '');
}

/** What is loaded late is one of these files of `dist`. */
function lateParts(files: Readonly<Record<string, string>>): Plugin {
  return {
    name: 'late parts',
    setup(bundler) {
      bundler.onResolve({ filter: /^\.\.?\/.*\.ts$/ }, ({ path, kind }) =>
        kind === 'dynamic-import' ? { path: files[path] ?? path, external: true } : undefined,
      );
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
