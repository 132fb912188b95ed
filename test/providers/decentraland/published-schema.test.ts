import { readFileSync } from 'node:fs';

import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';

import { startEmulator } from '../../support/emulator.ts';
import { readFirstEvent } from '../../../src/conformance/first-event.ts';
import {
  EMPTY,
  FLAGGED,
  LASTING,
  NOBODY,
  PARTLY,
  RICH,
  SOON,
  creditId,
  startDecentraland,
  toFixtures,
  type Answer,
  type DecentralandApi,
} from './api.ts';

interface Published {
  readonly operations: Readonly<Record<'getCredits' | 'getCreditsStream', Readonly<Record<string, object>>>>;
}

const published = JSON.parse(readFileSync(new URL('published-schema.json', import.meta.url), 'utf8')) as Published;
const ajv = new Ajv({ allErrors: true });
addFormats.default(ajv);

/** Lists where an answer differs from what Decentraland publishes. A status that is not published fits nothing. */
function findFaults(
  { status, body }: Answer,
  operation: keyof Published['operations'] = 'getCredits',
): readonly unknown[] {
  const schema = published.operations[operation][String(status)];
  if (!schema) return [`${operation} has no ${status}`];
  const validate = ajv.compile(schema);
  validate(body);
  return validate.errors ?? [];
}

const WALLETS = [RICH, PARTLY, SOON, EMPTY, FLAGGED, LASTING, NOBODY];

/** Reads each wallet, and addresses without one, with each filter. */
async function readAll(api: DecentralandApi): Promise<readonly Answer[]> {
  const answers = [];
  for (const address of [...WALLETS, 'ada']) {
    for (const query of ['', '?status=AVAILABLE', '?status=PARTIALLY_USED', '?status=USED']) {
      answers.push(await api.credits(address, query));
    }
  }
  return answers;
}

type Work = (api: DecentralandApi) => Promise<unknown>;

const STATES: readonly [string, Work][] = [
  ['at the start', () => Promise.resolve()],
  ['when one is spent in part', (api) => api.run('consume', { address: RICH, amount: '4.000000000000000001' })],
  ['when all are spent', (api) => api.run('consume', { address: RICH, amount: '12.5' })],
  ['when one is revoked', (api) => api.run('revoke', { address: RICH, creditId: creditId(1) })],
  ['when one has expired', (api) => api.advance('PT1H')],
  ['when nearly all have expired', (api) => api.advance('P90D')],
  ['when the season has ended', (api) => api.run('endSeason')],
  ['when users are flagged for captchas', (api) => api.run('flag', { address: RICH, cause: 'captcha' })],
  ['when users are flagged for accounts', (api) => api.run('flag', { address: RICH, cause: 'multi-account' })],
  ['when a flag is gone', (api) => api.run('unflag', { address: FLAGGED })],
  ['when a user registers', (api) => api.call('post', '/users', { address: NOBODY })],
  [
    'when a wallet gets one wei that never expires',
    (api) => api.run('grant', { address: NOBODY, amount: '0.000000000000000001', expiresAt: null }),
  ],
  [
    'when a wallet gets the largest amount, for a goal',
    (api) => api.run('grant', { address: NOBODY, amount: '9'.repeat(59), goalId: 'a goal' }),
  ],
  ['at the end of time', (api) => api.moveTo('9999-12-31T23:59:59.999Z')],
];

describe('the published document', () => {
  it.each(STATES)('allows every answer of getCredits, and the same events of the stream, %s', async (_, work) => {
    const api = await startDecentraland();
    await work(api);
    const answers = await readAll(api);
    expect(answers.flatMap((answer) => findFaults(answer))).toEqual([]);
    for (const address of WALLETS) expect(await api.firstEvent(address)).toEqual(await api.credits(address));
  });

  it('has no status that these answers do not have', async () => {
    const statuses = (await readAll(await startDecentraland())).map(({ status }) => String(status));
    expect([...new Set(statuses)].sort()).toEqual(Object.keys(published.operations.getCredits).sort());
  });

  it('allows the stream, and its refusal', async () => {
    const { urls } = await startEmulator({ providers: ['decentraland'] });
    const response = await fetch(`${urls.decentraland}/users/${RICH}/credits/stream`);
    const body = await readFirstEvent(response);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(findFaults({ status: response.status, body }, 'getCreditsStream')).toEqual([]);
    const refused = await (await startDecentraland()).firstEvent(NOBODY);
    expect(refused.status).toBe(404);
    expect(findFaults(refused, 'getCreditsStream')).toEqual([]);
  });

  it('allows credits of the earliest and the latest instants, and of every amount', async () => {
    const credit = { address: RICH, amount: '1' };
    const api = await startDecentraland({
      clock: '0000-01-01T00:00:00Z',
      fixtures: toFixtures({
        wallets: [{ address: RICH, registeredAt: '0000-01-01T00:00:00Z' }],
        credits: [
          { ...credit, id: creditId(1), createdAt: '0000-01-01T00:00:00Z', expiresAt: '9999-12-31T23:59:59.999Z' },
          { ...credit, id: creditId(2), createdAt: 'now', expiresAt: 'now+PT0.001S', goalId: '\u0000"ü' },
          { ...credit, id: creditId(3), amount: `0.${'0'.repeat(17)}1`, seasonId: 9_007_199_254_740_991 },
          { ...credit, id: 'ffffffff-ffff-ffff-ffff-ffffffffffff', amount: '9'.repeat(59) },
        ],
      }),
    });
    const answer = await api.credits(RICH);
    expect((answer.body as { credits: unknown[] }).credits).toHaveLength(4);
    expect(findFaults(answer)).toEqual([]);
  });

  it.each<[string, Answer]>([
    ['an id of another kind', ofCredit({ id: '0x1' })],
    ['an amount as text', ofCredit({ amount: '1' })],
    ['an unknown status of a credit', ofCredit({ status: 'available' })],
    ['an expiry as a number', ofCredit({ expiresAt: 1 })],
    ['a season as text', ofCredit({ seasonId: '1' })],
    ['an error without its text', { status: 404, body: { code: 'USER_NOT_FOUND' } }],
    ['an unknown status', { status: 500, body: {} }],
  ])('does not allow %s', (_, answer) => {
    expect(findFaults(ofCredit({}))).toEqual([]);
    expect(findFaults(answer)).not.toEqual([]);
  });
});

function ofCredit(change: object): Answer {
  const credit = { id: creditId(1), amount: 1, status: 'AVAILABLE', ...change };
  return { status: 200, body: { credits: [credit], totalCredits: 1 } };
}
