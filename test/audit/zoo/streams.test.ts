import { setTimeout } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import type { Fault } from '../../../src/client.ts';
import { decentraland } from './cast.ts';
import { Stage, toGist, type Scene, type Script } from './stage.ts';

const stage = new Stage();
const gists = async (script: Script): Promise<readonly string[]> => (await stage.judge(script)).map(toGist);

describe('stream-abandoned at decentraland', () => {
  const { subject } = decentraland;
  const path = `/users/${subject}/credits/stream`;
  const open = async (scene: Scene): Promise<void> => {
    await scene.actor('decentraland').send({ method: 'GET', path });
  };
  const drop = (scene: Scene, how: Fault['effect'] = { stream: { drop: { after: 1 } } }): Promise<unknown> =>
    scene.sandbox.faults.add({
      provider: 'decentraland',
      operation: 'getCreditsStream',
      effect: how,
      times: 1,
    });
  /** Resolves once the stream is open. */
  const opening = (scene: Scene): Promise<void> =>
    expect.poll(() => scene.sandbox.streams()).toMatchObject({ streams: [{}] });
  const goOn = async (scene: Scene, name = 'shop'): Promise<void> => {
    for (let count = 0; count < 3; count += 1) {
      await scene.actor('decentraland', name).send(decentraland.read());
      await setTimeout(1);
    }
  };

  it('reports a client that goes on after its stream was dropped', async () => {
    const found = await gists(async (scene) => {
      await drop(scene);
      await open(scene);
      await setTimeout(20);
      await goOn(scene);
    });
    expect(found).toEqual(['stream-abandoned likely warning 4']);
  });

  it('reports it after an audit while the stream was open', async () => {
    const found = await gists(async (scene) => {
      await drop(scene, { stream: { drop: { after: 2 } } });
      const opened = open(scene);
      await opening(scene);
      await scene.sandbox.audit();
      await scene.actor('decentraland', 'admin').send(decentraland.add(1));
      await opened;
      await setTimeout(20);
      await goOn(scene);
    });
    expect(found).toEqual(['stream-abandoned likely warning 4']);
  });

  it.each<[string, Script]>([
    [
      'a client that opened it again',
      async (scene) => {
        await drop(scene);
        await drop(scene);
        await open(scene);
        await setTimeout(20);
        await goOn(scene);
        await open(scene);
      },
    ],
    [
      'a client that tried to open it again and was refused',
      async (scene) => {
        await drop(scene);
        await open(scene);
        await setTimeout(20);
        await scene.sandbox.faults.add({
          provider: 'decentraland',
          operation: 'getCreditsStream',
          effect: { status: 503 },
        });
        await goOn(scene);
        await open(scene);
      },
    ],
    [
      'another client',
      async (scene) => {
        await drop(scene);
        await open(scene);
        await setTimeout(20);
        await goOn(scene, 'other');
      },
    ],
    [
      'requests more than 10 s later',
      async (scene) => {
        await drop(scene);
        await open(scene);
        scene.skip(11_000);
        await goOn(scene);
      },
    ],
    [
      'a stream that its client ended',
      async (scene) => {
        const signal = AbortSignal.timeout(30);
        await scene.actor('decentraland').send({ method: 'GET', path }, { signal });
        await goOn(scene);
      },
    ],
  ])('leaves alone %s', async (_, script) => {
    const isDropped = (gist: string): boolean => gist.startsWith('stream-abandoned');
    expect((await gists(script)).filter(isDropped)).toEqual([]);
  });

  it('keeps to the bounds of what it leaves alone', async () => {
    const FOUND = 'stream-abandoned likely warning';
    const other = { method: 'GET', path: path.replace(subject, decentraland.other) };
    const ended =
      (then: (scene: Scene) => Promise<unknown>): Script =>
      async (scene) => {
        await drop(scene);
        await open(scene);
        await setTimeout(20);
        await then(scene);
      };
    const read = (scene: Scene): Promise<unknown> => scene.actor('decentraland').send(decentraland.read());
    const readOther = (scene: Scene): Promise<unknown> => scene.actor('decentraland').send(decentraland.readOther());
    await stage.hold([
      [
        'two requests within nine seconds',
        [`${FOUND} 3`],
        ended(async (scene) => {
          await read(scene);
          scene.skip(9000);
          await read(scene);
        }),
      ],
      ['one request', [], ended(read)],
      [
        'one within ten seconds and one later',
        [],
        ended(async (scene) => {
          await read(scene);
          scene.skip(11_000);
          await read(scene);
        }),
      ],
      [
        'requests about another subject',
        [],
        ended(async (scene) => {
          for (let count = 0; count < 3; count += 1) await readOther(scene);
        }),
      ],
      [
        'a stream about another subject, which does not replace this one',
        [`${FOUND} 4`],
        ended(async (scene) => {
          await goOn(scene);
          await drop(scene);
          await scene.actor('decentraland').send(other);
        }),
      ],
      [
        'writes',
        [`${FOUND} 3`],
        ended(async (scene) => {
          for (let count = 0; count < 2; count += 1) await scene.actor('decentraland').send(decentraland.add(count));
        }),
      ],
    ]);
  });

  it('is info for a stream that only stalled', async () => {
    const found = await gists(async (scene) => {
      await drop(scene, { stream: { stall: { after: 1 } } });
      const leaving = new AbortController();
      const opened = scene.actor('decentraland').send({ method: 'GET', path }, { signal: leaving.signal });
      await opening(scene);
      leaving.abort();
      await opened;
      await goOn(scene);
    });
    expect(found).toEqual(['stream-abandoned likely info 4']);
  });
});
