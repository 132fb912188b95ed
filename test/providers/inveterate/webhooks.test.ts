import { describe, expect, it } from 'vitest';

import { START } from '../../support/emulator.ts';
import { Receiver } from '../../support/receiver.ts';
import { ADA, CHIYO, CODE, DMITRI, LUMEN, NOBODY, startInveterate, submitted } from './api.ts';
import { anyId, CREDITS, list, settle, startWith, subscribe, SUBSCRIPTIONS, type Shown } from './webhook-calls.ts';

const toMetadata = (topic: string, other: object = {}): object => ({
  retryCount: 0,
  shopDomain: 'lumen-tea.myshopify.com',
  topic,
  version: '2025-06',
  triggerredAt: START,
  ...other,
});
/** What is told of a change by hand. */
const toPayload = (other: object = {}): object => ({
  ...{ merchantId: LUMEN, customerId: ADA, email: 'ada@lumen.example', firstName: 'Ada', lastName: 'Okafor' },
  ...{ amount: 12.5, previousBalance: 42.5, newBalance: 55, reason: 'MANUAL', note: 'sorry for the delay' },
  ...{ appliedBy: null, orderId: null, orderTotal: null, isUpsell: false, expirationDate: null },
  ...{ createdAt: START, updatedAt: START, ...other },
});

describe('who subscribed to changes of credits', () => {
  it('is sent each, in the form of the vendor, without a signature', async () => {
    const { api, receiver } = await startWith(CREDITS);
    expect(await api.add(ADA, { amount: 12.5, note: 'sorry for the delay' })).toEqual(submitted);
    await settle(api);
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

  it('is told of what was taken, of a used code and of each of two that settle together, and not of a code', async () => {
    const { api, receiver } = await startWith(CREDITS, ['inveterate.settleAfter=PT5S']);
    await api.control('useCode', { code: CODE, orderId: '5000000000999' });
    await settle(api);
    await api.add(ADA, { amount: -2 });
    await api.add(ADA, { amount: 1 });
    await api.redeem(ADA, { amount: 1 });
    await settle(api);
    expect(receiver.payloads).toHaveLength(1);
    await api.control('settle');
    await settle(api);
    expect(receiver.payloads.map(({ amount, reason, orderId }) => [amount, reason, orderId])).toEqual([
      [-10, 'CREDIT_REDEMPTION', '5000000000999'],
      [-2, 'MANUAL', null],
      [1, 'MANUAL', null],
    ]);
  });

  it('is told after the effect, and not at the 201', async () => {
    const { api, receiver } = await startWith(CREDITS, ['inveterate.settleAfter=PT5S']);
    await api.add(ADA, { amount: 5 });
    await api.advance('PT4.9S');
    expect(receiver.received).toEqual([]);
    await api.advance('PT10S');
    const at = '2026-01-01T00:00:05.000Z';
    expect(receiver.received.map(({ body }) => body)).toEqual([
      {
        payload: toPayload({ amount: 5, newBalance: 47.5, note: null, createdAt: at, updatedAt: at }),
        metadata: toMetadata(CREDITS, { triggerredAt: at }),
      },
    ]);
  });

  it('is told of nothing that was refused, and of no other merchant', async () => {
    const { api, receiver } = await startWith(CREDITS);
    await api.add(ADA, { amount: -1000 });
    await api.as('inveterate_test_ridge').add('7200000000001', { amount: 1 });
    await settle(api);
    expect([receiver.received, await list(api)]).toEqual([[], []]);
  });

  it('gets a token back in each, where the option gives one', async () => {
    const api = await startInveterate({ set: ['inveterate.webhookToken=true'] });
    const receiver = await Receiver.start();
    const made = await api.call('post', SUBSCRIPTIONS, { topic: CREDITS, callbackUrl: receiver.url, name: 'x' });
    const { token } = (made.body as { readonly data: { readonly token: string } }).data;
    await api.add(ADA, { amount: 1 });
    await settle(api);
    expect(token).toEqual(anyId);
    expect(receiver.received.map(({ body }) => Object.entries(body).at(-1))).toEqual([['token', token]]);
    const [shown] = (await list(api)) as readonly (Shown & { readonly body: string })[];
    expect(shown?.body).not.toContain(token);
  });
});

describe('who subscribed', () => {
  it('to credits that expire is told what was lost, and nobody of a change beside it', async () => {
    const { api, receiver } = await startWith('customer.credits.expired');
    await subscribe(api, CREDITS, `${receiver.url}/changes`);
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

  it('to members is told the whole record before and after, whatever of it has changed', async () => {
    const { api, receiver } = await startWith('customer.updated');
    const toData = async (): Promise<unknown> => ((await api.member(DMITRI)).body as { readonly data: unknown }).data;
    const before = await toData();
    await api.add(DMITRI, { amount: 3 });
    const between = await toData();
    const profile = { firstName: 'Dima', lastName: '', notes: 'x', phoneNumber: '' };
    await api.call('put', `/v2.0/admin/members/${DMITRI}`, profile);
    await settle(api);
    expect(receiver.payloads).toEqual([
      { newData: between, oldData: before },
      { newData: await toData(), oldData: between },
    ]);
  });

  it('to who joins and to tiers is told of both', async () => {
    const { api, receiver } = await startWith('customer.joined.free_tier');
    await subscribe(api, 'customer.joined.paid_tier', receiver.url);
    await subscribe(api, 'customer.changed_tier', receiver.url);
    await api.enrol({ customerId: NOBODY, segmentId: '9b2f60d4' });
    await api.control('changeTier', { merchantId: LUMEN, customerId: NOBODY, segmentId: '3a636361' });
    await api.control('changeTier', { merchantId: LUMEN, customerId: NOBODY, segmentId: '9b2f60d4' });
    await settle(api);
    const told = [...receiver.received].sort((one, other) => seqOf(one) - seqOf(other));
    const about = { merchantId: LUMEN, customerId: NOBODY, createdAt: START, updatedAt: START };
    expect(told.map(({ body }) => [body.metadata['topic'], body.payload])).toEqual([
      [
        'customer.joined.free_tier',
        {
          ...{ ...about, tierId: '9b2f60d4' },
          detail: { entryType: 'FREE_SIGNUP', previousTierName: null, previousTierId: null, tierName: 'LEAF' },
        },
      ],
      [
        'customer.joined.paid_tier',
        { ...about, tierId: '3a636361', detail: { entryType: 'SUBSCRIPTION_PURCHASE', tierName: 'GOLD' } },
      ],
      [
        'customer.changed_tier',
        {
          ...{ ...about, tierId: '9b2f60d4' },
          detail: { previousTierName: 'GOLD', previousTierId: '3a636361', tierName: 'LEAF' },
        },
      ],
    ]);
  });

  it('to cancellations is told when one is confirmed, and when the paid period is over', async () => {
    const { api, receiver } = await startWith('customer.pending_cancellation');
    await subscribe(api, 'customer.cancelled', receiver.url);
    await api.call('post', `/v2.0/storefront/members/${ADA}/cancellation`);
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
            ...{ cancellationSource: 'CUSTOMER', merchantId: LUMEN, customerId: ADA, billingTierId: '3a636361' },
            ...{ switchToFreeTier: false, contractId: '7300000001', status: 'PENDING_CANCELLATION' },
            cancelToken: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as string,
          },
        },
        ...{ createdAt: at, updatedAt: at },
      },
      {
        ...{ merchantId: LUMEN, customerId: ADA, tierId: '3a636361' },
        detail: { cancellationSource: 'CUSTOMER', tierName: 'GOLD' },
        ...{ createdAt: endsAt, updatedAt: endsAt },
      },
    ]);
  });

  it.each(['customer.payment_methods.updated', 'customer.payment_method.changed'])(
    'to a topic whose payload nobody knows gets what a control says, in either spelling: %s',
    async (topic) => {
      const { api, receiver } = await startWith('customer.payment_methods.updated');
      const payload = { card: '4242', exp: [12, 2030] };
      expect(await api.control('announce', { merchantId: LUMEN, topic, payload })).toEqual({
        result: null,
        entries: [],
      });
      await settle(api);
      expect(receiver.received.map(({ body }) => body)).toEqual([
        { payload, metadata: toMetadata('customer.payment_methods.updated', { id: anyId }) },
      ]);
    },
  );

  it('and does so no more is sent what had happened, and nothing later', async () => {
    const api = await startInveterate();
    const receiver = await Receiver.start();
    const id = await subscribe(api, CREDITS, receiver.url);
    receiver.answerWith(500);
    await api.add(ADA, { amount: 1 });
    await settle(api);
    expect(await api.call('delete', SUBSCRIPTIONS, { topic: CREDITS, id })).toMatchObject({ status: 200 });
    await api.add(ADA, { amount: 2 });
    receiver.answerWith(200);
    await api.advance('PT1H');
    expect(receiver.payloads.map(({ amount }) => amount)).toEqual([1, 1]);
  });
});

function seqOf({ headers }: Receiver['received'][number]): number {
  return Number(headers['x-emulator-webhook']);
}
