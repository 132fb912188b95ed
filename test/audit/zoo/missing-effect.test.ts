import { describe, expect, it } from 'vitest';

import { Receiver } from '../../support/receiver.ts';
import { EVENTS, inveterate, openmonetize, type Ask } from './cast.ts';
import { advance, arm, as, by, skip, spoil, Stage, type Script, type Step } from './stage.ts';

const stage = new Stage({ set: ['inveterate.settleAfter=P3D'] });
const FOUND = ['missing-effect certain info 1'];

describe('missing-effect at openmonetize', () => {
  const event = (fields: object = {}): Ask => EVENTS.ingest(EVENTS.item(1, fields));
  /** OpenMonetize drops events of this type. */
  const dropped = event({ event_type: 'FEATURE_ACCESS' });
  const read = openmonetize.read();
  const shop = (...steps: readonly Step[]): Script => by('openmonetize', ...steps);
  /** Another client shows that the emulator goes on for a while. */
  const stay = (milliseconds = 11_000): Script => as('other', 'openmonetize', read, skip(milliseconds), read);
  /** An event that is accepted. @param then what happens after it is due */
  const ingest = (ask: Ask, ...then: readonly Step[]): Script =>
    shop(
      async (scene) => {
        expect(await scene.actor('openmonetize').send(ask)).toMatchObject({ status: 202 });
      },
      advance('PT1M'),
      ...then,
    );
  const lost = arm({
    ...{ provider: 'openmonetize', operation: 'ingestEvents', phase: 'after', times: 1 },
    effect: { connection: 'reset' },
  });

  it('reports a scheduled effect that failed if no read showed it to the client after it was due', async () => {
    await stage.finds(FOUND, {
      'nobody looked': ingest(dropped, stay()),
      'a read before it was due': shop(dropped, read, advance('PT1M'), stay()),
      'a read that failed': ingest(dropped, spoil('openmonetize', { status: 503 }), read, stay()),
      'a read of something else': ingest(dropped, { ...read, path: '/v1/rating/pricing' }, stay()),
    });
  });

  it('leaves alone effects that came or were refused, and clients that looked or may still look', async () => {
    const first = event({ idempotency_key: 'a' });
    const again = event({ idempotency_key: 'a', event_id: '3f6d2b54-7a1e-4f0c-9b1d-5a2c8e7f0002' });
    const free = EVENTS.item(1);
    await stage.finds([], {
      'an event that took effect': ingest(event(), stay()),
      'a client that reads the state': ingest(dropped, read, stay()),
      'a record that ends at once': ingest(dropped),
      'a record that ends nine seconds later': ingest(dropped, stay(9000)),
      'a repeat of an event that took effect': ingest(first, again, advance('PT1M'), stay()),
      'a refused event': shop(EVENTS.ingest({ ...free, event_type: 'NOTHING' }), advance('PT1M'), stay()),
      'an event that costs nothing': shop(EVENTS.ingest(free), advance('PT1M'), stay()),
      'a lost response': shop(lost, dropped, advance('PT1M'), stay()),
      'a repeat after the first took effect': shop(lost, first, first, advance('PT1M'), read, stay()),
    });
  });
});

/** A member whose credits expire before a withdrawal settles. */
const CHIYO = '6100000000003';

describe('missing-effect at inveterate', () => {
  const { headers = {} } = inveterate.read();
  const look = (id: string): Ask => ({ ...inveterate.read(), path: `/v2.0/admin/members/${id}/credits` });
  const other = (...steps: readonly Step[]): Script => as('other', 'inveterate', ...steps);
  const later = advance('P4D');
  /** A request that is accepted, and what happens then, until a while after it is due. */
  const take = (ask: Ask, ...then: readonly Step[]): Script =>
    by(
      'inveterate',
      async (scene) => {
        expect(await scene.actor('inveterate').send(ask)).toMatchObject({ status: 201 });
      },
      ...then,
      other(inveterate.read(), skip(11_000), inveterate.read()),
    );
  const withdraw = (...then: readonly Step[]): Script => take(inveterate.add(-9, CHIYO), ...then);
  const redeem: Ask = {
    ...{ method: 'POST', headers, body: { amount: 9 } },
    path: `/v2.0/storefront/members/${CHIYO}/credits/redemption`,
  };
  /** Sends a webhook about a change of a member. */
  const notify =
    (id: string, status: number): Script =>
    async (scene) => {
      const receiver = await Receiver.start();
      receiver.answerWith(status);
      const body = { topic: 'customer.updated', callbackUrl: receiver.url, name: 'told' };
      await other({ method: 'POST', path: '/v2.0/admin/webhook-subscriptions', headers, body })(scene);
      const update = { ...inveterate.write(), path: `/v2.0/admin/members/${id}` };
      expect(await scene.actor('inveterate', 'other').send(update)).toMatchObject({ status: 200 });
      await expect.poll(async () => (await scene.sandbox.webhooks.list()).webhooks[0]?.tries).toHaveLength(1);
    };

  it('reports credits that were gone when they were due, unless the client was told', async () => {
    await stage.finds(FOUND, {
      'a withdrawal': withdraw(later),
      'a redemption': take(redeem, later),
      'a read of another member': withdraw(later, inveterate.readOther()),
      'a webhook that was refused': withdraw(later, notify(CHIYO, 500)),
      'a webhook about another member': withdraw(later, notify('6100000000002', 200)),
      'a webhook before it was due': withdraw(notify(CHIYO, 200), later),
    });
    await stage.finds([], {
      'a withdrawal that is covered': take(inveterate.add(-2, CHIYO), later),
      'a read': withdraw(later, look(CHIYO)),
      'a list of all members': withdraw(later, { ...look(CHIYO), path: '/v2.0/admin/members' }),
      'a webhook after it was due': withdraw(later, notify(CHIYO, 200)),
    });
  });
});
