/**
 * Makes the start-up snapshot of the image, `dist/startup.blob`: from it `start` begins with all code loaded and compiled,
 * and takes two thirds of the time. It fits the Node and the place that it was made with, so the package has none.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { maxHeaderSize, STATUS_CODES } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { COMMON, ROOT } from './bundling.ts';

import { build, type BuildOptions } from 'esbuild';

/** Where the code takes itself to be; there is no such file. */
const HOME = join(ROOT, 'dist/startup.js');
const BLOB = join(ROOT, 'dist/startup.blob');
/** Milliseconds in which it has to have woken and ended. */
const PATIENCE = 30_000;

const ask = (target: string): string =>
  `GET ${target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer klaim_test_lantern\r\nAccept: */*\r\n\r\n`;
const REHEARSAL = {
  requests: [ask('/klaim/users/ada/credits'), ask('/klaim/users')],
  http: { STATUS_CODES, maxHeaderSize },
};

async function bundle(entry: string, options: BuildOptions): Promise<string> {
  const { outputFiles = [] } = await build({
    ...COMMON,
    entryPoints: [entry],
    format: 'cjs',
    target: `node${process.versions.node}`,
    // What a snapshot wakes has no `import()`.
    supported: { 'dynamic-import': false },
    ...options,
  });
  return outputFiles.map(({ text }) => text).join('');
}

/** Whether it wakes where V8 is told something else, which Node might take for another one, as it might another processor. */
async function wakesOtherwise(): Promise<boolean> {
  const words = ['--no-opt', '--snapshot-blob', BLOB, join(ROOT, 'dist/cli/main.js'), 'start', '--port', '0'];
  const child = spawn(process.execPath, words, { env: {}, stdio: ['ignore', 'pipe', 'inherit'], timeout: PATIENCE });
  child.stdout.once('data', () => child.kill('SIGTERM'));
  const [code] = (await once(child, 'exit')) as [number | null];
  return code === 0;
}

rmSync(BLOB, { force: true });
// Older ones fail to, each in a way of its own.
if (Number(process.versions.node.split('.')[0]) < 24) {
  process.stdout.write(`Node ${process.versions.node} makes no start-up snapshot of this. All starts as without.\n`);
  process.exit();
}
const folder = mkdtempSync(join(tmpdir(), 'startup-'));
const code = await bundle('src/cli/startup.ts', {
  define: { 'import.meta.url': JSON.stringify(pathToFileURL(HOME).href) },
  banner: { js: '(require => { const module = { exports: {} };' },
  footer: { js: 'return module.exports; })' },
});
writeFileSync(join(folder, 'startup.js'), code);
writeFileSync(join(folder, 'in-snapshot.js'), await bundle('scripts/in-snapshot.ts', { plugins: [] }));
const { status } = spawnSync(
  process.execPath,
  [
    ...['--snapshot-blob', BLOB, '--build-snapshot', join(folder, 'in-snapshot.js')],
    ...[join(folder, 'startup.js'), HOME, JSON.stringify(REHEARSAL)],
  ],
  { cwd: folder, env: {}, stdio: 'inherit' },
);
rmSync(folder, { recursive: true });
if (status !== 0) throw new Error('The start-up snapshot was not made.');
if (!(await wakesOtherwise())) {
  rmSync(BLOB);
  process.stdout.write('The start-up snapshot would wake on this machine only. All starts as without.\n');
}
