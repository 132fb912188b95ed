import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';

import { expect, it } from 'vitest';

import { bundled } from '../src/providers/index.ts';
import { startEmulator } from './support/emulator.ts';

const run = promisify(execFile);

/** Of the shared port, as the READMEs print it. */
const SHARED = 4620;

interface Example {
  readonly command: string;
  /** What the README says that it prints, where it says so. */
  readonly printed: string | undefined;
}

/** The shell blocks that call the emulator, each with the block of output behind it. */
function readExamples(file: string): readonly Example[] {
  const blocks = readFileSync(file, 'utf8').matchAll(
    /^```sh\n([\s\S]*?)^```\n(?:\n?^```(?:json|text)\n([\s\S]*?)^```)?/gm,
  );
  return [...blocks]
    .map(([, command = '', printed]) => ({ command, printed: printed?.trim() }))
    .filter(({ command }) => command.startsWith('curl'));
}

const READMES = [
  'README.md',
  ...['first-calls', 'fixtures', 'journal', 'sandboxes'].map((page) => `docs/${page}.md`),
  ...bundled.map(({ provider: { id } }) => `src/providers/${id}/README.md`),
];

it.each(READMES.filter((file) => readExamples(file).length > 0))('prints what %s says, line by line', async (file) => {
  const emulator = await startEmulator({ fixtures: ['default'] });
  const urls = new Map([
    [SHARED, emulator.url],
    ...bundled.map(({ place, provider: { id } }) => [SHARED + place, emulator.urls[id] ?? ''] as const),
  ]);
  for (const { command, printed } of readExamples(file)) {
    // Where nothing is said of what comes, nothing may be refused.
    const curl = printed === undefined ? 'curl -sS --max-time 5 --fail' : 'curl -sS --max-time 5';
    // As printed, but for the ports: those of the README may be taken on this machine.
    const here = command
      .replaceAll(/http:\/\/127\.0\.0\.1:(\d+)/g, (written, port: string) => urls.get(Number(port)) ?? written)
      .replaceAll(/^curl/gm, curl);
    const { stdout } = await run('bash', ['-euc', here]);
    if (printed !== undefined) expect([command, normalise(stdout)]).toEqual([command, normalise(printed)]);
  }
});

it('has an example for every provider at its own port', () => {
  const commands = readExamples('docs/first-calls.md').map(({ command }) => command);
  const ports = commands.join('\n').matchAll(/^curl .*?http:\/\/127\.0\.0\.1:(\d+)/gm);
  expect(new Set([...ports].map(([, port]) => Number(port)))).toEqual(
    new Set([SHARED, ...bundled.map(({ place }) => SHARED + place)]),
  );
});

/** JSON is compared as JSON, so that the README may break its lines. */
function normalise(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text.trim();
  }
}
