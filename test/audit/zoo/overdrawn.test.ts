import { describe, expect, it } from 'vitest';

import { EVENTS, gamefuse, inveterate, klaim, openmonetize, type Ask, type Part } from './cast.ts';
import { advance, as, spoil, Stage, type Script, type Step } from './stage.ts';

const stage = new Stage();
const refusing = new Stage({ set: ['klaim.overdraft=refuse', 'gamefuse.overdraft=refuse'] });
const FOUND = ['overdrawn certain error 3'];

/** A provider whose balances may fall below zero. */
interface Taking extends Pick<Part, 'provider' | 'read'> {
  readonly take: (amount: number) => Ask;
  /** The balance at the start. */
  readonly balance: number;
}

const TAKING: readonly Taking[] = [
  { provider: 'klaim', read: klaim.read, take: (amount) => klaim.add(-amount), balance: 700 },
  { provider: 'gamefuse', read: gamefuse.read, take: (amount) => gamefuse.add(-amount), balance: 5200 },
];

describe.each(TAKING)('overdrawn at $provider', ({ provider, read: ask, take, balance }) => {
  const read = ask();
  const one = (...steps: readonly Step[]): Script => as('one', provider, ...steps);
  const other = (...steps: readonly Step[]): Script => as('two', provider, ...steps);
  const lowered = other(take(balance - 10));
  const overdrawn = one(read, lowered, take(100));

  it('reports a balance that a client overdrew after another client had lowered it', async () => {
    await stage.finds(FOUND, {
      'at once': overdrawn,
      'a read that failed': one(read, lowered, spoil(provider, { status: 503 }), read, take(100)),
      'a gift of the other client': one(read, lowered, other(take(-5)), take(100)),
      'a read by a third client': one(read, lowered, as('three', provider, read), take(100)),
    });
  });

  it('leaves alone a client that did not rely on an old balance, or whose amount is covered', async () => {
    await stage.finds([], {
      'a client that was told less': one(read, lowered, read, take(100)),
      'a client that was told nothing': one(lowered, take(100)),
      'an amount that the told balance did not cover': one(read, other(take(5)), take(balance + 1)),
      'a balance that the client itself had lowered': one(read, take(balance - 10), take(100)),
      'a balance that both the client and another one had lowered': one(
        ...[read, spoil(provider, { body: 'garbage' }), take(balance - 10), other(take(5)), take(100)],
      ),
      'an amount that is still covered': one(read, other(take(10)), take(10)),
      'a client that adds': one(read, lowered, other(take(1000)), take(-5)),
    });
    await refusing.finds([], { 'a service that refuses overdrafts': overdrawn });
  });
});

it('overdrawn at openmonetize judges a later burn by what the client knew when it sent the request', async () => {
  const burn = (number: number): Ask =>
    EVENTS.ingest(
      EVENTS.item(number, { event_type: 'CUSTOM', feature_id: 'export', unit_type: 'page', quantity: 300 }),
    );
  const settle = advance('PT1M');
  const one = (...steps: readonly Step[]): Script =>
    as('one', 'openmonetize', openmonetize.read(), as('two', 'openmonetize', burn(1)), ...steps, burn(2), settle);
  await stage.finds(FOUND, { 'both at once': one(), 'one after the other': one(settle) });
  await stage.finds([], { 'a client that was told less': one(settle, openmonetize.read()) });
});

it('overdrawn leaves alone services that never let a balance go below zero', async () => {
  await stage.finds([], {
    inveterate: async (scene) => {
      const [one, other] = [scene.actor('inveterate', 'one'), scene.actor('inveterate', 'two')];
      await one.send(inveterate.read());
      expect(await other.send(inveterate.add(-40))).toMatchObject({ status: 201 });
      expect(await one.send(inveterate.add(-30))).toMatchObject({ status: 400 });
    },
  });
});
