import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';

import { expect, it } from 'vitest';

import { bundled } from '../src/providers/index.ts';
import { startEmulator } from './support/emulator.ts';

const run = promisify(execFile);

interface Example {
  readonly command: string;
  /** What the README says that it prints, where it says so. */
  readonly printed: string | undefined;
}

/** The shell blocks that call the emulator, each with the block of output behind it. */
function readExamples(markdown: string): readonly Example[] {
  const blocks = markdown.matchAll(/^```sh\n([\s\S]*?)^```\n(?:\n?^```(?:json|text)\n([\s\S]*?)^```)?/gm);
  return [...blocks]
    .map(([, command = '', printed]) => ({ command, printed: printed?.trim() }))
    .filter(({ command }) => command.startsWith('curl'));
}

it('prints what the README says, line by line', async () => {
  const emulator = await startEmulator({ fixtures: ['default'] });
  const urls = new Map([
    [4620, emulator.url],
    ...bundled.map(({ place, provider: { id } }) => [4620 + place, emulator.urls[id] ?? ''] as const),
  ]);
  const examples = readExamples(readFileSync('README.md', 'utf8'));
  expect(examples.length).toBeGreaterThan(5);
  for (const { command, printed } of examples) {
    // As printed, but for the ports: those of the README may be taken on this machine.
    const here = command
      .replaceAll(/http:\/\/127\.0\.0\.1:(\d+)/g, (written, port: string) => urls.get(Number(port)) ?? written)
      .replaceAll(/^curl/gm, 'curl -sS --max-time 5');
    const { stdout } = await run('bash', ['-euc', here]);
    if (printed !== undefined) expect([command, normalise(stdout)]).toEqual([command, normalise(printed)]);
    expect([command, stdout]).toEqual([command, expect.not.stringMatching(/"status":(4|5)\d\d,"detail"/)]);
  }
});

/** JSON is compared as JSON, so that the README may break its lines. */
function normalise(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text.trim();
  }
}
