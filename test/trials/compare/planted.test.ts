import { expect, it } from 'vitest';

import { startEmulator } from '../../support/emulator.ts';
import { compare, serveStandIn, type Answer } from './stand-in.ts';

const ADA = '6100000000001';
const SEEDED = { 'X-Inveterate-Api-Key': 'inveterate_test_lumen' };
const KEY = 'live_key_of_somebody';

const change = (from: string, to: string) => (answer: Answer) => {
  // What changes nothing is no difference.
  if (!answer.body.includes(from)) throw new Error(`There is no ${from} in ${answer.body}`);
  return { ...answer, body: answer.body.replace(from, to) };
};
const reverseTiers = (answer: Answer): Answer => {
  const { data, ...others } = JSON.parse(answer.body) as { data: { tiers: unknown[] } };
  return { ...answer, body: JSON.stringify({ ...others, data: { tiers: data.tiers.toReversed() } }) };
};

interface Planted {
  readonly path: string;
  readonly plant: (answer: Answer) => Answer;
  readonly difference: object;
}

/** One of each kind. */
const PLANTED: readonly Planted[] = [
  {
    path: `/admin/members/${ADA}/credits`,
    plant: change('"amount":20,', '"amount":20.0,'),
    difference: { where: 'body/data/credits/2/amount', kind: 'format', ours: 20, theirs: '20.0' },
  },
  {
    path: '/admin/members',
    plant: change('"lastName":"Laurent"', '"lastName":null'),
    difference: { where: 'body/data/members/1/lastName', kind: 'null', ours: 'Laurent', theirs: null },
  },
  {
    path: `/admin/members/${ADA}`,
    plant: change('"notes":null,', ''),
    difference: { where: 'body/data/notes', kind: 'missing', ours: null },
  },
  {
    path: '/merchant',
    plant: change('"currency":"USD"', '"currency":"USD","plan":"pro"'),
    difference: { where: 'body/data/plan', kind: 'extra', theirs: 'pro' },
  },
  {
    path: '/admin/merchant',
    plant: change('"Lumen Tea"', '"Lumen Teas"'),
    difference: { where: 'body/data/name', kind: 'value', ours: 'Lumen Tea', theirs: 'Lumen Teas' },
  },
  {
    path: '/admin/tiers',
    plant: reverseTiers,
    difference: { where: 'body/data/tiers', kind: 'order', ours: [0, 1], theirs: [1, 0] },
  },
  {
    path: `/storefront/tiers/${ADA}`,
    plant: change('"segmentId":"3a636361"', '"segmentId":"9b2f60d4"'),
    difference: { where: 'body/data/segmentId', kind: 'id', ours: '3a636361', theirs: '9b2f60d4' },
  },
  {
    path: '/admin/benefits',
    plant: (answer) => ({ ...answer, status: 422 }),
    difference: { where: 'status', kind: 'status', ours: 400, theirs: 422 },
  },
  {
    path: '/storefront/benefits',
    plant: change('"data":{}', '"data":[]'),
    difference: { where: 'body/data', kind: 'type', ours: {}, theirs: [] },
  },
  {
    path: '/admin/webhook-subscriptions',
    plant: (answer) => ({ ...answer, headers: { 'Content-Type': 'text/html' } }),
    difference: { where: 'headers.content-type', kind: 'header', ours: 'application/json', theirs: 'text/html' },
  },
];

it('ten differences of ten kinds are found and no more, and a service whose ids and times are others is sent no write', async () => {
  const { url, sandbox } = await startEmulator({
    ...{ providers: ['inveterate'], providerPorts: false, clock: '2026-03-04T05:06:07Z', randomSeed: 7 },
  });
  const target = await serveStandIn(`${url}/inveterate`, {
    headers: SEEDED,
    plant: (path, answer) => {
      const body = answer.body.replaceAll('"merchantId":"lumen-tea"', '"merchantId":"shop-9000"');
      const own = PLANTED.find((one) => `/v2.0${one.path}` === path);
      return own ? own.plant({ ...answer, body }) : { ...answer, body };
    },
  });
  const report = await compare({
    ...{ provider: 'inveterate', target },
    headers: [`x-inveterate-api-key: ${KEY}`],
  });
  const { differences } = report;
  const found = differences.map(({ operation, ...others }) => [operation !== '', others]);
  const planted = PLANTED.map(({ path, difference }) => [true, { request: `GET /v2.0${path}`, ...difference }]);
  expect(found.sort()).toEqual(planted.sort());
  expect(new Set(differences.map(({ kind }) => kind)).size).toBe(10);
  const { compared, same, unanswered, passedOver, more } = report;
  expect({ different: compared - same, unanswered, passedOver, more }).toEqual({
    ...{ different: 10, unanswered: [], passedOver: [], more: 0 },
  });
  const { requests } = await sandbox().requests.list({ limit: 1000 });
  expect([requests.length, new Set(requests.map(({ method }) => method))]).toEqual([compared, new Set(['GET'])]);
  expect(JSON.stringify(report)).not.toContain(KEY);
});
