import { describe, expect, it } from 'vitest';

import { klaim, openmonetize, PARTS, type Ask } from './cast.ts';
import { advance, arm, as, by, keyed, skip, Stage, times, type Script, type Step } from './stage.ts';

const stage = new Stage();
const THRICE = ['futile-retry likely info 3'];

/** Sends a request and checks the status of its response. */
const expecting =
  (provider: string, ask: Ask, status: number): Script =>
  async (scene) => {
    expect([provider, (await scene.actor(provider).send(ask))?.status]).toEqual([provider, status]);
  };

describe.each(PARTS)('futile-retry at $provider', (part) => {
  const { provider, adding: operation } = part;
  const refused = part.hopeless();
  const shop = (...steps: readonly Step[]): Script => by(provider, ...steps);
  const thrice = (...steps: readonly Step[]): Script => shop(...times(3, ...steps));
  const [stranger] = PARTS.filter((one) => one !== part);

  it('reports a refused write that was sent three or four times within five seconds', async () => {
    await stage.finds(['futile-retry likely info 4'], { 'four attempts': shop(...times(4, refused)) });
    await stage.finds(THRICE, {
      'three attempts': thrice(refused),
      'a credential that is refused': thrice(part.intrude('nobody-knows-this')),
      'within five seconds': thrice(refused, skip(2200)),
      'with reads in between': thrice(refused, part.read()),
      'while another service was changed': thrice(refused, stranger ? by(stranger.provider, stranger.add(1)) : skip(0)),
      'while a fault was set up': thrice(
        refused,
        arm({ provider, match: { path: '/never' }, effect: { status: 500 } }),
      ),
    });
  });

  it('leaves alone attempts that may succeed, or that are too few', async () => {
    const numbers = [0, 1, 2, 3];
    const readRefused: Script = async (scene) => {
      const answer = await scene.actor(provider).send(part.hopelessRead());
      expect(answer?.status).toBeGreaterThanOrEqual(400);
    };
    await stage.finds([], {
      'two attempts': shop(refused, refused),
      'attempts with a change in between': shop(
        ...numbers.flatMap((count) => [refused, as('other', provider, part.add(count))]),
      ),
      'attempts with a move of the clock in between': shop(...times(4, refused, advance('PT1M'))),
      'attempts that are far apart': shop(...times(4, refused, skip(3000))),
      'refusals injected by a fault': shop(
        arm({ provider, operation, effect: { status: 409 } }),
        ...times(3, keyed(part.add(1)), skip(200)),
      ),
      'reads, which poll': shop(...times(4, readRefused)),
      'other requests': shop(...numbers.map((count) => part.hopeless(count + 1))),
      'two and two, with another refused write in between': shop(
        ...[1, 1, 2, 1, 1].map((amount) => part.hopeless(amount)),
      ),
      'other credentials': shop(...numbers.map((count) => part.intrude(`nobody-knows-${count}`))),
      'attempts of several clients': shop(...numbers.map((count) => as(`client-${count}`, provider, refused))),
      'attempts with a success in between': shop(refused, refused, part.add(1), refused, refused),
    });
  });
});

/** A write that is refused with each of the statuses that another attempt does not change. */
const REFUSALS: readonly (readonly [provider: string, status: number, ask: Ask])[] = [
  ['klaim', 400, { ...klaim.add(1), body: { credit_delta: 'many' } }],
  ['klaim', 401, klaim.intrude('nobody-knows-this')],
  ['openmonetize', 403, openmonetize.hopeless()],
  ['klaim', 404, klaim.hopeless()],
  ['klaim', 409, { ...klaim.add(1), method: 'POST', path: '/users', body: { email: 'x@x.example', user_id: 'ada' } }],
  ['klaim', 413, { ...klaim.add(1), body: `"${'x'.repeat(1_100_000)}"` }],
  [
    'gamefuse',
    422,
    {
      ...{ method: 'POST', path: '/api/v3/users' },
      body: {
        ...{ email: 'eva@x.example', password: 'password', password_confirmation: 'other', username: 'eva' },
        ...{ game_id: 1, game_token: '11111111-2222-4333-8444-555555555555' },
      },
    },
  ],
];

it('futile-retry reports each status that does not go away by itself', async () => {
  for (const [provider, status, ask] of REFUSALS) {
    await stage.finds(THRICE, { [status]: by(provider, ...times(3, expecting(provider, ask, status))) });
  }
});

it('futile-retry leaves alone refusals that may go away', async () => {
  const replay = keyed(openmonetize.add(1), 'order-1');
  const [refused, unknown] = [openmonetize.hopeless(), klaim.hopeless()];
  const intrude = { ...unknown, headers: { Authorization: 'Bearer nobody-knows-this' } };
  await stage.finds([], {
    'a 500': by('openmonetize', ...times(3, expecting('openmonetize', keyed(openmonetize.add(1.5)), 500))),
    'attempts with a success in between that changed nothing': by(
      'openmonetize',
      ...[replay, refused, refused, replay, refused, refused],
    ),
    'refusals delayed by a fault': by('klaim', arm({ provider: 'klaim', effect: { delay: 1 } }), ...times(3, unknown)),
    'another reason each time': by('klaim', unknown, unknown, intrude, unknown, unknown),
  });
});
