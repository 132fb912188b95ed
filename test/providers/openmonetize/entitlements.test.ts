import { describe, expect, it } from 'vitest';

import {
  FINN,
  HARBOR_KEY,
  LANTERN,
  NOBODY,
  UUID,
  foreign,
  invalid,
  ok,
  refusal,
  rejection,
  type Answer,
  type OpenMonetizeApi,
} from './api.ts';
import { PROFILES, startProfile, type Profile } from './event-api.ts';

const ENTITLEMENTS = '/v1/entitlements';
const IMAGES = 'aa0e8400-e29b-41d4-a716-446655440002';
const TEXTS = 'aa0e8400-e29b-41d4-a716-446655440001';

async function create(api: OpenMonetizeApi, fields: object): Promise<string> {
  const { status, body } = await api.call('post', ENTITLEMENTS, { customerId: LANTERN, featureId: 'chat', ...fields });
  if (status !== 201) throw new Error(JSON.stringify(body));
  return (body as { readonly data: { readonly id: string } }).data.id;
}

function listPath(profile: Profile): string {
  return profile === 'seed' ? `/v1/customers/${LANTERN}/entitlements` : ENTITLEMENTS;
}

describe.each(PROFILES)('entitlements in profile %s', (profile) => {
  const saved = (status: number, limitType: string, limitValue: number | null, featureId = 'chat'): Answer => ({
    status,
    body: { data: { id: UUID, featureId, limitType, limitValue } },
  });
  const post = (api: OpenMonetizeApi, fields: object): Promise<Answer> =>
    api.call('post', ENTITLEMENTS, { customerId: LANTERN, featureId: 'chat', limitType: 'HARD', ...fields });
  const failed = refusal(500, 'Failed to create entitlement');

  it('are made, changed, listed and removed', async () => {
    const api = await startProfile(profile);
    const id = await create(api, { limitType: 'HARD', limitValue: 100, period: 'MONTHLY', metadata: { plan: 'pro' } });
    expect(await api.call('put', `${ENTITLEMENTS}/${id}`, { limitValue: 200, limitType: 'SOFT' })).toEqual({
      status: 200,
      body: { data: { id, featureId: 'chat', limitType: 'SOFT', limitValue: 200 } },
    });
    expect(await api.call('put', `${ENTITLEMENTS}/${id}`, {})).toEqual({
      status: 200,
      body: { data: { id, featureId: 'chat', limitType: 'SOFT', limitValue: 200 } },
    });
    expect(await api.call('delete', `${ENTITLEMENTS}/${TEXTS}`)).toEqual({ status: 204, body: undefined });
    const images = { featureId: 'ai-image-generation', limitType: 'HARD', limitValue: 100 };
    const chat = { featureId: 'chat', limitType: 'SOFT', limitValue: 200 };
    const more = { userId: null, period: 'MONTHLY', currentUsage: 0 };
    expect(await api.call('get', listPath(profile))).toEqual(
      ok({
        data:
          profile === 'seed'
            ? [images, chat]
            : [
                { id: IMAGES, ...images, ...more, metadata: null },
                { id, ...chat, ...more, metadata: { plan: 'pro' } },
              ],
      }),
    );
  });

  it('show a limit of 0 as none, but for the list of profile seed', async () => {
    const api = await startProfile(profile);
    expect(await post(api, { limitValue: 0 })).toEqual(saved(201, 'HARD', null));
    const { body } = await api.call('get', listPath(profile));
    const { data } = body as { readonly data: readonly { readonly limitValue: number | null }[] };
    expect(data.at(-1)?.limitValue).toBe(profile === 'seed' ? 0 : null);
  });

  it.each<[object, Answer]>([
    [{ limitValue: null }, profile === 'seed' ? failed : saved(201, 'HARD', null)],
    [
      { limitValue: '' },
      profile === 'seed' ? failed : invalid('body/limitValue Invalid input: expected number, received string'),
    ],
    [{ limitValue: 1.5 }, failed],
    [{ limitValue: 1e19 }, failed],
    [{ userId: NOBODY }, failed],
    [{ userId: FINN }, saved(201, 'HARD', null)],
    [
      { userId: '' },
      invalid(
        profile === 'seed'
          ? 'body/userId must match format "uuid"'
          : 'body/userId Too small: expected string to have >=1 characters',
      ),
    ],
    [
      { period: null },
      profile === 'seed' ? invalid('body/period must be equal to one of the allowed values') : saved(201, 'HARD', null),
    ],
    [
      { limitType: 'SOME' },
      invalid(
        profile === 'seed'
          ? 'body/limitType must be equal to one of the allowed values'
          : 'body/limitType Invalid option: expected one of "HARD"|"SOFT"|"NONE"',
      ),
    ],
    [
      { limitType: undefined },
      invalid(
        profile === 'seed'
          ? "body must have required property 'limitType'"
          : 'body/limitType Invalid option: expected one of "HARD"|"SOFT"|"NONE"',
      ),
    ],
    [{ customerId: NOBODY }, profile === 'seed' ? foreign : saved(201, 'HARD', null)],
  ])('of %j are answered so', async (fields, expected) => {
    expect(await post(await startProfile(profile), fields)).toEqual(expected);
  });

  it('lose a limit by null, and never their period', async () => {
    const api = await startProfile(profile);
    expect(await api.call('put', `${ENTITLEMENTS}/${IMAGES}`, { limitValue: null })).toEqual(
      saved(200, 'HARD', null, 'ai-image-generation'),
    );
    expect(await api.call('put', `${ENTITLEMENTS}/${IMAGES}`, { limitValue: 1.5 })).toEqual(
      refusal(500, 'Failed to update entitlement'),
    );
    expect(await api.call('put', `${ENTITLEMENTS}/${IMAGES}`, { period: null })).toEqual(
      profile === 'seed'
        ? invalid('body/period must be equal to one of the allowed values')
        : saved(200, 'HARD', null, 'ai-image-generation'),
    );
    expect((await api.control('get', '/state')) as object).toMatchObject({
      openmonetize: { entitlements: [{}, { limitValue: null, period: 'MONTHLY' }] },
    });
  });

  it("are refused if they are unknown, then if they are another customer's, and have a UUID", async () => {
    const api = await startProfile(profile);
    const wrong = invalid(profile === 'seed' ? 'params/id must match format "uuid"' : 'params/id Invalid UUID');
    for (const [method, body] of [
      ['put', {}],
      ['delete', undefined],
    ] as const) {
      expect(await api.call(method, `${ENTITLEMENTS}/${NOBODY}`, body)).toEqual(refusal(404, 'Entitlement not found'));
      expect(await api.as(HARBOR_KEY).call(method, `${ENTITLEMENTS}/${IMAGES}`, body)).toEqual(
        refusal(403, 'Access denied to this entitlement'),
      );
      expect(await api.call(method, `${ENTITLEMENTS}/chat`, body)).toEqual(wrong);
    }
  });

  it('cannot be deleted with a JSON content type and no body', async () => {
    const api = await startProfile(profile);
    expect(await api.send('delete', `${ENTITLEMENTS}/${IMAGES}`, '')).toEqual(
      rejection(
        400,
        'FST_ERR_CTP_EMPTY_JSON_BODY',
        "Body cannot be empty when content-type is set to 'application/json'",
      ),
    );
  });
});

it('lists the entitlements of no other customer in profile seed', async () => {
  const api = await startProfile('seed');
  expect(await api.call('get', `/v1/customers/${NOBODY}/entitlements`)).toEqual(foreign);
  expect(await api.call('get', '/v1/customers/chat/entitlements')).toEqual(
    invalid('params/customerId must match format "uuid"'),
  );
});
