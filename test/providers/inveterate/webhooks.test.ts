import { describe, expect } from 'vitest';

import { START } from '../../support/emulator.ts';
import { Receiver } from '../../support/receiver.ts';
import {
  ADA,
  CHIYO,
  CODE,
  DMITRI,
  FINN,
  FREE_TIER,
  GOLD_TIER,
  LUMEN,
  MEMBER,
  MEMBERS,
  NOBODY,
  RIDGE_KEY,
  SUBSCRIPTIONS,
  anyId,
  dataOf,
  it,
  startInveterate,
  submitted,
} from './api.ts';
import { addAll, CREDITS, deliver, list, startWith } from './webhook-calls.ts';

const toMetadata = (topic: string, other: object = {}): object => ({
  ...{ retryCount: 0, shopDomain: 'lumen-tea.myshopify.com', topic, version: '2025-06', triggerredAt: START },
  ...other,
});
/** The payload of a change of Ada's credits by 12.5. */
const toPayload = (other: object = {}): object => ({
  ...{ merchantId: LUMEN, customerId: ADA, email: 'ada@lumen.example', firstName: 'Ada', lastName: 'Okafor' },
  ...{ amount: 12.5, previousBalance: 42.5, newBalance: 55, reason: 'MANUAL', note: 'sorry for the delay' },
  ...{ appliedBy: null, orderId: null, orderTotal: null, isUpsell: false, expirationDate: null },
  ...{ createdAt: START, updatedAt: START, ...other },
});

describe('a subscription to changes of credits', () => {
  it('receives each change in the form of the vendor, without a signature', async () => {
    const { api, receiver } = await startWith(CREDITS);
    expect(await api.add(ADA, { amount: 12.5, note: 'sorry for the delay' })).toEqual(submitted);
    await deliver(api);
    expect(receiver.received).toEqual([
      {
        method: 'POST',
        path: '/hook',
        headers: {
          ...{ host: receiver.url.slice('http://'.length), connection: 'close', 'user-agent': 'credits-emulator' },
          ...{ 'content-type': 'application/json', 'content-length': expect.any(String) as string },
          'x-emulator-webhook': '1',
        },
        body: { payload: toPayload(), metadata: toMetadata(CREDITS) },
      },
    ]);
  });

  it('receives removals, used codes and each of two changes that settle together, but no redemptions', async () => {
    const { api, receiver } = await startWith(CREDITS, ['inveterate.settleAfter=PT5S']);
    await api.control('useCode', { code: CODE, orderId: '5000000000999' });
    await addAll(api, ADA, -2, 1);
    await api.redeem(ADA, { amount: 1 });
    await deliver(api);
    expect(receiver.payloads).toHaveLength(1);
    await api.control('settle');
    await deliver(api);
    expect(receiver.payloads.map(({ amount, reason, orderId }) => [amount, reason, orderId])).toEqual([
      [-10, 'CREDIT_REDEMPTION', '5000000000999'],
      [-2, 'MANUAL', null],
      [1, 'MANUAL', null],
    ]);
  });

  it('receives a change after the effect, not after the 201', async () => {
    const { api, receiver } = await startWith(CREDITS, ['inveterate.settleAfter=PT5S']);
    await api.add(ADA, { amount: 5 });
    await api.advance('PT4.9S');
    expect(receiver.received).toEqual([]);
    await api.advance('PT10S');
    const at = '2026-01-01T00:00:05.000Z';
    const payload = toPayload({ amount: 5, newBalance: 47.5, note: null, createdAt: at, updatedAt: at });
    expect(receiver.received.map(({ body }) => body)).toEqual([
      { payload, metadata: toMetadata(CREDITS, { triggerredAt: at }) },
    ]);
  });

  it('receives neither refused changes nor those of another merchant', async () => {
    const { api, receiver } = await startWith(CREDITS);
    await api.as(RIDGE_KEY).add(FINN, { amount: 1 });
    await addAll(api, ADA, -1000);
    expect([receiver.received, await list(api)]).toEqual([[], []]);
  });

  it('receives its token with each change if the option gives one, and the emulator hides it', async () => {
    const api = await startInveterate({ set: ['inveterate.webhookToken=true'] });
    const receiver = await Receiver.start();
    const made = await api.call('post', SUBSCRIPTIONS, { topic: CREDITS, callbackUrl: receiver.url, name: 'x' });
    const { token } = dataOf(made) as { readonly token: string };
    await addAll(api, ADA, 1);
    expect(token).toEqual(anyId);
    expect(receiver.received.map(({ body }) => Object.entries(body).at(-1))).toEqual([['token', token]]);
    expect((await list(api))[0]?.body).not.toContain(token);
  });

  it('that is deleted still receives earlier changes, but no later ones', async ({ api }) => {
    const receiver = await Receiver.start();
    const id = await api.subscribe(CREDITS, receiver.url);
    receiver.answerWith(500);
    await addAll(api, ADA, 1);
    expect(await api.call('delete', SUBSCRIPTIONS, { topic: CREDITS, id })).toMatchObject({ status: 200 });
    await api.add(ADA, { amount: 2 });
    receiver.answerWith(200);
    await api.advance('PT1H');
    expect(receiver.payloads.map(({ amount }) => amount)).toEqual([1, 1]);
  });
});

describe('a subscription', () => {
  it('to expired credits receives what was lost, and no subscription to changes does', async () => {
    const { api, receiver } = await startWith('customer.credits.expired');
    await api.subscribe(CREDITS, `${receiver.url}/changes`);
    await api.advance('P2D');
    const at = '2026-01-03T00:00:00.000Z';
    expect(receiver.received.map(({ path, body }) => ({ path, ...body }))).toEqual([
      {
        path: '/hook',
        payload: {
          ...{ merchantId: LUMEN, customerId: CHIYO, newBalance: 4, previousBalance: 12, reason: 'EXPIRED' },
          ...{ expiredAt: at, email: 'chiyo@lumen.example', firstName: 'Chiyo', lastName: 'Tanaka', amount: 8 },
        },
        metadata: toMetadata('customer.credits.expired', { id: anyId, triggerredAt: at }),
      },
    ]);
  });

  it('to members receives the whole record before and after any change', async () => {
    const { api, receiver } = await startWith('customer.updated');
    const before = dataOf(await api.member(DMITRI));
    await api.add(DMITRI, { amount: 3 });
    const between = dataOf(await api.member(DMITRI));
    const profile = { firstName: 'Dima', lastName: '', notes: 'x', phoneNumber: '' };
    await api.call('put', `${MEMBERS}/${DMITRI}`, profile);
    await deliver(api);
    expect(receiver.payloads).toEqual([
      { newData: between, oldData: before },
      { newData: dataOf(await api.member(DMITRI)), oldData: between },
    ]);
  });

  it('to new members or to tiers receives both', async () => {
    const { api, receiver } = await startWith('customer.joined.free_tier');
    for (const topic of ['customer.joined.paid_tier', 'customer.changed_tier']) {
      await api.subscribe(topic, receiver.url);
    }
    await api.enrol({ customerId: NOBODY, segmentId: FREE_TIER });
    await api.control('changeTier', { ...MEMBER, segmentId: GOLD_TIER });
    await api.control('changeTier', { ...MEMBER, segmentId: FREE_TIER });
    await deliver(api);
    const about = { ...MEMBER, createdAt: START, updatedAt: START };
    const received = receiver.received.map(({ body }) => [body.metadata['topic'], body.payload] as const);
    expect(received).toHaveLength(3);
    expect(Object.fromEntries(received)).toEqual({
      'customer.joined.free_tier': {
        ...{ ...about, tierId: FREE_TIER },
        detail: { entryType: 'FREE_SIGNUP', previousTierName: null, previousTierId: null, tierName: 'LEAF' },
      },
      'customer.joined.paid_tier': {
        ...{ ...about, tierId: GOLD_TIER },
        detail: { entryType: 'SUBSCRIPTION_PURCHASE', tierName: 'GOLD' },
      },
      'customer.changed_tier': {
        ...{ ...about, tierId: FREE_TIER },
        detail: { previousTierName: 'GOLD', previousTierId: GOLD_TIER, tierName: 'LEAF' },
      },
    });
  });

  it('to cancellations receives the confirmation, and the end of the paid period', async () => {
    const { api, receiver } = await startWith('customer.pending_cancellation');
    await api.subscribe('customer.cancelled', receiver.url);
    await api.cancel(ADA);
    await api.advance('PT90M');
    expect(receiver.received).toEqual([]);
    await api.control('confirmCancellation', { merchantId: LUMEN, customerId: ADA });
    await api.advance('P31D');
    const at = '2026-01-01T01:30:00.000Z';
    const endsAt = '2026-02-01T01:00:00.000Z';
    expect(receiver.payloads).toEqual([
      {
        ...{ merchantId: LUMEN, customerId: ADA },
        detail: {
          ...{ nextSegmentId: null, cancellationSource: 'CUSTOMER', switchToFreeTier: null },
          effectiveCancellationDate: endsAt,
          cancelRequest: {
            ...{ createdAt: START, updatedAt: at, cancelDate: endsAt, nextSegmentId: null },
            ...{ cancellationSource: 'CUSTOMER', merchantId: LUMEN, customerId: ADA, billingTierId: GOLD_TIER },
            ...{ switchToFreeTier: false, contractId: '7300000001', status: 'PENDING_CANCELLATION' },
            cancelToken: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as string,
          },
        },
        ...{ createdAt: at, updatedAt: at },
      },
      {
        ...{ merchantId: LUMEN, customerId: ADA, tierId: GOLD_TIER },
        detail: { cancellationSource: 'CUSTOMER', tierName: 'GOLD' },
        ...{ createdAt: endsAt, updatedAt: endsAt },
      },
    ]);
  });

  it.each(['customer.payment_methods.updated', 'customer.payment_method.changed'])(
    'to a topic without a documented payload receives what a control sends, in either spelling: %s',
    async (topic) => {
      const { api, receiver } = await startWith('customer.payment_methods.updated');
      const payload = { card: '4242', exp: [12, 2030] };
      const announced = await api.control('announce', { merchantId: LUMEN, topic, payload });
      expect(announced).toEqual({ result: null, entries: [] });
      await deliver(api);
      const metadata = toMetadata('customer.payment_methods.updated', { id: anyId });
      expect(receiver.received.map(({ body }) => body)).toEqual([{ payload, metadata }]);
    },
  );
});
