import { expect, it } from 'vitest';

import { DOCUMENT_HINT, ok, problem, startControl } from './api.ts';

const KEPT = { id: 'kept', effect: { status: 500 }, times: 5 };
const STREAMS = 'drop, stall, duplicate, reorder, malformed, gap, refuse';
const FIELDS = 'id, provider, operation, match, phase, effect, skip, times, probability, ttl, enabled';
const EFFECT = { effect: { status: 500 } };
const ONCE = 'A release list contains each number from 1 to 2 once, in the order of release.';

/** Rules that do not match the schema. */
const SHAPES: readonly (readonly [rule: unknown, detail: string])[] = [
  [
    { oparation: 'listUsers', ...EFFECT },
    'body must NOT have additional properties (oparation; did you mean "operation"?)',
  ],
  [
    { efect: { status: 500 } },
    `body must have required property 'effect'; body must NOT have additional properties (efect; did you mean "effect"?)`,
  ],
  [{}, "body must have required property 'effect'"],
  [{ effect: { statsu: 500 } }, 'body/effect must NOT have additional properties (statsu; did you mean "status"?)'],
  [{ ...EFFECT, zzz: 1 }, `body must NOT have additional properties (zzz; known: ${FIELDS})`],
  [
    { match: { subjct: 'ada' }, ...EFFECT },
    'body/match must NOT have additional properties (subjct; did you mean "subject"?)',
  ],
  [
    { phase: 'befor', ...EFFECT },
    'body/phase must be equal to one of the allowed values (before, after, during; did you mean "before"?)',
  ],
  [{ effect: { status: '500' } }, 'body/effect/status must be integer'],
  [{ effect: { status: 199 } }, 'body/effect/status must be >= 200'],
  [{ effect: { status: 600 } }, 'body/effect/status must be <= 599'],
  [{ probability: 1.5, ...EFFECT }, 'body/probability must be <= 1'],
  [{ probability: -0.1, ...EFFECT }, 'body/probability must be >= 0'],
  [{ times: 0, ...EFFECT }, 'body/times must be >= 1'],
  [{ times: 1.5, ...EFFECT }, 'body/times must be integer'],
  [{ skip: -1, ...EFFECT }, 'body/skip must be >= 0'],
  [{ enabled: 'no', ...EFFECT }, 'body/enabled must be boolean'],
  [{ match: { query: { page: 2 } }, ...EFFECT }, 'body/match/query/page must be string'],
  [{ match: { path: '' }, ...EFFECT }, 'body/match/path must NOT have fewer than 1 characters'],
  [{ id: 'a/b', ...EFFECT }, 'body/id must match pattern "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"'],
  [[], 'body must be object'],
  [{ operation: [], ...EFFECT }, 'body/operation must NOT have fewer than 1 items'],
];

/** Effects that match none of several alternatives, each of which names its condition. */
const ALTERNATIVES: readonly (readonly [effect: object, ...parts: readonly string[]])[] = [
  [
    { body: 'trncate' },
    'body/effect/body',
    '(truncate, garbage, malformed-json, wrong-type; did you mean "truncate"?)',
  ],
  [{ connection: 'rest' }, 'body/effect/connection', '(reset, empty, hang; did you mean "reset"?)'],
  [{ stream: 'dorp' }, 'body/effect/stream', `(${STREAMS}; did you mean "drop"?)`],
  [
    { stream: { dorp: { after: 1 } } },
    'body/effect/stream must NOT have additional properties (dorp; did you mean "drop"?)',
  ],
  [{ stream: { refuse: { after: 1 } } }, 'body/effect/stream/refuse must NOT have additional properties (after)'],
  [{ delay: -1 }, 'body/effect/delay must be >= 0'],
  [{ delay: 2_147_483_648 }, 'body/effect/delay must be <= 2147483647'],
  [
    { delay: { unifrom: [1, 2] } },
    'body/effect/delay must NOT have additional properties (unifrom; did you mean "uniform"?)',
  ],
  [{ delay: { uniform: [1] } }, 'body/effect/delay/uniform', 'fewer than 2 items'],
  [{ body: { slow: { bytesPerSecond: 0 } } }, 'body/effect/body/slow/bytesPerSecond must be >= 1'],
  [{ hold: {} }, "body/effect/hold must have required property 'until'"],
  [{ hold: { until: 1 } }, 'body/effect/hold/until must be >= 2'],
  [{ hold: { until: 101 } }, 'body/effect/hold/until must be <= 100'],
  [
    { hold: { until: 2, relase: 'reverse' } },
    'body/effect/hold must NOT have additional properties (relase; did you mean "release"?)',
  ],
  [
    { hold: { until: 2, release: 'revers' } },
    'body/effect/hold/release',
    '(arrival, reverse; did you mean "reverse"?)',
  ],
];

/** Rules that match the schema and contradict themselves or name something unknown. */
const MEANINGS: readonly (readonly [rule: object, detail: string])[] = [
  [
    { effect: { status: 500, headers: { 'bad name': 'v' } } },
    'body/effect/headers/bad name: Header name must be a valid HTTP token ["bad name"]',
  ],
  [
    { effect: { status: 500, headers: { 'X-A': 'a\r\nX-B: b' } } },
    'body/effect/headers/X-A: Invalid character in header content ["X-A"]',
  ],
  ...['Content-Length', 'transfer-encoding', 'X-Emulator-Fault'].map((name): [object, string] => [
    { effect: { status: 500, headers: { [name]: '1' } } },
    `body/effect/headers/${name}: "${name}" cannot be set.`,
  ]),
  [
    // A code of a control, which no client of the service gets.
    { provider: 'klaim', effect: { code: 'NO_SUCH_APP' } },
    'body/effect/code: "klaim" has no code "NO_SUCH_APP". Known: INVALID_JSON, MISSING_FIELDS, NO_SUCH_USER, CONFLICT, NOT_ENOUGH_CREDITS, UNAUTHORIZED, NOT_FOUND, BAD_PATH, TOO_LARGE, LIMITED, INTERNAL.',
  ],
  [
    { phase: 'during', effect: { hold: { until: 2 } } },
    'body/phase: A hold needs the phase "before" or "after", not "during".',
  ],
  [
    { effect: { status: 500, hold: { until: 2 } } },
    'body/effect: A rule has one effect; this one has status and hold. Write a rule for each.',
  ],
  ...[
    [2, 2],
    [1, 3],
    [3, 2, 1],
  ].map((release): [object, string] => [
    { effect: { hold: { until: 2, release } } },
    `body/effect/hold/release: ${ONCE}`,
  ]),
  [{ effect: { hold: { until: 2, release: { content: [1, 3] } } } }, `body/effect/hold/release/content: ${ONCE}`],
  [
    { effect: { hold: { until: 2, timeout: '5s' } } },
    'body/effect/hold/timeout: "5s" is not a duration: write ISO 8601 such as PT30S, PT1H or P30D, or milliseconds.',
  ],
  ...['PT0S', 'P25D'].map((timeout): [object, string] => [
    { effect: { hold: { until: 2, timeout } } },
    'body/effect/hold/timeout: A timeout must be more than 0 and at most 2147483647 milliseconds.',
  ]),
];

const INVALID = ['Invalid request', DOCUMENT_HINT] as const;
const NO_RULE = ['Invalid rule', 'docs/faults.md has a recipe for each effect.'] as const;

const REFUSED = [
  ...SHAPES.map(([rule, detail]) => ({ rule, parts: [detail], terms: INVALID, whole: true })),
  ...ALTERNATIVES.map(([effect, ...parts]) => ({ rule: { effect }, parts, terms: INVALID, whole: false })),
  ...MEANINGS.map(([rule, detail]) => ({ rule, parts: [detail], terms: NO_RULE, whole: true })),
];

it.each(REFUSED.map((one) => [one.parts.join(' … '), one] as const))(
  'a rule is refused, and nothing is changed: %s',
  async (_, { rule, parts, terms: [title, hint], whole }) => {
    const { get, post, put } = await startControl();
    await post('/faults', KEPT);
    const before = await get('/faults');
    const refused = await post('/faults', rule);
    const { detail } = refused.body as { readonly detail: string };
    expect(refused).toEqual(problem(400, title, whole ? parts[0] : detail, hint));
    for (const part of parts) expect(detail).toContain(part);
    expect(await put('/faults/kept', rule)).toEqual(refused);
    expect(await get('/faults')).toEqual(before);
  },
);

it('a rule with an id that the path cannot have, or of what requests ask for, is refused', async () => {
  const { get, post, put } = await startControl();
  const answer = await put('/faults/a%2Fb', EFFECT);
  expect(answer).toMatchObject({ status: 400, body: { title: 'Invalid request' } });
  const detail = 'body/id: "request" is reserved for faults that a request asks for. Choose another id.';
  const refused = problem(400, NO_RULE[0], detail, NO_RULE[1]);
  expect(await post('/faults', { id: 'request', ...EFFECT })).toEqual(refused);
  expect(await put('/faults/request', EFFECT)).toEqual(refused);
  expect(await get('/faults')).toEqual(ok({ faults: [] }));
});

it('a rule that is refused uses up no generated id', async () => {
  const { post } = await startControl();
  await post('/faults', { effect: { status: 500, body: 'garbage' } });
  expect(await post('/faults', EFFECT)).toMatchObject({ body: { id: 'fault-1' } });
});

it('a rule with many unknown fields is refused for the first ten', async () => {
  const { post, get } = await startControl();
  const unknown = Object.fromEntries(Array.from({ length: 60_000 }, (_, index) => [`unknown-${index}`, 0]));
  const refused = await post('/faults', { ...unknown, ...EFFECT });
  const names = Array.from(
    { length: 10 },
    (_, index) =>
      `body must NOT have additional properties (unknown-${index}${index === 0 ? `; known: ${FIELDS}` : ''})`,
  );
  expect(refused).toEqual(
    problem(400, 'Invalid request', [...names, 'body has more mistakes'].join('; '), DOCUMENT_HINT),
  );
  expect(await get('/faults')).toMatchObject({ body: { faults: [] } });
});
