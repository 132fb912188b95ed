import { describe, expect, it } from 'vitest';

import { DOCUMENT_HINT, ok, problem, startControl } from './api.ts';

const RULE_HINT = 'docs/faults.md has a recipe for each effect.';
const KEPT = { id: 'kept', effect: { status: 500 }, times: 5 };
const STREAMS = 'drop, stall, duplicate, reorder, malformed, gap, refuse';

/** Rules that do not match the schema. */
const SHAPES: readonly (readonly [string, unknown, string])[] = [
  [
    'a misspelt field',
    { oparation: 'listUsers', effect: { status: 500 } },
    'body must NOT have additional properties (oparation; did you mean "operation"?)',
  ],
  [
    'a misspelt effect, which is missing then',
    { efect: { status: 500 } },
    `body must have required property 'effect'; body must NOT have additional properties (efect; did you mean "effect"?)`,
  ],
  ['no effect', {}, "body must have required property 'effect'"],
  [
    'a misspelt name in the effect',
    { effect: { statsu: 500 } },
    'body/effect must NOT have additional properties (statsu; did you mean "status"?)',
  ],
  [
    'a field like no other',
    { effect: { status: 500 }, zzz: 1 },
    'body must NOT have additional properties (zzz; known: id, provider, operation, match, phase, effect, skip, times, probability, ttl, enabled)',
  ],
  [
    'a misspelt condition',
    { match: { subjct: 'ada' }, effect: { status: 500 } },
    'body/match must NOT have additional properties (subjct; did you mean "subject"?)',
  ],
  [
    'a misspelt phase',
    { phase: 'befor', effect: { status: 500 } },
    'body/phase must be equal to one of the allowed values (before, after, during; did you mean "before"?)',
  ],
  ['a status that is text', { effect: { status: '500' } }, 'body/effect/status must be integer'],
  ['a status below 200', { effect: { status: 199 } }, 'body/effect/status must be >= 200'],
  ['a status above 599', { effect: { status: 600 } }, 'body/effect/status must be <= 599'],
  ['a probability above 1', { probability: 1.5, effect: { status: 500 } }, 'body/probability must be <= 1'],
  ['a probability below 0', { probability: -0.1, effect: { status: 500 } }, 'body/probability must be >= 0'],
  ['no times at all', { times: 0, effect: { status: 500 } }, 'body/times must be >= 1'],
  ['half a time', { times: 1.5, effect: { status: 500 } }, 'body/times must be integer'],
  ['a skip below 0', { skip: -1, effect: { status: 500 } }, 'body/skip must be >= 0'],
  ['enabled that is text', { enabled: 'no', effect: { status: 500 } }, 'body/enabled must be boolean'],
  [
    'a query with a number',
    { match: { query: { page: 2 } }, effect: { status: 500 } },
    'body/match/query/page must be string',
  ],
  [
    'an empty path',
    { match: { path: '' }, effect: { status: 500 } },
    'body/match/path must NOT have fewer than 1 characters',
  ],
  [
    'an id with a slash',
    { id: 'a/b', effect: { status: 500 } },
    'body/id must match pattern "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"',
  ],
  ['a list', [], 'body must be object'],
];

/** Rules that match none of several alternatives, each of which names its condition. */
const ALTERNATIVES: readonly (readonly [string, object, readonly string[]])[] = [
  [
    'a misspelt body',
    { effect: { body: 'trncate' } },
    ['body/effect/body', '(truncate, garbage, malformed-json, wrong-type; did you mean "truncate"?)'],
  ],
  [
    'a misspelt connection',
    { effect: { connection: 'rest' } },
    ['body/effect/connection', '(reset, empty, hang; did you mean "reset"?)'],
  ],
  ['a misspelt stream', { effect: { stream: 'dorp' } }, ['body/effect/stream', `(${STREAMS}; did you mean "drop"?)`]],
  [
    'a misspelt stream with a count',
    { effect: { stream: { dorp: { after: 1 } } } },
    ['body/effect/stream must NOT have additional properties (dorp; did you mean "drop"?)'],
  ],
  [
    'a stream that is refused after some events',
    { effect: { stream: { refuse: { after: 1 } } } },
    ['body/effect/stream/refuse must NOT have additional properties (after)'],
  ],
  ['a delay below 0', { effect: { delay: -1 } }, ['body/effect/delay must be >= 0']],
  ['a delay that no timer holds', { effect: { delay: 2_147_483_648 } }, ['body/effect/delay must be <= 2147483647']],
  [
    'a misspelt distribution',
    { effect: { delay: { unifrom: [1, 2] } } },
    ['body/effect/delay must NOT have additional properties (unifrom; did you mean "uniform"?)'],
  ],
  ['half a distribution', { effect: { delay: { uniform: [1] } } }, ['body/effect/delay/uniform', 'fewer than 2 items']],
  [
    'a body that never comes',
    { effect: { body: { slow: { bytesPerSecond: 0 } } } },
    ['body/effect/body/slow/bytesPerSecond must be >= 1'],
  ],
  ['a hold without an end', { effect: { hold: {} } }, ["body/effect/hold must have required property 'until'"]],
  ['a hold of one', { effect: { hold: { until: 1 } } }, ['body/effect/hold/until must be >= 2']],
  ['a hold of too many', { effect: { hold: { until: 101 } } }, ['body/effect/hold/until must be <= 100']],
  [
    'a misspelt field of a hold',
    { effect: { hold: { until: 2, relase: 'reverse' } } },
    ['body/effect/hold must NOT have additional properties (relase; did you mean "release"?)'],
  ],
  [
    'a misspelt order',
    { effect: { hold: { until: 2, release: 'revers' } } },
    ['body/effect/hold/release', '(arrival, reverse; did you mean "reverse"?)'],
  ],
  ['no operation at all', { operation: [], effect: { status: 500 } }, ['body/operation', 'fewer than 1 items']],
];

/** Rules that match the schema and contradict themselves or name something unknown. */
const MEANINGS: readonly (readonly [string, object, string])[] = [
  [
    'a header with an invalid name',
    { effect: { status: 500, headers: { 'bad name': 'v' } } },
    'body/effect/headers/bad name: Header name must be a valid HTTP token ["bad name"]',
  ],
  [
    'a header with a line of its own',
    { effect: { status: 500, headers: { 'X-A': 'a\r\nX-B: b' } } },
    'body/effect/headers/X-A: Invalid character in header content ["X-A"]',
  ],
  ...['Content-Length', 'transfer-encoding', 'X-Emulator-Fault'].map(
    (name) =>
      [
        `the header ${name}`,
        { effect: { status: 500, headers: { [name]: '1' } } },
        `body/effect/headers/${name}: "${name}" cannot be set.`,
      ] as const,
  ),
  [
    'a code of a control, which no client of the service gets',
    { provider: 'klaim', effect: { code: 'NO_SUCH_APP' } },
    'body/effect/code: "klaim" has no code "NO_SUCH_APP". Known: INVALID_JSON, MISSING_FIELDS, NO_SUCH_USER, CONFLICT, NOT_ENOUGH_CREDITS, UNAUTHORIZED, NOT_FOUND, BAD_PATH, TOO_LARGE, LIMITED, INTERNAL.',
  ],
  [
    'a hold while an answer is sent',
    { phase: 'during', effect: { hold: { until: 2 } } },
    'body/phase: A hold needs the phase "before" or "after", not "during".',
  ],
  [
    'a hold and a status',
    { effect: { status: 500, hold: { until: 2 } } },
    'body/effect: A rule has one effect; this one has status and hold. Write a rule for each.',
  ],
  ...[
    [2, 2],
    [1, 3],
    [3, 2, 1],
  ].map(
    (release) =>
      [
        `the order ${release.join(', ')} of two`,
        { effect: { hold: { until: 2, release } } },
        'body/effect/hold/release: A release list contains each number from 1 to 2 once, in the order of release.',
      ] as const,
  ),
  [
    'an order by content with other numbers',
    { effect: { hold: { until: 2, release: { content: [1, 3] } } } },
    'body/effect/hold/release/content: A release list contains each number from 1 to 2 once, in the order of release.',
  ],
  [
    'a timeout that is not a duration',
    { effect: { hold: { until: 2, timeout: '5s' } } },
    'body/effect/hold/timeout: "5s" is not a duration: write ISO 8601 such as PT30S, PT1H or P30D, or milliseconds.',
  ],
  ...['PT0S', 'P25D'].map(
    (timeout) =>
      [
        `a timeout of ${timeout}`,
        { effect: { hold: { until: 2, timeout } } },
        'body/effect/hold/timeout: A timeout must be more than 0 and at most 2147483647 milliseconds.',
      ] as const,
  ),
];

describe('a rule is refused, and nothing is changed, by', () => {
  it.each(SHAPES)('%s', async (_, rule, detail) => {
    const { get, post, put } = await startControl();
    await post('/faults', KEPT);
    const before = await get('/faults');
    const refused = problem(400, 'Invalid request', detail, DOCUMENT_HINT);
    expect(await post('/faults', rule)).toEqual(refused);
    expect(await put('/faults/kept', rule)).toEqual(refused);
    expect(await get('/faults')).toEqual(before);
  });

  it.each(ALTERNATIVES)('%s', async (_, rule, parts) => {
    const { get, post, put } = await startControl();
    await post('/faults', KEPT);
    const before = await get('/faults');
    const refused = await post('/faults', rule);
    const { detail } = refused.body as { detail: string };
    expect(refused).toEqual(problem(400, 'Invalid request', detail, DOCUMENT_HINT));
    for (const part of parts) expect(detail).toContain(part);
    expect(await put('/faults/kept', rule)).toEqual(refused);
    expect(await get('/faults')).toEqual(before);
  });

  it.each(MEANINGS)('%s', async (_, rule, detail) => {
    const { get, post, put } = await startControl();
    await post('/faults', KEPT);
    const before = await get('/faults');
    const refused = problem(400, 'Not a rule', detail, RULE_HINT);
    expect(await post('/faults', rule)).toEqual(refused);
    expect(await put('/faults/kept', rule)).toEqual(refused);
    expect(await get('/faults')).toEqual(before);
  });

  it('the id of what requests ask for', async () => {
    const { get, post, put } = await startControl();
    const detail = 'body/id: "request" is reserved for faults that a request asks for. Choose another id.';
    const refused = problem(400, 'Not a rule', detail, RULE_HINT);
    expect(await post('/faults', { id: 'request', effect: { status: 500 } })).toEqual(refused);
    expect(await put('/faults/request', { effect: { status: 500 } })).toEqual(refused);
    expect(await get('/faults')).toEqual(ok({ faults: [] }));
  });

  it('an id that the path cannot have', async () => {
    const { get, put } = await startControl();
    const answer = await put('/faults/a%2Fb', { effect: { status: 500 } });
    expect(answer).toMatchObject({ status: 400, body: { title: 'Invalid request' } });
    expect(await get('/faults')).toEqual(ok({ faults: [] }));
  });

  it('an unknown parameter', async () => {
    const { get } = await startControl();
    expect(await get('/faults?provider=klaim')).toMatchObject({ status: 400, body: { title: 'Unknown parameter' } });
  });

  it('an id without using up a generated one', async () => {
    const { post } = await startControl();
    await post('/faults', { effect: { status: 500, body: 'garbage' } });
    expect(await post('/faults', { effect: { status: 500 } })).toMatchObject({ body: { id: 'fault-1' } });
  });
});

it('a rule with many unknown fields is refused for the first ten', async () => {
  const { post, get } = await startControl();
  const unknown = Object.fromEntries(Array.from({ length: 60_000 }, (_, index) => [`unknown-${index}`, 0]));
  const refused = await post('/faults', { ...unknown, effect: { status: 500 } });
  const names = Array.from({ length: 10 }, (_, index) => {
    const known = '; known: id, provider, operation, match, phase, effect, skip, times, probability, ttl, enabled';
    return `body must NOT have additional properties (unknown-${index}${index === 0 ? known : ''})`;
  });
  expect(refused).toEqual(
    problem(400, 'Invalid request', [...names, 'body has more mistakes'].join('; '), DOCUMENT_HINT),
  );
  expect(await get('/faults')).toMatchObject({ body: { faults: [] } });
});
