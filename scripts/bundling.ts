/**
 * How the code is bundled.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { BuildOptions, Plugin } from 'esbuild';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Installed with the package, and loaded from there by the few who use them. */
const INSTALLED = ['express', 'yargs', 'json-schema-faker', 'vitest'];

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

/** What both have. */
export const COMMON = {
  absWorkingDir: ROOT,
  bundle: true,
  minify: true,
  write: false,
  platform: 'node',
  legalComments: 'none',
  external: INSTALLED,
  // The other one is CommonJS, of which a late import gets a default export only.
  alias: { yaml: join(ROOT, 'node_modules/yaml/browser/index.js') },
  plugins: [bundledRequire, lateLibraries, lightBuiltins],
} satisfies BuildOptions;
