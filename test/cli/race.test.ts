import { describe, expect, it } from 'vitest';

import { listOrders } from '../../src/trials/race.ts';
import { callCommand } from '../support/command-in-process.ts';
import { createFolder } from '../support/folder.ts';
import { refuses } from './outcome.ts';

/** Two parts of a game give ada credits at the same time. */
const GAME = `
const { GAMEFUSE_BASE_URL: url } = process.env;
const headers = { 'authentication-token': 'gamefuse-test-ada', 'Content-Type': 'application/json' };
const send = async (path, body) => {
  const answer = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
};
`;
/** Each reads what she has and writes what she should have. */
const SETS = `${GAME}
const { credits } = await send('/users/1/add_credits', { credits: 0 });
await Promise.all([10, 25].map((more) => send('/users/1/set_credits', { credits: credits + more })));
`;
const ADDS = `${GAME}
await Promise.all([10, 25].map((more) => send('/users/1/add_credits', { credits: more })));
`;
/** Every other time the second part is faster. */
const TURNS = `${GAME}
import { appendFileSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
appendFileSync('runs', '.');
const parts = [10, 25];
if (readFileSync('runs').length % 2 === 0) parts.reverse();
const { credits } = await send('/users/1/add_credits', { credits: 0 });
await Promise.all(
  parts.map(async (more, index) => {
    await setTimeout(index * 50);
    await send('/users/1/set_credits', { credits: credits + more });
  }),
);
`;
const BOTH = `${GAME}
await Promise.all([
  send('/users/1/add_credits', { credits: 10 }),
  send('/users/1/set_credits', { credits: 100 }),
]);
`;
const ALONE = `${GAME}
await send('/users/1/add_credits', { credits: 1 });
`;

const race = (
  operations: string,
  script: string,
  { more = [], hold = 'PT60S' }: { readonly more?: readonly string[]; readonly hold?: string } = {},
): ReturnType<typeof callCommand> => {
  const words = ['race', '--providers', 'gamefuse', '--no-provider-ports', '--hold', hold, '--operations', operations];
  return callCommand([...words, ...more, '--', process.execPath, 'game.mjs'], {
    cwd: createFolder({ 'game.mjs': script }),
  });
};

interface Report {
  readonly runs: readonly { readonly phase: string; readonly order: readonly number[]; readonly held: number }[];
  readonly differences: readonly object[];
}

const RUNS = [
  { phase: 'before', order: [1, 2], held: 2, code: 0, hung: false },
  { phase: 'before', order: [2, 1], held: 2, code: 0, hung: false },
  { phase: 'after', order: [1, 2], held: 2, code: 0, hung: false },
  { phase: 'after', order: [2, 1], held: 2, code: 0, hung: false },
];

/** Changes happen in the first order when only the responses are held. */
const LAST_WINS = [
  {
    what: 'gamefuse 1 1 credits',
    values: [
      { value: '5225', runs: [1, 3, 4] },
      { value: '5210', runs: [2] },
    ],
  },
];

describe('race', () => {
  it('finds a client that reads and then sets', async () => {
    const { stdout, code } = await race('setCredits,setCredits', SETS, { more: ['--json'] });
    const { runs, differences } = JSON.parse(stdout) as Report;
    expect([runs, code]).toMatchObject([RUNS, 1]);
    expect(differences).toEqual(LAST_WINS);
  });

  it('tries each order, whichever of them comes first', async () => {
    const { stdout } = await race('setCredits,setCredits', TURNS, { more: ['--json'] });
    expect(JSON.parse(stdout)).toMatchObject({ runs: RUNS, differences: LAST_WINS });
  });

  it('numbers requests by the operations as they are named', async () => {
    const { stdout } = await race('setCredits,addCredits', BOTH, { more: ['--json'] });
    expect(JSON.parse(stdout)).toMatchObject({
      runs: RUNS,
      differences: [
        {
          what: 'gamefuse 1 1 credits',
          values: [
            { value: '110', runs: [1, 3, 4] },
            { value: '100', runs: [2] },
          ],
        },
      ],
    });
  });

  it('passes a client that adds', async () => {
    const { stdout, stderr, code } = await race('gamefuse.addCredits,gamefuse.addCredits', ADDS);
    expect([stdout.replaceAll(/ +\d+\.\d s$/gm, ''), stderr, code]).toEqual([
      [
        'RUN  HELD    ORDER  ARRIVED  EXIT  TIME',
        '1    before  1, 2   2 of 2   0',
        '2    before  2, 1   2 of 2   0',
        '3    after   1, 2   2 of 2   0',
        '4    after   2, 1   2 of 2   0',
        '',
        'All runs ended with the same exit code and balances.',
        '',
      ].join('\n'),
      '4 runs, 1 at a time\n',
      0,
    ]);
  });

  it('fails if the requests never met', async () => {
    const { stdout, code } = await race('addCredits,addCredits', ALONE, { hold: 'PT0.05S' });
    expect(stdout).toContain('1 of 2');
    expect(stdout).toContain('Some runs never had 2 of the requests at once, so no order was tried in them.\n');
    expect(code).toBe(1);
  });

  it.each([
    ['addCredits', '--operations must be 2 to 4 names separated by commas, got 1.'],
    ['a,b,c,d,e', '--operations must be 2 to 4 names separated by commas, got 5.'],
    ['gamefuse.addCredits,setCredits', '--operations must all name the same provider, as PROVIDER.OPERATION, or none.'],
  ])('refuses %s', async (operations, message) => {
    expect(await race(operations, ALONE)).toEqual(refuses(`${message}\nTry: credits-emulator race --help\n`));
  });

  it('names the nearest operation for an unknown one', async () => {
    const { stderr, code } = await race('addCredit,setCredits', ALONE);
    expect([stderr, code]).toEqual([expect.stringContaining('"addCredit"; did you mean "addCredits"?'), 2]);
  });
});

describe(listOrders, () => {
  it('lists every order once, beginning with the given one', () => {
    expect(listOrders(3)).toEqual([
      [1, 2, 3],
      [1, 3, 2],
      [2, 1, 3],
      [2, 3, 1],
      [3, 1, 2],
      [3, 2, 1],
    ]);
    expect(new Set(listOrders(4).map(String)).size).toBe(24);
  });
});
