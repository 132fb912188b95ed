import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import { promisify } from 'node:util';

import { expect, it } from 'vitest';
import { parse } from 'yaml';

import { bundled } from '../../src/providers/index.ts';
import { createBin } from '../support/bin.ts';
import { runCommand, startCommand } from '../support/command.ts';
import { startEmulator } from '../support/emulator.ts';
import { createFolder } from '../support/folder.ts';
import { install } from '../support/installed.ts';

const run = promisify(execFile);

const BLOCK = /^```sh\n([\s\S]*?)^```\n(?:\n?^```text\n([\s\S]*?)^```)?/gm;
/** As the page prints it. */
const SHARED = 4620;

it.each([
  ...['faults', 'time', 'verification', 'providers', 'metrics'].map((page) => [page, 'strict']),
  // Where nothing is said of what comes, something may.
  ...['clients', 'first-calls', 'journal', 'proof', 'sandboxes'].map((page) => [page, 'loose']),
] as [page: string, manner: 'strict' | 'loose'][])(
  'prints what docs/%s.md says, command by command',
  async (page, manner) => {
    const emulator = await startEmulator();
    const urls = new Map([
      [SHARED, emulator.url],
      ...bundled.map(({ place, provider: { id } }) => [SHARED + place, emulator.urls[id] ?? ''] as const),
    ]);
    const toHere = (text: string): string =>
      text.replaceAll(/http:\/\/127\.0\.0\.1:(\d+)/g, (written, port: string) => urls.get(Number(port)) ?? written);
    const env = { PATH: [createBin(), process.env['PATH']].join(delimiter), CREDITS_EMULATOR_URL: emulator.url };
    const cwd = createFolder();
    install(cwd);
    for (const [, commands = '', printed] of readFileSync(`docs/${page}.md`, 'utf8').matchAll(BLOCK)) {
      const here = toHere(commands)
        .replaceAll(/^(\S.*?; do )?curl(?= )/gm, '$1curl -sS')
        .replaceAll('--max-time 1 ', '--max-time 4 ');
      const { stdout } = await run('bash', ['-euc', `exec 2>&1\n${here}`], { cwd, env });
      if (printed === undefined && manner === 'loose') continue;
      expect([commands, stdout.replaceAll(/[ \r]+$/gm, '').trim()]).toEqual([commands, toHere(printed ?? '').trim()]);
    }
  },
);

it('keeps a folder and saves what can be read of it, as docs/persistence.md says', async () => {
  const lines = [...readFileSync('docs/persistence.md', 'utf8').matchAll(/^```sh\ncredits-emulator (.*)\n```/gm)];
  const [start, repair] = lines.map(([, words = '']) => words.split(' '));
  const cwd = createFolder();
  const { child, ended, printed } = startCommand([...(start ?? []), '--port', '0'], { cwd });
  await printed('ready');
  child.kill();
  expect(await ended).toMatchObject({ code: 0 });
  expect(await runCommand(repair ?? [], { cwd })).toMatchObject({ stderr: '', code: 0 });
});

it('has every effect on a stream as JSON in docs/faults.md', () => {
  const { components } = parse(readFileSync('specs/emulator.yaml', 'utf8')) as Document;
  const page = readFileSync('docs/faults.md', 'utf8');
  const forms = components.schemas.FaultEffect.properties.stream.anyOf;
  const effects = forms.flatMap(({ properties }) => Object.keys(properties ?? {}));
  expect(effects).toHaveLength(7);
  expect(effects.filter((effect) => !page.includes(`{"stream": {"${effect}": {`))).toEqual([]);
});

interface Document {
  readonly components: {
    readonly schemas: {
      readonly FaultEffect: {
        readonly properties: { readonly stream: { readonly anyOf: readonly { readonly properties?: object }[] } };
      };
    };
  };
}
