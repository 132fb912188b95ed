import { setTimeout } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { Receiver } from '../../support/receiver.ts';
import { decentraland, EVENTS, inveterate, klaim, openmonetize, PARTS, type Ask, type Part } from './cast.ts';
import { SETTINGS } from './settings.ts';
import { arm, as, by, keyed, lose, refuse, skip, slowDown, spoil, Stage, times, withHeaders } from './stage.ts';
import type { Script, Step } from './stage.ts';

/** Providers whose responses have some thousand bytes; those of others have a hundred. */
const LONG: ReadonlySet<string> = new Set(['decentraland', 'inveterate']);
const stage = new Stage();

describe('no-key', () => {
  const FOUND = ['no-key likely warning 2'];
  const grant = openmonetize.add(100);
  const shop = (...steps: readonly Step[]): Script => by('openmonetize', ...steps);
  /** A write that is lost and then sent again. */
  const again = (...steps: readonly Step[]): Script => shop(refuse(openmonetize), ...steps);

  it('reports a lost write that is sent again without the same key', async () => {
    await stage.finds(FOUND, {
      'without a key': again(grant, grant),
      'with another key': again(keyed(grant, 'attempt-1'), keyed(grant, 'attempt-2')),
      'with an empty key': again(keyed(grant, 'attempt-1'), keyed(grant, '')),
      'a key in a header that the contract does not have': again(
        ...times(2, withHeaders(grant, { 'Idempotency-Key': 'order-1' })),
      ),
      'a new write after two attempts': again(grant, grant, grant),
    });
    await stage.finds(['no-key likely warning 3'], {
      'all attempts within a minute as one finding': again(grant, refuse(openmonetize), grant, grant),
    });
  });

  it('leaves alone what is no repeat, and operations without a key', async () => {
    const failed = spoil('openmonetize', { status: 503 });
    await stage.finds([], {
      'the same key': again(...times(2, keyed(grant, 'order-1'))),
      'a client that reads the state first': again(grant, openmonetize.read(), grant),
      'a write that was told': shop(grant, grant),
      'another client': again(grant, as('other', 'openmonetize', grant)),
      'another amount': again(grant, openmonetize.add(101)),
      'an equal write more than a minute later': again(grant, skip(61_000), grant),
      'an operation without a key': shop(failed, ...times(2, openmonetize.write())),
    });
    for (const part of PARTS.filter(({ provider }) => provider !== 'openmonetize')) {
      const { provider } = part;
      await stage.finds([], { [provider]: by(provider, refuse(part), ...times(2, part.add(100))) });
    }
  });

  it('compares batches by the keys of their items', async () => {
    const { ingest, item } = EVENTS;
    const lost = (first: object, second: object): Script =>
      shop(spoil('openmonetize', { status: 503 }), ingest(first), ingest(second));
    const [first, second] = [{ idempotency_key: 'event-1' }, { idempotency_key: 'event-2' }];
    await stage.finds(FOUND, {
      'without keys, with other ids': lost(item(1), item(2)),
      'with other keys': lost(item(1, first), item(1, second)),
    });
    await stage.finds([], {
      'the same keys, with other ids': lost(item(1, first), item(2, first)),
      'another event': lost(item(1), item(1, { feature_id: 'image' })),
    });
  });
});

const UNSEEN = ['unseen-effect certain info 1'];

describe.each(PARTS)('unseen-effect at $provider', (part) => {
  const { provider, adding: operation } = part;
  const [add, lost] = [part.add(100), lose(part)];
  const shop = (...steps: readonly Step[]): Script => by(provider, ...steps);

  it('reports an effect that nothing showed to the client', async () => {
    await stage.finds(UNSEEN, {
      'at the end': shop(lost, add),
      'a write to another account': shop(lost, add, part.addElsewhere?.(5) ?? part.add(5, part.other)),
      'a read before the write': shop(lost, part.read(), add),
      'another account': shop(lost, add, part.readOther()),
      'a read by another client': shop(lost, add, as('other', provider, part.read())),
      'a lost response': shop(lost, add, arm({ provider, effect: { status: 503 } }), part.read()),
      'a response that was made before the write and arrived after it': async (scene) => {
        const taken = await slowDown(scene, provider, LONG.has(provider) ? 16_000 : 400);
        const slow = scene.actor(provider).send(part.read());
        await taken();
        await shop(lost, add)(scene);
        return slow;
      },
    });
  });

  it('is a warning if the client wrote to the account again', async () => {
    const failed = arm({ provider, operation, phase: 'before', skip: 1, times: 1, effect: { status: 500 } });
    await stage.finds(['unseen-effect certain warning 2'], { again: shop(lost, failed, add, part.add(7)) });
  });

  it('leaves alone effects that were shown, and requests without effect', async () => {
    await stage.finds([], {
      'a client that reads the state': shop(lost, add, part.read()),
      'a request without effect': shop(refuse(part), add),
      'a write that was told': shop(add),
    });
  });
});

/** A user of OpenMonetize without a wallet. */
const NO_WALLET = '660e8400-e29b-41d4-a716-446655440004';

it('unseen-effect leaves alone writes that change no balance', async () => {
  for (const { provider, setting: operation, set } of SETTINGS.filter(({ provider }) => provider !== 'gamefuse')) {
    const lost = arm({ provider, operation, effect: { connection: 'reset' }, phase: 'after' });
    await stage.finds([], { [`a set at ${provider}`]: by(provider, lost, set(77)) });
  }
  await stage.finds([], {
    'an empty wallet created by a request that fails': async (scene) => {
      const answer = await scene.actor('openmonetize').send(openmonetize.add(1.5, NO_WALLET));
      expect(answer).toMatchObject({ status: 500 });
      const { requests } = await scene.sandbox.requests.list({ limit: 1 });
      expect(requests[0]?.changes).not.toEqual([]);
    },
  });
});

it('unseen-effect leaves alone what a stream, a webhook or a list of the tenant showed', async () => {
  const STREAM = { method: 'GET', path: `/users/${decentraland.subject}/credits/stream` };
  const stream =
    (path: string): Script =>
    async (scene) => {
      const leaving = new AbortController();
      const listening = scene.actor('decentraland').send({ ...STREAM, path }, { signal: leaving.signal });
      await setTimeout(30);
      await by('decentraland', lose(decentraland), decentraland.add(100))(scene);
      // Makes the emulator send an event to the stream of the other subject.
      await as('other', 'decentraland', decentraland.add(5, decentraland.other))(scene);
      await setTimeout(30);
      leaving.abort();
      return listening;
    };
  const webhook =
    (status: number): Script =>
    async (scene) => {
      const receiver = await Receiver.start();
      receiver.answerWith(status);
      const subscribe: Ask = {
        ...{ ...inveterate.read(), method: 'POST', path: '/v2.0/admin/webhook-subscriptions' },
        body: { topic: 'customer.credits.updated', callbackUrl: receiver.url, name: 'told' },
      };
      await by('inveterate', subscribe, lose(inveterate), inveterate.add(100))(scene);
      const tried = async (): Promise<number> =>
        (await scene.sandbox.webhooks.list()).webhooks.filter(({ tries }) => tries.length === 1).length;
      await expect.poll(tried).toBe(1);
    };
  const list = (part: Part, path: string): Script =>
    by(part.provider, lose(part), part.add(100), { ...part.read(), path });
  await stage.finds([], {
    'a stream about the subject': stream(STREAM.path),
    'a delivered webhook': webhook(204),
    'all users of an app': list(klaim, '/users'),
    'all members of a merchant': list(inveterate, '/v2.0/admin/members'),
  });
  await stage.finds(UNSEEN, {
    'a stream about another subject': stream(STREAM.path.replace(decentraland.subject, decentraland.other)),
    'a webhook that was refused': webhook(500),
  });
});
