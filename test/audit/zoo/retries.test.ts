import { describe, expect, it } from 'vitest';

import type { Fault } from '../../../src/client.ts';
import { START } from '../../support/emulator.ts';
import { openmonetize, PARTS } from './cast.ts';
import { advance, arm, as, by, keyed, leave, skip, Stage, times, toGist, type Script, type Step } from './stage.ts';

const stage = new Stage();
const limited = new Stage({ set: ['openmonetize.rateLimit=2/PT1M'] });

describe.each(PARTS)('retry-storm at $provider', (part) => {
  const { provider, adding: operation } = part;
  const ask = keyed(part.add(1));
  const shop = (...steps: readonly Step[]): Script => by(provider, ...steps);
  const answering = (status: number): Script => arm({ provider, operation, effect: { status } });
  const failing = (count: number, gaps: (count: number) => number): Script =>
    shop(answering(503), ...Array.from({ length: count }, (_, index) => [ask, skip(gaps(index))]).flat());

  it.each<[number, Readonly<Record<string, Script>>]>([
    [
      5,
      {
        'attempts without a wait': failing(5, () => 0),
        'attempts after 429': shop(answering(429), ...times(5, ask)),
        'five times at once': failing(5, () => 99),
      },
    ],
    [6, { 'any response of a fault, because its effect is unknown': shop(answering(409), ...times(6, ask)) }],
    [
      7,
      {
        'gaps that never grow': failing(7, () => 400),
        'six gaps of nearly a second': failing(7, () => 999),
        'gaps that shrink': failing(7, (count) => 900 - 100 * count),
      },
    ],
  ])('reports %i attempts that come too fast', async (count, scripts) => {
    await stage.finds([`retry-storm likely info ${count}`], scripts);
  });

  it('is a futile retry if the service itself refuses', async () => {
    await stage.finds(['futile-retry likely info 6'], { refusals: shop(...times(6, part.hopeless())) });
  });

  it('leaves alone attempts that are few or wait longer, and other requests', async () => {
    const unavailable = arm({ provider, effect: { status: 503 } });
    const numbers = [0, 1, 2, 3, 4];
    const succeeding = (key: string): readonly Step[] => [
      arm({ provider, operation, effect: { status: 503 }, times: 3 }),
      ...times(4, keyed(part.add(1), key)),
      part.read(),
    ];
    await stage.finds([], {
      'four attempts in all': failing(4, () => 0),
      'gaps that grow': failing(7, (count) => 150 * 2 ** count),
      'constant gaps of a second': failing(7, () => 1200),
      'five gaps of the same length': failing(6, () => 400),
      'four gaps that are a little longer': failing(5, () => 100),
      'one longer gap': failing(6, (count) => (count === 2 ? 300 : 0)),
      'gaps that grow once': failing(9, (count) => (count < 2 ? 300 : 1300)),
      'other requests': shop(unavailable, ...numbers.map((count) => keyed(part.add(count + 1)))),
      'several clients': shop(unavailable, ...numbers.map((count) => as(`client-${count}`, provider, ask))),
      'attempts with a success in between': shop(...succeeding('k0'), ...succeeding('k1')),
      'attempts that overlap': async (scene) => {
        await arm({ provider, operation, effect: { hold: { until: 8, timeout: 2_000_000_000 } } })(scene);
        await answering(503)(scene);
        return Promise.all(times(8, ask).map((one) => shop(one)(scene)));
      },
    });
  });
});

const EARLY = ['retry-after-ignored certain warning 2'];

describe.each(PARTS)('retry-after-ignored at $provider', (part) => {
  const { provider, adding: operation } = part;
  const ask = keyed(part.add(1));
  const busy = { status: 503, retryAfter: 30 };
  const shop = (...steps: readonly Step[]): Script => by(provider, ...steps);
  const told = (effect: Fault['effect'], ...steps: readonly Step[]): Script =>
    shop(arm({ provider, operation, times: 1, effect }), ask, ...steps);
  const after = (effect: Fault['effect'], gap: number): Script => told(effect, skip(gap), ask);
  // The clock of the sandbox is frozen.
  const until = { status: 503, headers: { 'Retry-After': new Date(Date.parse(START) + 30_000).toUTCString() } };

  it('reports requests that come too early, to a tenth of a second', async () => {
    await stage.finds(EARLY, {
      '503': after(busy, 5000),
      '429': after({ status: 429, retryAfter: 30 }, 5000),
      'a date': after(until, 5000),
      'half a second too early': after(busy, 29_500),
    });
    await stage.finds(['retry-after-ignored certain warning 4'], {
      'several requests as one finding': told(busy, ...times(3, skip(5000), ask)),
    });
  });

  it('is likely for a client without a name', async () => {
    const failed = arm({ provider, operation, times: 1, effect: busy });
    const findings = await stage.judge(as(null, provider, failed, ask, skip(5000), ask));
    const gists = findings.map(toGist).filter((gist) => gist.startsWith('retry-after'));
    expect(gists).toEqual(['retry-after-ignored likely warning 2']);
  });

  it('leaves alone who waits, what was on its way, and what another client or operation does', async () => {
    await stage.finds([], {
      'a wait in real time': after(busy, 30_000),
      'after the date': after(until, 30_000),
      'less than a tenth of a second too early': after(busy, 29_950),
      'another status': after({ status: 500, headers: { 'Retry-After': '30' } }, 5000),
      'a response without Retry-After': after({ status: 503 }, 5000),
      'an invalid time': after({ status: 503, headers: { 'Retry-After': 'soon' } }, 5000),
      'a lost response': after({ connection: 'reset' }, 5000),
      'a wait by the clock of the sandbox': told(busy, skip(5000), advance('PT30S'), ask),
      'a request that was already on its way': told(busy, ask),
      'another operation': told(busy, skip(5000), part.read()),
      'another client': told(busy, skip(5000), as('other', provider, keyed(part.add(2), 'k2'))),
      'a client that had left': async (scene) => {
        await arm({ provider, operation, times: 1, effect: busy })(scene);
        const goOn = await leave(scene, part, { idempotencyKey: 'k' });
        await goOn();
        return shop(skip(5000), ask)(scene);
      },
    });
  });
});

describe('retry-after-ignored for the limit of a service', () => {
  const shop = (...steps: readonly Step[]): Script => by('openmonetize', ...steps);
  const exhaust = shop(...times(3, openmonetize.read()), skip(5000));

  it('reports any operation within the limit', async () => {
    await limited.finds(EARLY, { 'another operation': shop(exhaust, keyed(openmonetize.add(1))) });
  });

  it('reports attempts without a wait as a storm, not as futile', async () => {
    const storms = async (count: number): Promise<readonly string[]> => {
      const findings = await limited.judge(async (scene) => {
        for (let sent = 0; sent < 2 + count; sent += 1) {
          const answer = await scene.actor('openmonetize').send(keyed(openmonetize.add(1)));
          expect(answer?.status).toBe(sent < 2 ? 200 : 429);
        }
      });
      return findings.map(toGist).filter((gist) => !gist.startsWith('retry-after'));
    };
    expect([await storms(5), await storms(4)]).toEqual([['retry-storm likely info 5'], []]);
  });

  it('leaves alone another tenant, which has its own limit, and a truncated response', async () => {
    const cut = arm({ provider: 'openmonetize', effect: { body: 'truncate' }, skip: 2, times: 1 });
    const harbor = openmonetize.addElsewhere?.(5) ?? openmonetize.read();
    await limited.finds([], {
      'another tenant': shop(exhaust, as('harbor', 'openmonetize', harbor)),
      'a truncated response': shop(cut, exhaust, openmonetize.read()),
    });
  });
});
