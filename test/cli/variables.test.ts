import { execFileSync } from 'node:child_process';
import { parseEnv } from 'node:util';

import { expect, it } from 'vitest';

import { renderVariables } from '../../src/cli/variables.ts';

/** Values of URLs and keys, and values that a shell might run or split. */
const PLAIN = { URL: 'http://[::1]:4620/_sandbox/a.b-c_d/klaim', KEY: 'abc_DEF-1+/=~x,%@', EMPTY: '' };
const ODD = {
  BRACKETS: 'http://[::1]:4620',
  SPACE: 'two words',
  HASH: 'a#b',
  DOLLAR: '$HOME $(id) `id`',
  DOUBLE: 'say "hi"',
  LINES: 'one\ntwo',
  HOME: '~root',
};
const QUOTED = { SINGLE: "it's", ALL: `it's "$HOME" \\ \`id\`` };

it('leaves plain values unchanged, and quotes the others', () => {
  expect(renderVariables({ KEY: PLAIN.KEY, EMPTY: '', ...ODD, ...QUOTED }, 'dotenv')).toBe(
    [
      'KEY=abc_DEF-1+/=~x,%@',
      'EMPTY=',
      "BRACKETS='http://[::1]:4620'",
      "SPACE='two words'",
      "HASH='a#b'",
      "DOLLAR='$HOME $(id) `id`'",
      `DOUBLE='say "hi"'`,
      "LINES='one\ntwo'",
      "HOME='~root'",
      `SINGLE="it's"`,
      'ALL="it\'s \\"\\$HOME\\" \\\\ \\`id\\`"',
      '',
    ].join('\n'),
  );
});

it('gives a shell every value unchanged', () => {
  const variables = { ...PLAIN, ...ODD, ...QUOTED };
  const script = `set -a\n${renderVariables(variables, 'dotenv')}\nexec "$NODE" -p 'JSON.stringify(process.env)'`;
  const printed = execFileSync('sh', ['-c', script], { env: { NODE: process.execPath }, encoding: 'utf8' });
  expect(JSON.parse(printed)).toMatchObject(variables);
});

it('gives a reader of .env files every value without single quotes unchanged', () => {
  const variables = { ...PLAIN, ...ODD, SINGLE: QUOTED.SINGLE };
  expect({ ...parseEnv(renderVariables(variables, 'dotenv')) }).toEqual(variables);
});

it('doubles every character that PowerShell reads as a single quote', () => {
  expect(renderVariables({ A: "it's $x", B: '\u2018\u2019\u201a\u201b "' }, 'powershell')).toBe(
    "$env:A = 'it''s $x'\n$env:B = '\u2018\u2018\u2019\u2019\u201a\u201a\u201b\u201b \"'\n",
  );
});
