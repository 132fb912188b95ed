import { join } from 'node:path';

import { expect, it } from 'vitest';

import { VERBS } from '../../src/cli/verbs.ts';
import { createEmulator } from '../../src/compose/emulator.ts';
import { ACTS } from '../control/acts.ts';
import { callCommand, readHelp } from '../support/command-in-process.ts';
import { startServer } from '../support/command.ts';
import { createFolder } from '../support/folder.ts';
import { prints, refuses } from './outcome.ts';

const anyText = expect.any(String) as unknown;

interface OwnVerb {
  readonly words: readonly string[];
  /** With `--json`. */
  readonly printed: unknown;
  readonly refused: { readonly words: readonly string[]; readonly stderr: string; readonly code: number };
}

/** Verbs that need no running emulator. */
const OWN: Readonly<Record<string, OwnVerb>> = {
  validate: {
    words: ['validate', 'right.yaml'],
    printed: { valid: true, mistakes: [], checked: expect.objectContaining({ files: ['right.yaml'] }) as unknown },
    refused: { words: ['validate', 'none.yaml'], stderr: 'There is no file "none.yaml".\n', code: 1 },
  },
  init: {
    words: ['init', 'new'],
    printed: { folder: 'new', written: ['world.yaml', 'credits-emulator.config.yaml', 'credits.test.mjs'] },
    refused: { words: ['init', 'old'], stderr: 'old/world.yaml exists already. Nothing was written.\n', code: 1 },
  },
  'fixtures generate': {
    words: ['fixtures', 'generate', 'klaim.users=2', '--out', 'big.json'],
    printed: { out: 'big.json', klaim: { apps: 1, users: 2 } },
    refused: {
      words: ['fixtures', 'generate', 'klam.users=2'],
      stderr:
        'There is no provider "klam"; did you mean "klaim"? Known: gamefuse, klaim, decentraland, inveterate, openmonetize.\n',
      code: 2,
    },
  },
  repair: {
    words: ['repair', 'data'],
    printed: expect.objectContaining({ whole: true, losses: [] }),
    refused: {
      words: ['repair', 'nowhere'],
      stderr: expect.stringMatching(/^The folder \S+nowhere does not exist\.\n$/) as string,
      code: 2,
    },
  },
};

/** Verbs with tests of their own, below and in other files. */
const APART = ['start', 'exec', 'ca', 'matrix', 'race', 'compare', 'bundle save', 'bundle run'];

it('every verb is tried, here or with the endpoint that it calls', () => {
  const done = Object.values(ACTS).flatMap((acts) =>
    acts.flatMap(({ status, words }) => (status < 300 ? [words] : [])),
  );
  const lines = done.map((words = []) => `${words.join(' ')} `);
  const verbs = VERBS.flatMap((verb) =>
    'verbs' in verb ? verb.verbs.map(({ name }) => `${verb.name} ${name}`) : [verb.name],
  );
  const untried = verbs.filter(
    (verb) => !(verb in OWN) && !APART.includes(verb) && !lines.some((line) => line.startsWith(`${verb} `)),
  );
  expect([verbs.length > 30, untried]).toEqual([true, []]);
});

it.each(Object.entries(OWN))('%s does its work, prints JSON, and says what it refuses', async (_, verb) => {
  const { words, printed, refused } = verb;
  const right = { 'right.yaml': 'klaim: { users: [] }', 'old/world.yaml': '' };
  const cwds = [createFolder(right), createFolder(right)];
  for (const cwd of cwds) {
    const data = join(cwd, 'data');
    if (words[0] === 'repair') await (await createEmulator({ data, port: 0, providerPorts: false })).close();
  }
  const [plain, json] = cwds.map((cwd) => ({ cwd }));
  expect(await callCommand(words, plain)).toMatchObject({ code: 0 });
  const { stdout, ...others } = await callCommand([...words, '--json'], json);
  expect([others, JSON.parse(stdout)]).toEqual([{ stderr: '', code: 0 }, printed]);
  expect(await callCommand(refused.words, plain)).toEqual(refuses(refused.stderr, refused.code));
});

it('start runs until a signal, prints JSON, and says what it refuses', async () => {
  const { ready, child, ended } = await startServer(['--json', '--providers', 'klaim']);
  expect(ready).toEqual({ level: 'info', msg: 'ready', version: '0.1.0', url: anyText, providers: { klaim: anyText } });
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({ stderr: '', code: 0 });
  expect(await callCommand(['start', '--port', 'x'])).toEqual(
    refuses('--port must be a whole number from 0 to 65535, got "x".\n'),
  );
});

it('exec exits as its command does, logs JSON, and says what it refuses', async () => {
  const check = 'process.exit(process.env.KLAIM_BASE_URL.startsWith("http://127.0.0.1:") ? 7 : 1)';
  const words = ['exec', '--providers', 'klaim', '--no-provider-ports'];
  for (const flags of [[], ['--json']]) {
    const ended = await callCommand([...words, ...flags, '--', process.execPath, '-e', check]);
    expect(ended).toEqual(prints('', 7));
  }
  expect(await callCommand([...words, '--', 'no-such-command'])).toEqual(
    refuses('Cannot run no-such-command: command not found.\n', 127),
  );
});

it('completion has its help, and says what it refuses', async () => {
  expect(await readHelp(['completion', '--help'])).toContain('credits-emulator completion >> ~/.bashrc');
  expect(await callCommand(['completion', '--jsn'])).toEqual(
    refuses('Unknown flag --jsn.\nTry: credits-emulator completion --help\n'),
  );
});
