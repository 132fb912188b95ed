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
import { fileURLToPath } from 'node:url';

import { findOutline, type Outline } from '../src/core/sandbox/outline.ts';
import { checkSchema } from '../src/core/values/json-schema-check.ts';
import { bundled, type Bundled } from '../src/providers/index.ts';

import { build, type Metafile, type Plugin } from 'esbuild';
import { parse } from 'yaml';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCE = join(ROOT, 'src');
const DIST = join(ROOT, 'dist');
const COMMAND = join(DIST, 'cli/main.js');
/** Where errors of built code are looked up; it is no part of the package. */
const MAPS = join(ROOT, 'maps');

/** Installed with the package, and loaded from there by the few who use them. */
const INSTALLED = ['express', 'yargs', 'json-schema-faker', 'vitest'];

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

/**
 * What libraries ask for as soon as they are loaded, and a start does not need: what checks documents, what makes
 * examples, and the threads of pino, which writes from this one. 20 ms of a start.
 */
const LATE: readonly { readonly file: RegExp; readonly asked: readonly string[] }[] = [
  {
    file: /[\\/]openapi-backend[\\/](?:backend|router)\.js$/,
    asked: ['openapi-schema-validator', './refparser', 'mock-json-schema', 'qs', 'cookie'],
  },
  { file: /[\\/]pino[\\/]lib[\\/]transport\.js$/, asked: ['thread-stream'] },
];

/** What is taken by name of a CommonJS library that is imported late: esbuild gives such a one a default export only. */
const LATE_NAMES: Readonly<Record<string, string>> = { '@fastify/busboy': 'Busboy' };

const lateLibraries: Plugin = {
  name: 'late libraries',
  setup(bundler) {
    bundler.onResolve({ filter: /^@fastify\/busboy$/ }, ({ path, kind }) =>
      kind === 'dynamic-import' ? { path, namespace: 'named' } : undefined,
    );
    bundler.onLoad({ filter: /.*/, namespace: 'named' }, ({ path }) => ({
      contents: `export { ${LATE_NAMES[path] ?? ''} } from ${JSON.stringify(path)};`,
      resolveDir: ROOT,
    }));
    for (const { file, asked } of LATE) {
      bundler.onLoad({ filter: file }, ({ path }) => ({
        contents: toLate(readFileSync(path, 'utf8'), asked),
        loader: 'js',
      }));
    }
  },
};

/** Has each be asked for by who first takes something of it. */
function toLate(text: string, asked: readonly string[]): string {
  return text.replaceAll(
    /^const (\w+) = (.*require\(["']([^"']+)["']\)\)?);$/gm,
    (line, name: string, load: string, id: string) =>
      asked.includes(id)
        ? `let ${name}_;\nconst ${name} = new Proxy(function(){}, { get: (_, key) => (${name}_ ??= ${load})[key], construct: (_, given) => new (${name}_ ??= ${load})(...given) });`
        : line,
  );
}

/** How esbuild's helpers look for `require`, after minifying. */
const ASKING = 'typeof require<"u"';

/** How a file that loads a library late, and has to have it at once, gets what it asks with. */
const OWN_REQUIRE = 'const require = createRequire(import.meta.url);';

/** Has what such a file asks for go into the bundle too: without its own `require`, esbuild sees what it asks. */
const bundledRequire: Plugin = {
  name: 'bundled require',
  setup(bundler) {
    bundler.onLoad({ filter: /[\\/]src[\\/]providers[\\/].*\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      return text.includes(OWN_REQUIRE) ? { contents: text.replace(OWN_REQUIRE, ''), loader: 'ts' } : undefined;
    });
  },
};

/**
 * Has Node's own modules be taken as CommonJS takes them. An `import` asks them for everything that they have, and so
 * has them load streams, promises and workers that nobody needs: 10 ms of a start.
 */
const lightBuiltins: Plugin = {
  name: 'light builtins',
  setup(bundler) {
    const names = listBuiltinNames();
    bundler.onResolve({ filter: /^node:/ }, ({ path, kind }) =>
      kind === 'import-statement' ? { path, namespace: 'light' } : { path, external: true },
    );
    bundler.onLoad({ filter: /.*/, namespace: 'light' }, ({ path }) => ({
      contents: [
        `const load = () => process.getBuiltinModule(${JSON.stringify(path)});`,
        ...[...(names.get(path) ?? [])].map((name) =>
          name === 'default'
            ? 'export default load();'
            : LATE_BUILTINS.has(path)
              ? `let ${name}_; export const ${name} = (...given) => (${name}_ ??= load().${name})(...given);`
              : `export const ${name} = load().${name};`,
        ),
      ].join('\n'),
    }));
  },
};

/** Of which only functions are taken, and which take 2 to 6 ms to load. */
const LATE_BUILTINS = new Set(['node:crypto', 'node:child_process']);

/** What our own code takes of each of Node's modules. */
function listBuiltinNames(): ReadonlyMap<string, ReadonlySet<string>> {
  const names = new Map<string, Set<string>>();
  const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  for (const file of files) {
    const text = readFileSync(join(ROOT, 'src', file), 'utf8');
    for (const [, whole, list = '', path = ''] of text.matchAll(/import (?:(\w+)|\{([^}]*)\}) from '(node:[^']+)'/g)) {
      const taken = names.get(path) ?? new Set();
      names.set(path, taken);
      if (whole !== undefined) taken.add('default');
      for (const name of list.split(',').map((one) => one.trim())) {
        if (name !== '' && !name.startsWith('type ')) taken.add(name.replace(/ as .*$/, ''));
      }
    }
  }
  return names;
}

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
  absWorkingDir: ROOT,
  entryPoints: [...ENTRIES, 'src/whole.ts'],
  outbase: 'src',
  outdir: 'dist',
  chunkNames: 'chunks/[hash]',
  bundle: true,
  splitting: true,
  minify: true,
  sourcemap: 'external',
  metafile: true,
  write: false,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  legalComments: 'none',
  external: INSTALLED,
  // The other one is CommonJS, of which a late import gets a default export only.
  alias: { yaml: join(ROOT, 'node_modules/yaml/browser/index.js') },
  plugins: [bundledRequire, lateLibraries, lightBuiltins, whole(exported)],
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
