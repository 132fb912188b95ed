import { describe, expect, it } from 'vitest';

import { callCommand } from '../support/command-in-process.ts';
import { runCommand } from '../support/command.ts';
import { START, startEmulator } from '../support/emulator.ts';

async function readClock(url: string, sandbox = 'default'): Promise<unknown> {
  return (await fetch(`${url}/_emulator/clock`, { headers: { 'X-Emulator-Sandbox': sandbox } })).json();
}

describe('clock', () => {
  it('shows what time it is', async () => {
    const { url } = await startEmulator({ providers: ['klaim'] });
    const shown = { stdout: `${START} frozen\n`, stderr: '', code: 0 };
    expect(await runCommand(['clock', '--url', url])).toEqual(shown);
    expect(await callCommand(['clock', 'show', '--url', url])).toEqual(shown);
  });

  it('sets, freezes, advances and runs it in the sandbox that is named', async () => {
    const { url } = await startEmulator({ providers: ['klaim'] });
    const outcomes: unknown[] = [];
    for (const words of [
      ['set', '2026-07-01T12:00:00+02:00'],
      ['advance', 'P1D'],
      ['advance', '1500'],
      ['freeze', '2027-01-01T00:00:00Z'],
      ['freeze'],
    ]) {
      outcomes.push(await callCommand(['clock', ...words, '--url', url, '--sandbox', 'checkout']));
    }
    expect(outcomes).toEqual(
      [
        '2026-07-01T10:00:00.000Z frozen',
        '2026-07-02T10:00:00.000Z frozen',
        '2026-07-02T10:00:01.500Z frozen',
        '2027-01-01T00:00:00.000Z frozen',
        '2027-01-01T00:00:00.000Z frozen',
      ].map((line) => ({ stdout: `${line}\n`, stderr: '', code: 0 })),
    );
    expect(await readClock(url)).toEqual({ now: START, frozen: true });
    const { stdout } = await callCommand(['clock', 'run', '--url', url, '--sandbox', 'checkout']);
    expect(stdout).toMatch(/^2027-01-01T00:00:0\d\.\d{3}Z running\n$/);
    expect(await readClock(url, 'checkout')).toMatchObject({ frozen: false });
  });

  it.each([[['show']], [['set', START]], [['freeze']], [['advance', '0']]])(
    'prints with %j --json what the control API answers',
    async (words) => {
      const { url } = await startEmulator({ providers: ['klaim'] });
      const { stdout, code } = await callCommand(['clock', ...words, '--json', '--url', url]);
      expect([JSON.parse(stdout), code]).toEqual([{ now: START, frozen: true }, 0]);
    },
  );

  it.each([
    [['set', 'noon'], 'Write RFC 3339, such as 2026-01-01T00:00:00Z.'],
    [['freeze', ''], 'Write RFC 3339, such as 2026-01-01T00:00:00Z.'],
    [['advance', 'soon'], 'Write ISO 8601, such as PT1H, or milliseconds.'],
  ])('ends with 1 for %j, and says what to write', async (words, hint) => {
    const { url } = await startEmulator({ providers: ['klaim'] });
    const { stdout, stderr, code } = await callCommand(['clock', ...words, '--url', url]);
    expect([stdout, code]).toEqual(['', 1]);
    expect(stderr).toContain(hint);
    expect(await readClock(url)).toEqual({ now: START, frozen: true });
  });

  it.each([
    [['advanc'], 'clock has no "advanc"; did you mean advance?', 'clock'],
    [['pause'], 'clock has no "pause": it has show, freeze, set, advance and run.', 'clock'],
    [['set'], 'Not enough non-option arguments: got 0, need at least 1', 'clock set'],
  ])('ends with 2 for %j', async (words, message, verb) => {
    expect(await callCommand(['clock', ...words])).toEqual({
      stdout: '',
      stderr: `${message}\nTry: credits-emulator ${verb} --help\n`,
      code: 2,
    });
  });
});
