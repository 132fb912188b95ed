import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { version } from '../../src/config/version.ts';
import { installNode, run as runWith } from '../support/nodes.ts';
import { packInto } from '../support/packed.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const require = createRequire(import.meta.url);
const ATTW = join(require.resolve('@arethetypeswrong/cli/package.json'), '../dist/index.js');
const TSC = require.resolve('typescript/bin/tsc');

/** The folder of a stranger who has installed the package; its name has a space, as folders have. */
let folder = '';
let tarball = '';
let packed: readonly string[] = [];
/** What npm said of it. */
let installing = '';

const run = promisify(execFile);

/** What a stranger writes against the types. */
const CONSUMER = `
  import { createServer } from 'node:http';
  import { ConfigError, createEmulator, defineProvider, type Emulator, type EmulatorOptions } from 'credits-emulator';
  import type { Call, CollectionDefinition, FixtureFormat, Operation, Provider, StateOf } from 'credits-emulator';
  import { createApp } from 'credits-emulator/app';
  import { connect } from 'credits-emulator/client';
  const options: EmulatorOptions = { port: 0, providers: ['klaim'], clock: '2026-01-01T00:00:00Z' };
  const emulator: Emulator = await createEmulator(options);
  const url: string = emulator.urls.klaim;
  emulator.reset('checkout');
  await emulator.sandbox('checkout').faults.add({ provider: 'klaim', operation: 'updateUser', effect: { status: 500 } });
  const { entries } = await connect(emulator.url, { token: 'x' }).sandbox('checkout').ledger.list({ provider: 'klaim' });
  const deltas: readonly string[] = entries.map(({ delta }) => delta);
  await using disposed = emulator;
  // @ts-expect-error A verb that is not there.
  await emulator.sandbox('checkout').faults.remove('lost');
  createServer(await createApp(options));
  // @ts-expect-error A setting that is not there.
  await createEmulator({ prot: 0 });
  // @ts-expect-error A handler is no server.
  (await createApp()).listen(0);
  export { url, deltas, disposed, ConfigError, defineProvider };
  export type { Call, CollectionDefinition, FixtureFormat, Operation, Provider, StateOf };
`;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'credits emulator '));
  ({ tarball, files: packed } = await packInto(folder));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  const { stdout, stderr } = await run('npm', ['install', '--no-audit', '--no-fund', tarball], { cwd: folder });
  installing = stdout + stderr;
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The standard output of a script that the stranger wrote. */
async function runScript(text: string): Promise<string> {
  writeFileSync(join(folder, 'script.js'), text);
  return (await run(process.execPath, ['script.js'], { cwd: folder })).stdout;
}

/** Runs the installed command as `npx` would. */
async function runBin(...words: readonly string[]): Promise<string> {
  const bin = join(folder, 'node_modules/.bin/credits-emulator');
  return (await run(bin, words, { cwd: folder, shell: process.platform === 'win32' })).stdout;
}

/** What the compiler says of the stranger's project: mistakes, then every file that it has read. */
function runCompiler(): Promise<readonly string[]> {
  return new Promise((resolve) => {
    execFile(process.execPath, [TSC, '-p', folder, '--listFiles'], (_failure, stdout) => {
      resolve(stdout.split('\n'));
    });
  });
}

describe('the packed package', () => {
  it('holds what it needs and nothing else', () => {
    const tops = new Set(packed.map((path) => path.split('/')[0]));
    expect([...tops].sort()).toEqual([
      'ARCHITECTURE.md',
      'CHANGELOG.md',
      'CONTRIBUTING.md',
      'LICENSE',
      'README.md',
      'SECURITY.md',
      'compose.yaml',
      'deploy',
      'dist',
      'docs',
      'examples',
      'fixtures',
      'llms.txt',
      'package.json',
      'specs',
      'src',
    ]);
    // Of the source only what is there to be read, and the example without what somebody has installed there.
    expect(packed.filter((path) => path.startsWith('src/') && !path.endsWith('/README.md'))).toEqual([]);
    expect(packed.filter((path) => path.includes('node_modules'))).toEqual([]);
    expect(packed.filter((path) => /^dist\/.*\.(map|test\.js|tsbuildinfo)$|^dist\/build\./.test(path))).toEqual([]);
  });

  it('holds every file that its pages point to', () => {
    const there = new Set(packed.flatMap((path) => [path, `${dirname(path)}/`, dirname(path)]));
    const dead = packed
      .filter((path) => path.endsWith('.md'))
      .flatMap((page) =>
        [...readFileSync(join(ROOT, page), 'utf8').matchAll(/\]\((?!https?:)([^)#\s]+)/g)].map(([, link = '']) =>
          posix.join(dirname(page), link),
        ),
      )
      .filter((target) => !there.has(target));
    expect(dead).toEqual([]);
  });

  it('is installed without a word of scripts that would have to be allowed', () => {
    expect(installing).not.toMatch(/script/);
  });

  it('tells whose code it brings along, all of it under licences that allow that', () => {
    const listed = readFileSync(join(folder, 'node_modules/credits-emulator/dist/licenses.txt'), 'utf8');
    const licences = [...listed.matchAll(/^(@?[a-z][^ \n]*) \d+\.\d+\.[^ ]+ \(([^)]+)\)$/gm)];
    const names = licences.map(([, name]) => name);
    for (const name of ['openapi-backend', 'lowdb', 'pino', 'yaml', '@noble/curves', 'cross-spawn']) {
      expect(names).toContain(name);
    }
    const allowed = ['MIT', 'ISC', 'BSD-3-Clause', 'Apache-2.0', '0BSD'];
    expect(licences.filter(([, , licence = '']) => !allowed.includes(licence)).map(([line]) => line)).toEqual([]);
    const page = readFileSync(join(folder, 'node_modules/credits-emulator/dist/page/licenses.txt'), 'utf8');
    expect([...page.matchAll(/^(preact|@preact\/signals|uplot|rapidoc)$/gm)].length).toBe(4);
  });

  it('has a bill of materials', async () => {
    const words = ['sbom', '--omit', 'dev', '--sbom-format', 'cyclonedx'];
    const { stdout } = await run('npm', words, { cwd: ROOT, maxBuffer: 10_000_000 });
    const { components } = JSON.parse(stdout) as { readonly components: readonly { readonly name: string }[] };
    const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      readonly dependencies: object;
    };
    const names = new Set(components.map(({ name }) => name));
    expect(Object.keys(dependencies).filter((name) => !names.has(name))).toEqual([]);
    expect(names.has('vitest')).toBe(false);
  });

  it('runs by npx in an empty folder', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'an empty folder '));
    try {
      const script = 'fetch(process.env.CREDITS_EMULATOR_URL).then(({ status }) => console.log(status))';
      const words = ['--yes', '--package', tarball, 'credits-emulator', 'exec', '--', process.execPath, '-e', script];
      expect((await run('npx', words, { cwd: empty })).stdout).toBe('200\n');
    } finally {
      rmSync(empty, { recursive: true, force: true });
    }
  });

  it('is required by CommonJS, on the oldest Node too', async ({ skip }) => {
    const parts = { '': 'createEmulator', '/app': 'createApp', '/client': 'connect', '/providers/klaim': 'klaim' };
    const script = Object.entries(parts).map(
      ([part, name]) => `console.log('${name}' in require('credits-emulator${part}'));`,
    );
    writeFileSync(join(folder, 'script.cjs'), script.join('\n'));
    const words = ['script.cjs'];
    const all = 'true\n'.repeat(4);
    expect((await run(process.execPath, words, { cwd: folder })).stdout).toBe(all);
    const oldest = await installNode('20.19.0');
    if ('missing' in oldest) return skip(oldest.missing);
    expect(await runWith(join(oldest.bin, 'node'), words, { cwd: folder })).toEqual({ error: null, text: all });
  });

  it('says its version', async () => {
    expect(await runBin('--version')).toBe(`${version}\n`);
  });

  it('finds its fixtures', async () => {
    expect(await runBin('validate')).toBe('All is well: 5 worlds, 5 providers.\n');
  });

  it('runs a command beside an emulator', async () => {
    const script =
      "fetch(process.env.CREDITS_EMULATOR_URL + '/_emulator/health').then(({ status }) => console.log(status))";
    expect(await runBin('exec', '--', process.execPath, '-e', script)).toBe('200\n');
  });

  it('is imported by plain JavaScript', async () => {
    const output = await runScript(`
      import { createEmulator, ConfigError } from 'credits-emulator';
      const emulator = await createEmulator({ port: 0 });
      const headers = { Authorization: 'Bearer ' + emulator.env.KLAIM_API_KEY };
      console.log(await (await fetch(emulator.urls.klaim + '/users/ada/credits', { headers })).text());
      await emulator.close();
      await createEmulator({ prot: 0 }).catch((error) => console.log(error instanceof ConfigError, error.message));
    `);
    expect(output.split('\n')).toEqual([
      '{"message":"fetch resource successfully","credit_balance":700}',
      'true prot is not a setting; did you mean port?',
      '',
    ]);
  });

  it('writes an example test that passes', async () => {
    await runBin('init', 'first');
    const { stdout } = await run(process.execPath, ['--test', '--test-reporter=tap'], {
      cwd: join(folder, 'first'),
      // The runner of this test would have it report to it.
      env: { PATH: process.env['PATH'] },
    });
    expect(stdout).toMatch(/^# pass 2\n# fail 0$/m);
  });

  it('gives a bundled provider by itself, which is the one that it knows', async () => {
    const output = await runScript(`
      import { createEmulator } from 'credits-emulator';
      import { klaim } from 'credits-emulator/providers/klaim';
      const emulator = await createEmulator({ port: 0, providers: [klaim] });
      console.log(Object.keys(emulator.urls));
      await emulator.close();
    `);
    expect(output).toBe("[ 'klaim' ]\n");
  });

  it('gives a client that asks for nothing of Node, neither to run nor in its types', async () => {
    const output = await runScript(`
      import { build } from ${JSON.stringify(require.resolve('esbuild'))};
      const { metafile } = await build({
        stdin: { contents: "export { connect } from 'credits-emulator/client'", resolveDir: '.' },
        bundle: true, write: false, metafile: true, platform: 'browser', format: 'esm',
      });
      console.log(Object.values(metafile.outputs)[0].imports.length);
    `);
    expect(output).toBe('0\n');
    const text =
      "import { connect } from 'credits-emulator/client'; export const page = connect('http://127.0.0.1:1');";
    writeFileSync(join(folder, 'page.ts'), text);
    const compilerOptions = { module: 'ESNext', moduleResolution: 'Bundler', target: 'ES2023', lib: ['ES2023', 'DOM'] };
    const strict = { strict: true, skipLibCheck: false, noEmit: true, types: [] };
    const config = { compilerOptions: { ...compilerOptions, ...strict }, files: ['page.ts'] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    expect((await runCompiler()).filter((line) => line.includes('error TS'))).toEqual([]);
  });

  it('gives plain JavaScript a request handler', async () => {
    const output = await runScript(`
      import { createServer } from 'node:http';
      import { createApp } from 'credits-emulator/app';
      const server = createServer(await createApp()).listen(0, '127.0.0.1', async () => {
        const { status } = await fetch('http://127.0.0.1:' + server.address().port + '/_emulator/health');
        console.log(status);
        server.closeAllConnections();
        server.close();
      });
    `);
    expect(output).toBe('200\n');
  });

  it.each([
    { module: 'NodeNext', moduleResolution: 'NodeNext' },
    { module: 'Node16', moduleResolution: 'Node16' },
    { module: 'ESNext', moduleResolution: 'Bundler' },
  ])(
    "has types that hold by themselves, Node's apart, where modules are found as $moduleResolution does",
    async (ways) => {
      writeFileSync(join(folder, 'consumer.ts'), CONSUMER);
      const compilerOptions = {
        ...ways,
        target: 'ES2023',
        strict: true,
        skipLibCheck: false,
        noEmit: true,
        // Only those of Node: whoever uses the package need not have others.
        typeRoots: [join(ROOT, 'node_modules/@types')],
        types: ['node'],
      };
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['consumer.ts'] }));
      const output = await runCompiler();
      expect(output.filter((line) => line.includes('error TS'))).toEqual([]);
      // What is installed beside the package is for it to run with, not for its types to name.
      const beside = output.map((file) => file.split(`${folder}/node_modules/`)[1]?.split('/')[0]);
      expect([...new Set(beside.filter((name) => name !== undefined))]).toEqual(['credits-emulator']);
    },
  );

  it('pleases publint', async () => {
    const { buffer, byteOffset, byteLength } = readFileSync(tarball);
    const bytes = buffer.slice(byteOffset, byteOffset + byteLength);
    const { messages } = await publint({ pack: { tarball: bytes }, strict: true });
    expect(messages).toEqual([]);
  });

  it('pleases Are the types wrong', async () => {
    const checked = run(process.execPath, [ATTW, tarball, '--profile', 'esm-only']).catch((error: unknown) => error);
    expect(await checked).not.toBeInstanceOf(Error);
  });
});
