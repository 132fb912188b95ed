import { describe, expect } from 'vitest';

import { START } from '../../support/emulator.ts';
import {
  LUMEN,
  MERCHANT,
  RIDGE_KEY,
  SUBSCRIPTIONS,
  anyId,
  dataOf,
  it,
  ok,
  refusal,
  startInveterate,
  toFixtures,
  type Method,
} from './api.ts';
import { CREDITS } from './webhook-calls.ts';

const URL = 'http://127.0.0.1:9100/hook';
const NEW = { topic: CREDITS, callbackUrl: URL, name: 'ledger sync' };
const SEEDED = {
  ...{ merchantId: LUMEN, id: '5f0c9a417be24d1393d8e6f2a7b05c1d', topic: 'customer.payment_failed' },
  ...{ callbackUrl: URL, name: 'dunning' },
  ...{ createdAt: '2025-11-20T10:00:00.000Z', updatedAt: '2025-11-20T10:00:00.000Z' },
};
const { topic, id: seededId } = SEEDED;
const made = { merchantId: LUMEN, id: anyId, ...NEW, createdAt: START, updatedAt: START };

const found = (...subscriptions: readonly object[]): object => ok('Webhook subscriptions found', { subscriptions });
const notFound = refusal('Webhook subscription not found');
const wrongUrl = refusal('callbackUrl must be an http or https URL');

describe('the subscriptions of a merchant', () => {
  it('are created, listed, changed and deleted by topic and id', async ({ api }) => {
    const answer = await api.call('post', SUBSCRIPTIONS, NEW);
    expect(answer).toEqual({ status: 201, body: { message: 'Webhook subscription created', data: made } });
    const { id } = dataOf(answer) as { readonly id: string };
    expect(await api.call('get', SUBSCRIPTIONS)).toEqual(found(SEEDED, { ...made, id }));
    await api.advance('PT5S');
    const changed = { ...made, id, name: 'other', updatedAt: '2026-01-01T00:00:05.000Z' };
    const moved = { ...changed, callbackUrl: 'https://127.0.0.1/x' };
    expect(await api.call('put', SUBSCRIPTIONS, { topic: CREDITS, id, name: 'other' })).toEqual(
      ok('Webhook subscription updated', changed),
    );
    expect(await api.call('put', SUBSCRIPTIONS, { topic: CREDITS, id, callbackUrl: moved.callbackUrl })).toEqual(
      ok('Webhook subscription updated', moved),
    );
    expect(await api.call('delete', SUBSCRIPTIONS, { topic: CREDITS, id })).toEqual(
      ok('Webhook subscription deleted', {}),
    );
    expect(await api.call('get', SUBSCRIPTIONS)).toEqual(found(SEEDED));
    await api.refuses(notFound, () => api.call('delete', SUBSCRIPTIONS, { topic: CREDITS, id }));
  });

  it('may have the same topic, up to a hundred', async () => {
    const subscription = { merchantId: LUMEN, topic: CREDITS, callbackUrl: URL, name: '' };
    const subscriptions = Array.from({ length: 98 }, () => subscription);
    const api = await startInveterate({ fixtures: toFixtures({ merchants: [MERCHANT], subscriptions }) });
    const ids = [await api.subscribe(CREDITS, URL), await api.subscribe(CREDITS, URL)];
    expect(new Set(ids).size).toBe(2);
    await api.refuses(refusal('Too many webhook subscriptions'), () => api.call('post', SUBSCRIPTIONS, NEW));
  });

  it('are neither shown to another merchant nor changed by it', async () => {
    const ridge = (await startInveterate()).as(RIDGE_KEY);
    expect(await ridge.call('get', SUBSCRIPTIONS)).toEqual(found());
    await ridge.refuses(
      notFound,
      () => ridge.call('put', SUBSCRIPTIONS, { topic, id: seededId, name: 'x' }),
      () => ridge.call('delete', SUBSCRIPTIONS, { topic, id: seededId }),
    );
  });

  it('come back with the state, with token and order', async () => {
    const api = await startInveterate({ set: ['inveterate.webhookToken=true'] });
    await api.call('post', SUBSCRIPTIONS, NEW);
    const { subscriptions } = await (await api.copy()).state();
    expect(subscriptions).toEqual([
      { ...SEEDED, token: null },
      { ...made, token: anyId },
    ]);
  });

  it.each<[Method, object, object]>([
    ['post', { ...NEW, topic: undefined }, refusal('topic is required')],
    ['post', { ...NEW, callbackUrl: undefined }, refusal('callbackUrl is required')],
    ['post', { ...NEW, name: undefined }, refusal('name is required')],
    ['post', { ...NEW, topic: 'x' }, refusal('topic must be equal to one of the allowed values')],
    ['post', { ...NEW, name: 5 }, refusal('name must be string')],
    ['post', { ...NEW, callbackUrl: 'ftp://127.0.0.1/' }, wrongUrl],
    ['post', { ...NEW, callbackUrl: '/hook' }, wrongUrl],
    ['post', { ...NEW, callbackUrl: 'http://user:secret@127.0.0.1/' }, wrongUrl],
    ['put', { topic }, refusal('id is required')],
    ['put', { id: seededId }, refusal('topic is required')],
    ['put', { topic: CREDITS, id: seededId, name: 'x' }, notFound],
    ['put', { topic, id: 'x', name: 'x' }, notFound],
    ['put', { topic, id: seededId, callbackUrl: '' }, wrongUrl],
    ['delete', {}, refusal('topic is required')],
    ['delete', { topic: CREDITS, id: seededId }, notFound],
  ])('are not changed by a refused request: %s %j', async (method, body, answer) => {
    await (await startInveterate()).refuses(answer, (api) => api.call(method, SUBSCRIPTIONS, body));
  });
});
