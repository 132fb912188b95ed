import { expect, it } from 'vitest';

import { toComplaints } from '../../src/page/complaint.ts';

it.each<[string, object, string]>([
  ['body/amount must be string', { amount: 'must be string' }, ''],
  ["body must have required property 'amount'", { amount: 'must be given' }, ''],
  [
    'body/amount must be string; body/amount/0 must be integer; body/a~1b must match',
    { amount: 'must be string; must be integer', 'a/b': 'must match' },
    '',
  ],
  [
    'body/amount must be one of (1; 2); body must NOT have additional properties (x; known: amount)',
    { amount: 'must be one of (1; 2)' },
    'body must NOT have additional properties (x; known: amount)',
  ],
  ['body/elsewhere must be string', {}, 'body/elsewhere must be string'],
  ['{"message":"There is no such customer."}', {}, '{"message":"There is no such customer."}'],
])('a detail such as %j is about its fields', (detail, byField, others) => {
  const found = toComplaints(detail, ['amount', 'a/b']);
  expect([Object.fromEntries(found.byField), found.others]).toEqual([byField, others]);
});
