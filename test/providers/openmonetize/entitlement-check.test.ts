import { describe, expect, it } from 'vitest';

import {
  ADA,
  BENOIT,
  CHIYO,
  DUNJA,
  HARBOR_KEY,
  LANTERN,
  NOBODY,
  foreign,
  invalid,
  noKey,
  ok,
  refusal,
  type Answer,
  type OpenMonetizeApi,
} from './api.ts';
import { PROFILES, startProfile, toEvent, use } from './event-api.ts';

const CHECK = '/v1/entitlements/check';
const ENTITLEMENTS = '/v1/entitlements';

const TOKENS = {
  type: 'token_usage',
  provider: 'OPENAI',
  model: 'gpt-4o',
  estimated_input_tokens: 1000,
  estimated_output_tokens: 500,
};

const upgrade = { type: 'upgrade', label: 'Upgrade Plan', url: '/upgrade' };
const increase = { type: 'upgrade', label: 'Increase Limit', url: '/upgrade' };
const createWallet = { type: 'create_wallet', label: 'Create Credit Wallet', url: '/credits/wallet' };
const renew = { type: 'purchase', label: 'Purchase New Credits', url: '/credits/purchase' };
const purchase = { type: 'purchase', label: 'Purchase Credits', url: '/credits/purchase' };

interface Costs {
  readonly credits?: number;
  readonly usd?: number;
  readonly balance?: number;
}

/** The answer of a check; what is not said of costs is null. */
function verdict(allowed: boolean, reason: string | null, costs: Costs, ...actions: readonly object[]): Answer {
  return ok({
    allowed,
    reason,
    estimatedCostCredits: costs.credits ?? null,
    estimatedCostUsd: costs.usd ?? null,
    currentBalance: costs.balance ?? null,
    actions,
  });
}

function check(api: OpenMonetizeApi, fields: object = {}): Promise<Answer> {
  const asked = { customerId: LANTERN, userId: ADA, featureId: 'ai-text-generation', action: TOKENS, ...fields };
  return api.call('post', CHECK, asked);
}

async function create(api: OpenMonetizeApi, fields: object): Promise<string> {
  const { status, body } = await api.call('post', ENTITLEMENTS, { customerId: LANTERN, featureId: 'chat', ...fields });
  if (status !== 201) throw new Error(JSON.stringify(body));
  return (body as { readonly data: { readonly id: string } }).data.id;
}

describe.each(PROFILES)('a check in profile %s', (profile) => {
  it('allows what the wallet covers, and estimates the cost', async () => {
    const api = await startProfile(profile);
    const before = await api.state();
    expect(await check(api)).toEqual(verdict(true, null, { credits: 8, usd: 0.0075, balance: 5500 }));
    expect(await api.state()).toEqual(before);
  });

  it('checks the feature, then the wallet, then its expiry', async () => {
    const api = await startProfile(profile);
    expect(await check(api, { featureId: 'nobody-limits-it' })).toEqual(
      profile === 'seed'
        ? verdict(false, 'Feature not enabled for this customer', {}, upgrade)
        : verdict(true, null, { credits: 8, usd: 0.0075, balance: 5500 }),
    );
    expect(await check(api, { userId: DUNJA })).toEqual(verdict(false, 'No credit wallet found', {}, createWallet));
    expect(await check(api.as(HARBOR_KEY), { customerId: '550e8400-e29b-41d4-a716-446655440100' })).toEqual(
      profile === 'seed'
        ? verdict(false, 'Feature not enabled for this customer', {}, upgrade)
        : verdict(false, 'No credit wallet found', {}, createWallet),
    );
    expect(await check(api, { userId: CHIYO })).toEqual(verdict(false, 'Credits have expired', { balance: 0 }, renew));
  });

  it.each<[string, object, object | undefined, Answer]>([
    ['HARD', { limitType: 'HARD', limitValue: 5 }, undefined, verdict(true, null, { balance: 1281 })],
    [
      'HARD, too dear',
      { limitType: 'HARD', limitValue: 5 },
      { ...TOKENS, estimated_output_tokens: 200_000 },
      verdict(false, 'Insufficient credits', { credits: 2003, usd: 2.0025, balance: 1281 }, purchase),
    ],
    [
      'SOFT, too dear',
      { limitType: 'SOFT', limitValue: 5 },
      { ...TOKENS, estimated_output_tokens: 200_000 },
      verdict(true, 'Low credits - consider purchasing more', { credits: 2003, usd: 2.0025, balance: 1281 }, purchase),
    ],
    [
      'HARD without a value, too dear',
      { limitType: 'HARD' },
      { ...TOKENS, estimated_output_tokens: 200_000 },
      verdict(true, null, { credits: 2003, usd: 2.0025, balance: 1281 }),
    ],
    [
      'an unknown model',
      { limitType: 'SOFT', limitValue: 5 },
      { ...TOKENS, model: 'gpt-4' },
      verdict(true, null, { balance: 1281 }),
    ],
    [
      'estimates in camel case',
      { limitType: 'SOFT', limitValue: 5 },
      { type: 'token_usage', provider: 'OPENAI', model: 'gpt-4o', estimatedInputTokens: 1e9 },
      verdict(true, null, { balance: 1281 }),
    ],
    [
      'a type that has no price, of a provider that nobody knows',
      { limitType: 'SOFT', limitValue: 5 },
      { type: 'api_call', provider: 'openai', model: 'gpt-4o' },
      verdict(true, null, { balance: 1281 }),
    ],
  ])('has rules: %s', async (_, entitlement, action, expected) => {
    const api = await startProfile(profile);
    await create(api, entitlement);
    const asked = { userId: BENOIT, featureId: 'chat', action: action ?? { type: 'custom' } };
    expect(await check(api, asked)).toEqual(expected);
  });

  it('needs no credits for what costs nothing, and more than a debt', async () => {
    const api = await startProfile(profile);
    await create(api, { limitType: 'HARD', limitValue: 100 });
    const own = { userId: BENOIT, featureId: 'chat', action: { type: 'api_call' } };
    await api.call('post', '/v1/credits/grant', { customerId: LANTERN, userId: BENOIT, amount: 9 });
    await use(api, toEvent(1, 129, { user_id: BENOIT }));
    expect(await check(api, own)).toEqual(verdict(true, null, { balance: 0 }));
    await use(api, toEvent(2, 1, { user_id: BENOIT }));
    expect(await check(api, own)).toEqual(verdict(false, 'Insufficient credits', { balance: -10 }, purchase));
  });

  it('checks credits without a limit only in profile head', async () => {
    const api = await startProfile(profile);
    await create(api, { limitType: 'NONE' });
    const action = { ...TOKENS, estimated_output_tokens: 200_000 };
    const costs = { credits: 2003, usd: 2.0025, balance: 1281 };
    expect(await check(api, { userId: BENOIT, featureId: 'chat', action })).toEqual(
      profile === 'seed' ? verdict(true, null, costs) : verdict(false, 'Insufficient credits', costs, purchase),
    );
  });

  it("uses the oldest entitlement of a feature, even if it is another user's", async () => {
    const api = await startProfile(profile);
    await create(api, { limitType: 'HARD', limitValue: 5, userId: ADA });
    await create(api, { limitType: 'NONE' });
    const action = { ...TOKENS, estimated_output_tokens: 200_000 };
    expect(await check(api, { userId: BENOIT, featureId: 'chat', action })).toMatchObject({ body: { allowed: false } });
  });

  it('fails for an unknown provider', async () => {
    const api = await startProfile(profile);
    const broken = refusal(500, 'Failed to check entitlement');
    expect(await check(api, { action: { ...TOKENS, provider: 'openai' } })).toEqual(broken);
    expect(await check(api, { action: { ...TOKENS, provider: 'RUNWAY' } })).toEqual(
      profile === 'seed' ? broken : verdict(true, null, { balance: 5500 }),
    );
    expect(await check(api, { action: { ...TOKENS, provider: 'openai', model: '' } })).toEqual(
      verdict(true, null, { balance: 5500 }),
    );
  });

  it('refuses a wrong body, then a missing key, then another customer', async () => {
    const api = await startProfile(profile);
    const wrong = { customerId: LANTERN, userId: ADA, featureId: 'x', action: {} };
    const expected = invalid(
      profile === 'seed'
        ? "body/action must have required property 'type'"
        : 'body/action/type Invalid option: expected one of ' +
            '"token_usage"|"image_generation"|"video_generation"|"api_call"|"custom"',
    );
    expect(await api.as(undefined).call('post', CHECK, wrong)).toEqual(expected);
    expect(await check(api.as(undefined))).toEqual(noKey);
    expect(await check(api, { customerId: NOBODY })).toEqual(
      profile === 'seed' ? foreign : verdict(true, null, { credits: 8, usd: 0.0075, balance: 5500 }),
    );
  });
});

describe('a check in profile head', () => {
  it('counts what was used in the period, and by the user of the entitlement', async () => {
    const api = await startProfile('head');
    await create(api, { limitType: 'HARD', limitValue: 2, period: 'DAILY' });
    await create(api, { featureId: 'search', limitType: 'SOFT', limitValue: 1, period: 'MONTHLY', userId: ADA });
    const chat = { feature_id: 'chat', user_id: ADA };
    const today = '2026-01-01T00:00:00.000Z';
    await use(api, toEvent(1, 1, { ...chat, timestamp: today }), toEvent(2, 1, chat), toEvent(3, 1, chat));
    const ask = (featureId: string, userId = BENOIT): Promise<Answer> =>
      check(api, { userId, featureId, action: { type: 'custom' } });
    expect(await ask('chat')).toEqual(verdict(true, null, { balance: 1281 }));
    await use(api, toEvent(4, 1, { ...chat, user_id: BENOIT, timestamp: '2026-01-01T12:00:00.000Z' }));
    expect(await ask('chat')).toEqual(verdict(false, 'Usage limit of 2 reached', { balance: 1271 }, increase));

    const search = { feature_id: 'search', timestamp: today };
    await use(api, toEvent(5, 1, { ...search, user_id: BENOIT }));
    expect(await ask('search')).toEqual(verdict(true, null, { balance: 1261 }));
    await use(api, toEvent(6, 1, { ...search, user_id: ADA }));
    expect(await ask('search')).toEqual(verdict(true, 'Usage limit of 1 reached (soft limit)', { balance: 1261 }));
    expect(
      await check(api, {
        userId: BENOIT,
        featureId: 'search',
        action: { ...TOKENS, estimated_output_tokens: 200_000 },
      }),
    ).toEqual(
      verdict(true, 'Usage limit of 1 reached (soft limit)', { credits: 2003, usd: 2.0025, balance: 1261 }, purchase),
    );
    expect(await api.call('get', ENTITLEMENTS)).toMatchObject({
      body: { data: [{ currentUsage: 0 }, { currentUsage: 0 }, { currentUsage: 2 }, { currentUsage: 1 }] },
    });
  });

  it('refuses always with a hard limit of 0', async () => {
    const api = await startProfile('head');
    await create(api, { limitType: 'HARD', limitValue: 0 });
    expect(await check(api, { featureId: 'chat' })).toMatchObject({
      body: { allowed: false, reason: 'Usage limit of 0 reached', actions: [increase] },
    });
  });

  it('knows the cost of images and videos that were set', async () => {
    const api = await startProfile('head');
    const image = { type: 'image_generation', provider: 'OPENAI', model: 'dall-e-3', estimated_count: 3 };
    const video = { type: 'video_generation', provider: 'RUNWAY', model: 'gen-4', estimated_duration_seconds: 0 };
    expect(await check(api, { action: image })).toEqual(verdict(true, null, { balance: 5500 }));
    for (const [provider, model, costType, costPerUnit] of [
      ['OPENAI', 'dall-e-3', 'IMAGE', 0.04],
      ['RUNWAY', 'gen-4', 'VIDEO', '0.12'],
    ]) {
      await api.control('post', '/controls/openmonetize/setUnitPrice', { provider, model, costType, costPerUnit });
    }
    expect(await check(api, { action: image })).toEqual(
      verdict(true, null, { credits: 120, usd: 0.12, balance: 5500 }),
    );
    expect(await check(api, { action: video })).toEqual(
      verdict(true, null, { credits: 120, usd: 0.12, balance: 5500 }),
    );
  });
});
