import { expect, it } from 'vitest';

import { toSentence, type Rule } from '../../src/page/rule-sentence.ts';

it.each<[Rule, string]>([
  [{ effect: { status: 503 } }, 'Every call of any service does nothing; its client gets 503.'],
  [
    { operation: 'pay', phase: 'after', times: 1, effect: { status: 500 }, match: { subject: 'ada' } },
    'The next pay of any service about ada lands; its client gets 500.',
  ],
  [
    { operation: ['pay', 'refund'], times: 3, skip: 2, effect: { connection: 'reset' }, phase: 'after' },
    'Each of the next 3 pay or refund of any service, after 2 that pass, lands; its client has its connection reset.',
  ],
  [
    { probability: 0.0204, effect: { code: 'BROKE' } },
    'About 2.04 % of each call of any service does nothing; its client gets BROKE.',
  ],
  [{ effect: { delay: 2000 } }, 'Every call of any service is answered after 2 s.'],
  [{ effect: { delay: 20, status: 500 } }, 'Every call of any service does nothing; its client gets 500, after 20 ms.'],
  [{ effect: { body: 'truncate' } }, 'Every call of any service lands, and its answer comes cut off.'],
  [
    { effect: { body: { slow: { bytesPerSecond: 9 } } }, match: { method: 'PUT' } },
    'Every call of any service with method PUT lands, and its answer comes at 9 bytes a second.',
  ],
  [
    { effect: { stream: { drop: { after: 1 } } } },
    'Every call of any service has its stream meet "{"drop":{"after":1}}".',
  ],
  [{ effect: { hold: { until: 2 } } }, 'Every call of any service waits until 2 are there; they go as they came.'],
  [
    { operation: 'pay', effect: { hold: { until: 2, release: { content: [2, 1] } } } },
    'Every pay of any service waits until 2 are there; they go in the order 2, 1 of what they say.',
  ],
  [
    { operation: 'pay', phase: 'after', times: 1, effect: { hold: { until: 3, release: [2, 3, 1] } } },
    'The next pay of any service lands, and its answer waits until 3 are there; they go in the order 2, 3, 1.',
  ],
])('%j is told as a sentence', (rule, sentence) => {
  expect(toSentence(rule)).toBe(sentence);
});
