import fc from 'fast-check';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';

import { runCommandLine } from '../../src/cli/command-line.ts';
import { findPlainFlags, START_FLAGS, type StartFlags } from '../../src/cli/start-flags.ts';
import { start } from '../../src/cli/start.ts';
import { propertyRuns } from '../support/property.ts';

const started: StartFlags[] = [];

beforeAll(() => {
  vi.spyOn(start, 'run').mockImplementation((flags) => void started.push(flags));
  vi.spyOn(console, 'log').mockReturnValue();
});

afterAll(() => {
  vi.restoreAllMocks();
});

/** The flags that yargs passes to `start` for these words; `undefined` if it does not run. */
async function parseWithYargs(words: readonly string[]): Promise<StartFlags | undefined> {
  started.length = 0;
  try {
    await runCommandLine(words);
  } catch {
    return undefined;
  }
  return started[0] && selectFlags(started[0]);
}

function selectFlags(flags: StartFlags): StartFlags {
  const given = Object.entries(flags).filter(
    ([name, value]) => Object.hasOwn(START_FLAGS, name) && value !== undefined,
  );
  return Object.fromEntries(given);
}

const names = fc.constantFrom(...Object.keys(START_FLAGS));
const values = fc.oneof(
  fc.constantFrom(
    '0',
    '4620',
    'true',
    'false',
    'yes',
    '1',
    '',
    ' ',
    '-1',
    '-x',
    '--',
    'start',
    'a=b',
    'klaim.overdraft=refuse',
  ),
  fc.constantFrom('"a"', "'a'", 'a"b', '[1]', '0x10', '1e3', 'a,b', './x.yaml', 'a b', 'ä', '__proto__', 'null', 'NaN'),
  fc.string({ maxLength: 6 }),
);
const word = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(names, values).map(([name, value]) => [`--${name}`, value]) },
  { weight: 4, arbitrary: fc.tuple(names, values).map(([name, value]) => [`--${name}=${value}`]) },
  { weight: 3, arbitrary: names.map((name) => [`--${name}`]) },
  { weight: 2, arbitrary: names.map((name) => [`--no-${name}`]) },
  { weight: 1, arbitrary: fc.tuple(names, values).map(([name, value]) => [`--no-${name}=${value}`]) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(['start'], ['--'], ['-p', '1'], ['--prot', '1'], ['--help'], ['--port.x', '1']),
  },
);
const lines = fc
  .tuple(fc.constantFrom([], ['start']), fc.array(word, { maxLength: 4 }))
  .map(([verb, parts]) => [...verb, ...parts.flat()]);

it('finds in the words of a plain start what yargs finds in them', async () => {
  let plain = 0;
  await fc.assert(
    fc.asyncProperty(lines, async (words) => {
      const found = findPlainFlags(words);
      if (!found) return;
      plain += 1;
      expect(await parseWithYargs(words)).toEqual(found);
    }),
    { numRuns: propertyRuns(300) },
  );
  expect(plain).toBeGreaterThan(50);
});

it.each([
  { words: [], flags: {} },
  { words: ['start', '--port', '4700'], flags: { port: '4700' } },
  {
    words: ['--port=4700', '--strict', '--no-provider-ports'],
    flags: { port: '4700', strict: true, 'provider-ports': false },
  },
  { words: ['start', '--set', 'a.b=c', '--set=d.e=f'], flags: { set: ['a.b=c', 'd.e=f'] } },
  { words: ['start', '--json', '--config', 'x.yaml'], flags: { json: true, config: 'x.yaml' } },
])('needs no yargs for $words', ({ words, flags }) => {
  expect(findPlainFlags(words)).toEqual(flags);
});

it.each([
  { words: ['reset'] },
  { words: ['start', '--help'] },
  { words: ['start', '--prot', '1'] },
  { words: ['start', '--port'] },
  { words: ['start', '--strict=maybe'] },
  { words: ['start', 'now'] },
  { words: ['start', '--', 'x'] },
])('leaves $words to yargs', ({ words }) => {
  expect(findPlainFlags(words)).toBeUndefined();
});
