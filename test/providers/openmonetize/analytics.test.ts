import { describe, expect, it } from 'vitest';

import { ADA, DUNJA, HARBOR_KEY, LANTERN, NOBODY, foreign, invalid, noKey, noWallet, ok, refusal } from './api.ts';
import type { Answer, OpenMonetizeApi } from './api.ts';
import { PROFILES, advance, startProfile, toEvent, use, type Profile } from './event-api.ts';
import { noRoute } from './head-api.ts';

const USAGE = '/v1/analytics/usage';
const COSTS = '/v1/analytics/costs';
const RATE = '/v1/analytics/burn-rate';
const OWN = `customerId=${LANTERN}`;

function tokens(number: number, fields: object = {}): object {
  return toEvent(number, 1, {
    event_type: 'TOKEN_USAGE',
    feature_id: 'chat',
    provider: 'OPENAI',
    model: 'gpt-4o',
    input_tokens: 1000,
    output_tokens: 500,
    ...fields,
  });
}

/** Two events of tokens, one of another model, and one of the customer's own units, on two days. */
async function startUsed(profile: Profile): Promise<OpenMonetizeApi> {
  const api = await startProfile(profile);
  await use(
    api,
    tokens(1, { timestamp: '2025-12-31T00:00:00.000Z' }),
    tokens(2, { timestamp: '2025-12-30T12:00:00.000Z', model: 'gpt-4o:mini' }),
    tokens(3, { timestamp: '2025-12-30T10:00:00.000Z' }),
    toEvent(4, 3, { timestamp: '2025-12-30T11:00:00.000Z' }),
    tokens(5, { timestamp: '2025-12-02T00:00:00.000Z', feature_id: 'early', user_id: ADA }),
    tokens(6, { timestamp: '2025-12-01T23:59:59.999Z' }),
  );
  return api;
}

describe.each(PROFILES)('usage in profile %s', (profile) => {
  it('is added up by feature, model, type and day, in order of its timestamps', async () => {
    const api = await startUsed(profile);
    const report = ok({
      data: {
        summary: {
          totalEvents: 4,
          totalInputTokens: '3000',
          totalOutputTokens: '1500',
          totalCreditsBurned: '54',
          totalCostUsd: '0.0225',
        },
        byFeature: [
          { featureId: 'chat', eventCount: 3, creditsBurned: '24', costUsd: '0.0225' },
          { featureId: 'export', eventCount: 1, creditsBurned: '30', costUsd: '0.0000' },
        ],
        byProvider: [
          { provider: 'OPENAI', model: 'gpt-4o', eventCount: 2, inputTokens: '2000', outputTokens: '1000' },
          { provider: 'OPENAI', model: 'gpt-4o', eventCount: 1, inputTokens: '1000', outputTokens: '500' },
        ],
        byEventType: [
          { eventType: 'TOKEN_USAGE', eventCount: 3, creditsBurned: '24', costUsd: '0.0225' },
          { eventType: 'CUSTOM', eventCount: 1, creditsBurned: '30', costUsd: '0.0000' },
        ],
        timeline: [
          { date: '2025-12-30', events: 3, creditsBurned: '46' },
          { date: '2025-12-31', events: 1, creditsBurned: '8' },
        ],
      },
    });
    const path = `${USAGE}?startDate=2025-12-30T10:00:00Z&endDate=2025-12-31T00:00:00Z&groupBy=week`;
    expect(await api.call('get', path)).toEqual(report);
    expect(await api.call('get', `${path}&${OWN}`)).toEqual(report);
  });

  it('is that of the last 30 days by default', async () => {
    const api = await startUsed(profile);
    expect(await api.call('get', USAGE)).toMatchObject({ body: { data: { summary: { totalEvents: 4 } } } });
    const early = `${USAGE}?startDate=2025-12-02T00:00:00Z`;
    expect(await api.call('get', early)).toMatchObject({ body: { data: { summary: { totalEvents: 5 } } } });
  });

  it('is zero without events', async () => {
    const api = await startProfile(profile);
    expect(await api.call('get', USAGE)).toEqual(
      ok({
        data: {
          summary: {
            totalEvents: 0,
            totalInputTokens: '0',
            totalOutputTokens: '0',
            totalCreditsBurned: '0',
            totalCostUsd: '0.0000',
          },
          byFeature: [],
          byProvider: [],
          byEventType: [],
          timeline: [],
        },
      }),
    );
  });

  it('filters only in profile head', async () => {
    const api = await startUsed(profile);
    const count = async (query: string): Promise<unknown> => {
      const { body } = await api.call('get', `${USAGE}?startDate=2025-12-01T00:00:00Z&${query}`);
      return (body as { readonly data: { readonly summary: { readonly totalEvents: number } } }).data.summary
        .totalEvents;
    };
    const counts = [
      await count('provider=ANTHROPIC,%20OPENAI&model=gpt-4o'),
      await count('featureId=early'),
      await count('featureId='),
      await count('model=gpt-4o:mini,gpt-5'),
    ];
    expect(counts).toEqual(profile === 'seed' ? [6, 6, 6, 6] : [4, 1, 6, 1]);
  });
});

it('fails for an unknown provider', async () => {
  const api = await startProfile('head');
  expect(await api.call('get', `${USAGE}?provider=OPENAI,openai`)).toEqual(
    refusal(500, 'Failed to fetch usage analytics'),
  );
});

describe.each(PROFILES)('costs in profile %s', (profile) => {
  it('are compared with the burned credits', async () => {
    const api = await startProfile(profile);
    await use(api, tokens(1), tokens(2));
    const one = { provider: 'OPENAI', model: 'gpt-4o', providerCost: '0.0150', revenue: '0.0160', margin: '0.0010' };
    const summary = { totalRevenue: '0.0160', totalProviderCost: '0.0150', totalMargin: '0.0010', marginPercent: 6.25 };
    expect(await api.call('get', `${COSTS}?${OWN}`)).toEqual(ok({ data: { summary, byProvider: [one] } }));
    await use(api, toEvent(3, 100));
    expect(await api.call('get', `${COSTS}?${OWN}`)).toEqual(
      ok({
        data: {
          summary: { totalRevenue: '1.0160', totalProviderCost: '0.0150', totalMargin: '1.0010', marginPercent: 98.52 },
          byProvider: [one],
        },
      }),
    );
  });

  it('are zero without events', async () => {
    const api = await startProfile(profile);
    expect(await api.call('get', `${COSTS}?${OWN}`)).toEqual(
      ok({
        data: {
          summary: { totalRevenue: '0.0000', totalProviderCost: '0.0000', totalMargin: '0.0000', marginPercent: 0 },
          byProvider: [],
        },
      }),
    );
  });
});

function rate(balance: string, week: [string, string], month: [string, string], days: number | null): Answer {
  const toBurned = ([creditsBurned, averagePerDay]: [string, string]): object => ({ creditsBurned, averagePerDay });
  return ok({
    data: {
      currentBalance: balance,
      last7Days: toBurned(week),
      last30Days: toBurned(month),
      projectedRunout: { daysRemaining: days, estimatedRunoutDate: null },
      recommendations: [],
    },
  });
}

describe.each(PROFILES)('the burn rate in profile %s', (profile) => {
  const days = profile === 'seed' ? 0 : null;

  it('is that of the customer’s own wallet, or of a user’s', async () => {
    const api = await startProfile(profile);
    expect(await api.call('get', `${RATE}?${OWN}`)).toEqual(rate('10000', ['0', '0.00'], ['0', '0.00'], days));
    await use(api, toEvent(1, 251), toEvent(2, 5, { user_id: ADA }));
    expect(await api.call('get', `${RATE}?${OWN}`)).toEqual(
      rate('7490', ['-2510', '-358.57'], ['-2510', '-83.67'], days),
    );
    expect(await api.call('get', `${RATE}?${OWN}&userId=${ADA}`)).toEqual(
      rate('5450', ['-50', '-7.14'], ['-50', '-1.67'], days),
    );
  });

  it('shows the alert if burning has slowed down', async () => {
    const api = await startProfile(profile);
    await use(api, toEvent(1, 251));
    await advance(api, 'P8D');
    expect(await api.call('get', `${RATE}?${OWN}`)).toMatchObject({
      body: {
        data: {
          last7Days: { creditsBurned: '0', averagePerDay: '0.00' },
          last30Days: { creditsBurned: '-2510', averagePerDay: '-83.67' },
          recommendations: [
            {
              type: 'alert',
              message: 'Your burn rate has increased 50% in the last 7 days. Review usage patterns.',
              action: 'review_usage',
            },
          ],
        },
      },
    });
  });

  it('is a 404 for a user without a wallet', async () => {
    const api = await startProfile(profile);
    expect(await api.call('get', `${RATE}?${OWN}&userId=${DUNJA}`)).toEqual(noWallet);
  });
});

describe.each(PROFILES)('analytics in profile %s', (profile) => {
  it('check the query, then the key, then the customer', async () => {
    const api = await startProfile(profile);
    const wrong = profile === 'seed' ? 'must match format "date-time"' : 'Invalid ISO datetime';
    expect(await api.as(undefined).call('get', `${USAGE}?startDate=2025-12-01`)).toEqual(
      invalid(`querystring/startDate ${wrong}`),
    );
    expect(await api.call('get', `${USAGE}?groupBy=year`)).toEqual(
      invalid(
        profile === 'seed'
          ? 'querystring/groupBy must be equal to one of the allowed values'
          : 'querystring/groupBy Invalid option: expected one of "day"|"week"|"month"',
      ),
    );
    expect((await api.call('get', `${COSTS}?${OWN}&endDate=2025-12-01T00:00:00%2B02:00`)).status).toBe(
      profile === 'seed' ? 200 : 400,
    );
    for (const path of [USAGE, COSTS, RATE]) {
      expect(await api.as(undefined).call('get', path)).toEqual(noKey);
      expect(await api.call('get', `${path}?customerId=${NOBODY}`)).toEqual(foreign);
      const isOpen = profile === 'head' || path === USAGE;
      expect([path, (await api.call('get', path)).status]).toEqual([path, isOpen ? 200 : 403]);
    }
  });
});

it('returns a 404 for the other four in profile head', async () => {
  const api = await startProfile('head');
  const toRoute = (path: string): string => `/v1/rating/analytics/${path}`;
  for (const [asked, told] of [
    ['cost-breakdown', `cost-breakdown?${OWN}`],
    ['usage-trends?groupBy=day', `usage-trends?${OWN}&groupBy=day`],
    ['burn-forecast?days=30', `burn-forecast?${OWN}&days=30`],
    ['summary', `summary?${OWN}`],
  ] as const) {
    expect(await api.call('get', `/v1/analytics/${asked}`)).toEqual(noRoute('GET', toRoute(told)));
    expect(await api.as(undefined).call('get', `/v1/analytics/${asked}`)).toEqual(noKey);
  }
  expect(await api.as(HARBOR_KEY).call('get', '/v1/analytics/usage-trends?groupBy=year')).toEqual(
    refusal(400, 'querystring/groupBy Invalid option: expected one of "day"|"week"|"month"'),
  );
});
