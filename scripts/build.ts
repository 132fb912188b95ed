/**
 * Makes `dist`: the library by tsc (see package.json), and here what makes a start quick. The
 * bundled YAML files become JSON, and the command line becomes one file with the libraries
 * that every start needs, because finding and loading four hundred small modules takes longer
 * than everything else that a start does.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';
import { parse } from 'yaml';

const ROOT = new URL('..', import.meta.url);
const COMMAND = fileURLToPath(new URL('dist/cli/main.js', ROOT));
/** Loaded only when used, and so left outside. */
const RARE = ['yargs', 'yaml', '@fastify/busboy', 'json-schema-faker'];

for (const folder of ['specs', 'fixtures']) {
  const from = new URL(`${folder}/`, ROOT);
  const to = new URL(`dist/${folder}/`, ROOT);
  mkdirSync(to, { recursive: true });
  for (const file of readdirSync(from).filter((name) => name.endsWith('.yaml'))) {
    const content: unknown = parse(readFileSync(new URL(file, from), 'utf8'));
    writeFileSync(new URL(file.replace(/\.yaml$/, '.json'), to), JSON.stringify(content));
  }
}

await build({
  entryPoints: [fileURLToPath(new URL('src/cli/main.ts', ROOT))],
  outdir: fileURLToPath(new URL('dist/cli/', ROOT)),
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  external: RARE,
  // CommonJS libraries inside an ES module still ask for Node's own modules by `require`.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
});

// Fills the cache of compiled code; see cli/main.ts. Older versions of Node have none.
const { status } = spawnSync(process.execPath, [COMMAND, 'exec', '--', process.execPath, '--version'], {
  env: { PATH: process.env['PATH'] },
});
if (status !== 0) throw new Error('The command that was built does not run.');
