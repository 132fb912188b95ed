/** What containers and CI are told to do, as far as it runs without them. */
import { execFile, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';

import { version } from '../../src/config/version.ts';
import { startEmulator } from '../support/emulator.ts';
import { createFolder } from '../support/folder.ts';
import { findFreePort } from '../support/ports.ts';

const run = promisify(execFile);

const COMMAND = `${process.execPath} dist/cli/main.js`;
const WORKFLOWS = readdirSync('.github/workflows').map((name) => `.github/workflows/${name}`);

interface Outcome {
  readonly code: number;
  readonly text: string;
}

async function runToEnd(file: string, words: readonly string[], env: NodeJS.ProcessEnv, cwd = '.'): Promise<Outcome> {
  try {
    const { stdout, stderr } = await run(file, words, { env: { PATH: process.env['PATH'], ...env }, cwd });
    return { code: 0, text: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { readonly code: number } & Record<'stdout' | 'stderr', string>;
    return { code, text: stdout + stderr };
  }
}

it('builds an image that is labelled with this version', () => {
  expect(readFileSync('Dockerfile', 'utf8')).toContain(`\nARG VERSION=${version}\n`);
});

describe('compose.yaml', () => {
  interface Service {
    readonly image: string;
    readonly command?: readonly string[];
    readonly environment?: Readonly<Record<string, string>>;
    readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
    readonly healthcheck?: { readonly test: readonly string[] };
  }
  const { services } = parse(readFileSync('compose.yaml', 'utf8')) as {
    readonly services: Readonly<Record<'emulator' | 'shop' | 'tests', Service>>;
  };
  const FOLDER = 'examples/compose';

  it('has the shop wait until the emulator is healthy, and the tests for both', () => {
    const healthy = { condition: 'service_healthy' };
    expect(services.shop.depends_on).toEqual({ emulator: healthy });
    expect(services.tests.depends_on).toEqual({ emulator: healthy, shop: healthy });
    expect(readFileSync('Dockerfile', 'utf8')).toMatch(/^HEALTHCHECK /m);
  });

  it('comes to a shop whose tests pass, each service as a process', async () => {
    const emulator = await startEmulator({ fixtures: [`${FOLDER}/fixtures/shop.yaml`] });
    const port = await findFreePort();
    const toHere = (text: string): string =>
      text
        .replaceAll('http://emulator:4620', emulator.url)
        .replaceAll('http://emulator:4622', emulator.urls.klaim)
        .replaceAll(/http:\/\/(?:shop|127\.0\.0\.1):3000/g, `http://127.0.0.1:${port}`);
    const toEnvironment = ({ environment = {} }: Service): Record<string, string> =>
      Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, toHere(value)]));
    const [, ...words] = services.shop.command ?? [];
    const env = { PATH: process.env['PATH'], ...toEnvironment(services.shop), PORT: String(port) };
    const shop = spawn(process.execPath, words, { cwd: FOLDER, env, stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void shop.kill());
    await new Promise((resolve) => shop.stdout.once('data', resolve));
    const [, , ...health] = services.shop.healthcheck?.test ?? [];
    expect((await runToEnd(process.execPath, health.map(toHere), {})).code).toBe(0);
    const [, ...tests] = services.tests.command ?? [];
    const words2 = [...tests, '--test-reporter=tap'];
    const { code, text } = await runToEnd(process.execPath, words2, toEnvironment(services.tests), FOLDER);
    expect([code, text]).toEqual([0, expect.stringMatching(/^# pass 3\n# fail 0$/m)]);
  });

  it('passes without containers, by one command', async () => {
    const env = { SHOP_PORT: String(await findFreePort()) };
    const words = ['../../dist/cli/main.js', 'exec', '--fixtures', 'fixtures/shop.yaml', '--', process.execPath];
    const { code, text } = await runToEnd(process.execPath, [...words, 'both.js', '--test-reporter=tap'], env, FOLDER);
    expect([code, text]).toEqual([0, expect.stringMatching(/^# pass 3\n# fail 0$/m)]);
  });
});

describe('action.yml', () => {
  interface Action {
    readonly inputs: Readonly<Record<string, { readonly default: string }>>;
    readonly runs: {
      readonly steps: readonly { readonly env: Readonly<Record<string, string>>; readonly run: string }[];
    };
  }
  const { inputs, runs } = parse(readFileSync('action.yml', 'utf8')) as Action;
  const [{ env, run: script }] = runs.steps as [Action['runs']['steps'][number]];

  /** What the runner would do with the step. */
  async function act(given: Readonly<Record<string, string>>): Promise<Outcome & { readonly read: () => object }> {
    const folder = createFolder({ env: '', output: '' });
    const [environment, output] = ['env', 'output'].map((name) => join(folder, name)) as [string, string];
    const variables = Object.entries(env).map(([name, expression]) => {
      const input = /^\$\{\{ inputs\.(\w+) \}\}$/.exec(expression)?.[1] ?? '';
      return [name, given[input] ?? inputs[input]?.default ?? ''];
    });
    const outcome = await runToEnd('bash', ['-e', '-o', 'pipefail', '-c', script], {
      ...(Object.fromEntries(variables) as Record<string, string>),
      GITHUB_ENV: environment,
      GITHUB_OUTPUT: output,
      RUNNER_TEMP: folder,
    });
    const read = (): object =>
      Object.fromEntries(
        `${readFileSync(environment, 'utf8')}${readFileSync(output, 'utf8')}`
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
      );
    return { ...outcome, read };
  }

  it('starts the emulator with the flags, and its variables lead there', async () => {
    const flags = '--port=0\n--fixtures=examples/compose/fixtures/shop.yaml\n';
    const { code, text, read } = await act({ command: COMMAND, flags, sandbox: 'checkout' });
    expect([code, text]).toEqual([0, expect.any(String)]);
    const variables = read() as Readonly<Record<string, string>>;
    onTestFinished(() => void process.kill(Number(variables['pid'])));
    expect(variables['KLAIM_BASE_URL']).toContain('/_sandbox/checkout');
    expect(variables['KLAIM_API_KEY']).toBe('shop_key');
    expect(readFileSync(variables['log'] ?? '', 'utf8')).toContain(`"url":"${variables['url']}"`);
    const headers = { Authorization: 'Bearer shop_key' };
    expect((await fetch(`${variables['KLAIM_BASE_URL']}/users`, { headers })).status).toBe(200);
  });

  it('fails with what the emulator said, where it does not start', async () => {
    const { code, text } = await act({ command: COMMAND, flags: '--prot=0' });
    expect([code, text]).toEqual([1, expect.stringContaining('Unknown flag --prot; did you mean --port?') as string]);
    expect(text).toContain('::error::credits-emulator did not become ready');
  });
});

describe('the workflows', () => {
  interface Step {
    readonly uses?: string;
    readonly run?: string;
  }
  interface Job {
    readonly uses?: string;
    readonly steps?: readonly Step[];
    readonly strategy?: { readonly matrix: Readonly<Record<string, unknown>> };
  }
  const jobs = WORKFLOWS.flatMap((file) =>
    Object.entries((parse(readFileSync(file, 'utf8')) as { readonly jobs: Readonly<Record<string, Job>> }).jobs),
  );

  it('name each action by a commit, or one that is here', () => {
    const used = jobs.flatMap(([, { uses, steps = [] }]) => [uses, ...steps.map((step) => step.uses)]);
    const loose = used.filter((name) => name !== undefined && !/^\.\/|@[0-9a-f]{40}$/.test(name));
    expect(loose).toEqual([]);
  });

  it('run no script of npm that is not there', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly scripts: object };
    const called = jobs
      .flatMap(([, { steps = [] }]) => steps.map((step) => step.run ?? ''))
      .flatMap((text) => [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name));
    expect(called).toContain('bench:check');
    expect(called.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('test every version of Node that is promised', () => {
    expect(jobs.find(([name]) => name === 'test')?.[1].strategy?.matrix).toEqual({ node: [20, 22, 24, 26] });
  });

  it('please actionlint, with those that docs/ci.md shows', async ({ skip }) => {
    const found = await run('actionlint', ['-version']).catch(() => undefined);
    if (!found)
      return skip(
        'Left out: there is no actionlint here (go install github.com/rhysd/actionlint/cmd/actionlint@latest).',
      );
    const shown = [...readFileSync('docs/ci.md', 'utf8').matchAll(/^```yaml\n(name: [\s\S]*?)^```/gm)];
    expect(shown).toHaveLength(3);
    // An action has to be one that could be found.
    const files = shown.map(([, text = ''], index): [string, string] => [
      `${index}.yml`,
      text.replace('OWNER/credits-emulator@COMMIT', `owner/credits-emulator@${'0'.repeat(40)}`),
    ]);
    const folder = createFolder(Object.fromEntries(files));
    const { code, text } = await runToEnd(
      'actionlint',
      ['-shellcheck=', '-no-color', ...WORKFLOWS, ...files.map(([name]) => join(folder, name))],
      {},
    );
    expect([code, text]).toEqual([0, '']);
  });
});
