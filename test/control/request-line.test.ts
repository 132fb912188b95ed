import { describe, expect, it } from 'vitest';

import { renderRequestLine, type ListedRequest } from '../../src/control/request-line.ts';

const ANSWERED: ListedRequest = {
  sandbox: 'default',
  duration: 1.234,
  provider: 'shop',
  operation: 'getCart',
  method: 'GET',
  url: '/carts/7?full=1',
  answer: { status: 200 },
  fault: null,
  reasons: [],
};
const MISSPELT = { where: 'body', field: 'amuont', problem: 'is not known here', nearest: 'amount' } as const;

describe(renderRequestLine, () => {
  it.each([
    ['a success', {}, 'GET  /carts/7?full=1  shop.getCart  200  1.2 ms'],
    ['what takes long', { duration: 1500.4 }, 'GET  /carts/7?full=1  shop.getCart  200  1500 ms'],
    ['another sandbox', { sandbox: 'checkout' }, 'GET  /carts/7?full=1  shop.getCart  200  1.2 ms  in checkout'],
    ['an unknown route', { operation: null, answer: { status: 404 } }, 'GET  /carts/7?full=1  shop  404  1.2 ms'],
    [
      'no answer',
      {
        answer: { status: null, ended: 'reset' },
        fault: { id: 'down', phase: 'before', effect: { connection: 'reset' } },
      },
      'GET  /carts/7?full=1  shop.getCart  reset  1.2 ms  fault down before',
    ],
    [
      'a refusal',
      {
        answer: { status: 400 },
        reasons: [MISSPELT, { where: 'rule', field: null, problem: 'NO: No.', nearest: null }],
      },
      'GET  /carts/7?full=1  shop.getCart  400  1.2 ms  body amuont: is not known here; nearest: amount; rule: NO: No.',
    ],
  ] satisfies [string, Partial<ListedRequest>, string][])('is one line for %s', (_, differs, line) => {
    expect(renderRequestLine({ ...ANSWERED, ...differs }, { colours: false })).toBe(line);
  });

  it('shows what would move the cursor, colour or hide text as JSON writes it', () => {
    const hostile = 'a\u001b[31m\r\n\u009b2J\u202e\u2028\ud800b';
    const shown = String.raw`a\u001b[31m\u000d\u000a\u009b2J\u202e\u2028\ud800b`;
    const entry: ListedRequest = {
      ...ANSWERED,
      url: hostile,
      fault: { id: hostile, phase: 'during', effect: { body: 'garbage' } },
      reasons: [{ ...MISSPELT, field: hostile, nearest: hostile }],
    };
    expect(renderRequestLine(entry, { colours: false })).toBe(
      `GET  ${shown}  shop.getCart  200  1.2 ms  fault ${shown} during  body ${shown}: is not known here; nearest: ${shown}`,
    );
  });

  it('stays short, however long what was sent', () => {
    const long = 'x'.repeat(100_000);
    const entry = { ...ANSWERED, url: long, reasons: Array.from({ length: 12 }, () => ({ ...MISSPELT, field: long })) };
    expect(renderRequestLine(entry, { colours: false }).length).toBeLessThan(1000);
  });

  it.each([
    [200, '\u001b[32m200\u001b[39m'],
    [404, '\u001b[33m404\u001b[39m'],
    [503, '\u001b[31m503\u001b[39m'],
  ])('colours %i', (status, coloured) => {
    expect(renderRequestLine({ ...ANSWERED, answer: { status } }, { colours: true })).toContain(`  ${coloured}  `);
  });
});
