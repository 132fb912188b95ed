import { setTimeout } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import type { Fault } from '../../../src/client.ts';
import { decentraland } from './cast.ts';
import { arm, as, by, skip, Stage, times, toGist, type Scene, type Script, type Step } from './stage.ts';

const stage = new Stage();

describe('stream-abandoned at decentraland', () => {
  const { provider, subject } = decentraland;
  const stream = { method: 'GET', path: `/users/${subject}/credits/stream` };
  const operation = 'getCreditsStream';
  const read = decentraland.read();
  const shop = (...steps: readonly Step[]): Script => by(provider, ...steps);
  const drop = (effect: Fault['effect'] = { stream: { drop: { after: 1 } } }): Script =>
    arm({ provider, operation, effect, times: 1 });
  const pause =
    (milliseconds: number): Script =>
    () =>
      setTimeout(milliseconds);
  /** Resolves once the stream is open. */
  const opening = (scene: Scene): Promise<void> =>
    expect.poll(() => scene.sandbox.streams()).toMatchObject({ streams: [{}] });
  const goOn = (name = 'shop'): Script => as(name, provider, ...times(3, read, pause(1)));
  const ended = (...then: readonly Step[]): Script => shop(drop(), stream, pause(20), ...then);
  const found = (count: number, severity = 'warning'): readonly string[] => [
    `stream-abandoned likely ${severity} ${count}`,
  ];

  it('reports a client that goes on after its stream was dropped', async () => {
    const other = { ...stream, path: stream.path.replace(subject, decentraland.other) };
    await stage.finds(found(4), {
      'three requests': ended(goOn()),
      'a stream about another subject, which does not replace this one': ended(goOn(), drop(), other),
      'after an audit while the stream was open': async (scene) => {
        await drop({ stream: { drop: { after: 2 } } })(scene);
        const opened = scene.actor(provider).send(stream);
        await opening(scene);
        await scene.sandbox.audit();
        await as('admin', provider, decentraland.add(1))(scene);
        await opened;
        await shop(pause(20), goOn())(scene);
      },
    });
    await stage.finds(found(3), {
      'two requests within nine seconds': ended(read, skip(9000), read),
      writes: ended(decentraland.add(0), decentraland.add(1)),
    });
  });

  it('leaves alone clients that open it again, or do little', async () => {
    await stage.finds([], {
      'one request': ended(read),
      'one within ten seconds and one later': ended(read, skip(11_000), read),
      'requests about another subject': ended(...times(3, decentraland.readOther())),
      'another client': ended(goOn('other')),
      'requests more than 10 s later': shop(drop(), stream, skip(11_000), goOn()),
    });
    const scripts = {
      'a client that opened it again': shop(drop(), drop(), stream, pause(20), goOn(), stream),
      'a client that tried to open it again and was refused': ended(
        ...[arm({ provider, operation, effect: { status: 503 } }), goOn(), stream],
      ),
      'a stream that its client ended': shop(
        (scene) => scene.actor(provider).send(stream, { signal: AbortSignal.timeout(30) }),
        goOn(),
      ),
    };
    for (const [name, script] of Object.entries(scripts)) {
      const gists = (await stage.judge(script)).map(toGist);
      expect([name, gists.filter((gist) => gist.startsWith('stream-abandoned'))]).toEqual([name, []]);
    }
  });

  it('is info for a stream that only stalled', async () => {
    await stage.finds(found(4, 'info'), {
      stalled: async (scene) => {
        await drop({ stream: { stall: { after: 1 } } })(scene);
        const leaving = new AbortController();
        const opened = scene.actor(provider).send(stream, { signal: leaving.signal });
        await opening(scene);
        leaving.abort();
        await opened;
        await goOn()(scene);
      },
    });
  });
});
