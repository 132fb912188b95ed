import { describe, expect, it } from 'vitest';

import { START } from '../../support/emulator.ts';
import { LUMEN, RIDGE_KEY, invalidKey, refusal, startInveterate, toFixtures, type Method } from './api.ts';

const SUBSCRIPTIONS = '/v2.0/admin/webhook-subscriptions';
const TOPIC = 'customer.credits.updated';
const NEW = { topic: TOPIC, callbackUrl: 'http://127.0.0.1:9100/hook', name: 'ledger sync' };
const anyId = expect.stringMatching(/^[0-9a-f]{32}$/) as string;

/** That of the seed. */
const SEEDED = {
  merchantId: LUMEN,
  id: '5f0c9a417be24d1393d8e6f2a7b05c1d',
  topic: 'customer.payment_failed',
  callbackUrl: 'http://127.0.0.1:9100/hook',
  name: 'dunning',
  createdAt: '2025-11-20T10:00:00.000Z',
  updatedAt: '2025-11-20T10:00:00.000Z',
};
const made = { merchantId: LUMEN, id: anyId, ...NEW, createdAt: START, updatedAt: START };

function found(...subscriptions: readonly object[]): object {
  return { status: 200, body: { message: 'Webhook subscriptions found', data: { subscriptions } } };
}

const notFound = refusal('Webhook subscription not found');

describe('the subscriptions of a merchant', () => {
  it('are made, listed, changed and ended by topic and id', async () => {
    const api = await startInveterate();
    expect(await api.call('get', SUBSCRIPTIONS)).toEqual(found(SEEDED));
    const answer = await api.call('post', SUBSCRIPTIONS, NEW);
    expect(answer).toEqual({ status: 201, body: { message: 'Webhook subscription created', data: made } });
    const { id } = (answer.body as { readonly data: { readonly id: string } }).data;
    expect(await api.call('get', SUBSCRIPTIONS)).toEqual(found(SEEDED, { ...made, id }));
    await api.advance('PT5S');
    const updatedAt = '2026-01-01T00:00:05.000Z';
    const changed = { ...made, id, name: 'other', updatedAt };
    expect(await api.call('put', SUBSCRIPTIONS, { topic: TOPIC, id, name: 'other' })).toEqual({
      status: 200,
      body: { message: 'Webhook subscription updated', data: changed },
    });
    const moved = { ...changed, callbackUrl: 'https://127.0.0.1/x' };
    expect(await api.call('put', SUBSCRIPTIONS, { topic: TOPIC, id, callbackUrl: moved.callbackUrl })).toEqual({
      status: 200,
      body: { message: 'Webhook subscription updated', data: moved },
    });
    expect(await api.call('delete', SUBSCRIPTIONS, { topic: TOPIC, id })).toEqual({
      status: 200,
      body: { message: 'Webhook subscription deleted', data: {} },
    });
    expect(await api.call('get', SUBSCRIPTIONS)).toEqual(found(SEEDED));
    expect(await api.emulatorLedger()).toEqual([]);
  });

  it('may be several of one topic', async () => {
    const api = await startInveterate();
    const ids = new Set<unknown>();
    for (let count = 0; count < 3; count += 1) {
      const { body } = await api.call('post', SUBSCRIPTIONS, NEW);
      ids.add((body as { readonly data: { readonly id: string } }).data.id);
    }
    expect(ids.size).toBe(3);
  });

  it('are a hundred at most', async () => {
    const subscription = { merchantId: LUMEN, topic: TOPIC, callbackUrl: 'http://127.0.0.1:9/', name: '' };
    const subscriptions = Array.from({ length: 100 }, () => subscription);
    const merchants = [{ merchantId: LUMEN, name: 'Lumen', apiKey: 'inveterate_test_lumen' }];
    const api = await startInveterate({ fixtures: toFixtures({ merchants, subscriptions }) });
    expect(await api.call('post', SUBSCRIPTIONS, NEW)).toEqual(refusal('Too many webhook subscriptions'));
  });

  it('are seen by no other merchant, and changed by none', async () => {
    const ridge = (await startInveterate()).as(RIDGE_KEY);
    const { topic, id } = SEEDED;
    expect(await ridge.call('get', SUBSCRIPTIONS)).toEqual(found());
    expect(await ridge.call('put', SUBSCRIPTIONS, { topic, id, name: 'x' })).toEqual(notFound);
    expect(await ridge.call('delete', SUBSCRIPTIONS, { topic, id })).toEqual(notFound);
  });

  it('come back with the state, with token and order', async () => {
    const api = await startInveterate({ set: ['inveterate.webhookToken=true'] });
    await api.call('post', SUBSCRIPTIONS, NEW);
    const { subscriptions } = (await api.state()) as unknown as { readonly subscriptions: readonly object[] };
    expect(subscriptions).toEqual([
      { ...SEEDED, token: null },
      { ...made, token: anyId },
    ]);
    const state = (await api.emulator('get', '/state')) as object;
    await api.app.put('/_emulator/state').send(state).expect(204);
    expect(await api.emulator('get', '/state')).toEqual(state);
  });

  it.each<[Method, object, string]>([
    ['post', { ...NEW, topic: undefined }, 'topic is required'],
    ['post', { ...NEW, callbackUrl: undefined }, 'callbackUrl is required'],
    ['post', { ...NEW, name: undefined }, 'name is required'],
    ['post', { ...NEW, topic: 'customer.nothing' }, 'topic must be equal to one of the allowed values'],
    ['post', { ...NEW, name: 5 }, 'name must be string'],
    ['post', { ...NEW, callbackUrl: 'ftp://127.0.0.1/' }, 'callbackUrl must be an http or https URL'],
    ['post', { ...NEW, callbackUrl: '/hook' }, 'callbackUrl must be an http or https URL'],
    ['post', { ...NEW, callbackUrl: 'http://user:secret@127.0.0.1/' }, 'callbackUrl must be an http or https URL'],
    ['put', { topic: TOPIC }, 'id is required'],
    ['put', { id: SEEDED.id }, 'topic is required'],
    ['put', { topic: TOPIC, id: SEEDED.id, name: 'x' }, 'Webhook subscription not found'],
    ['put', { topic: SEEDED.topic, id: 'x', name: 'x' }, 'Webhook subscription not found'],
    ['put', { topic: SEEDED.topic, id: SEEDED.id, callbackUrl: '' }, 'callbackUrl must be an http or https URL'],
    ['delete', {}, 'topic is required'],
    ['delete', { topic: TOPIC, id: SEEDED.id }, 'Webhook subscription not found'],
  ])('are not changed by what is refused: %s %o', async (method, body, message) => {
    const api = await startInveterate();
    const before = await api.everything();
    expect(await api.call(method, SUBSCRIPTIONS, body)).toEqual(refusal(message));
    expect(await api.as(undefined).call(method, SUBSCRIPTIONS, body)).toEqual(invalidKey);
    expect(await api.everything()).toEqual(before);
  });
});
