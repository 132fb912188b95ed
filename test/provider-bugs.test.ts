import { describe, expect, it } from 'vitest';

import { findBlamed } from '../src/core/provider/blame.ts';
import type { Provider } from '../src/core/provider/provider.ts';
import { startControl, type ControlApi } from './control/api.ts';
import { board } from './support/board.ts';
import { startApp } from './support/emulator.ts';
import { createFiles } from './support/folder.ts';
import { takeLogged } from './support/log.ts';
import { tally } from './support/providers.ts';

const broken = (): never => {
  throw new Error('It broke.');
};
const [recount] = Object.values(tally.controls);

/** What is broken, what is asked, what the log says then, and of which operation. */
const CASES: readonly [string, Partial<Provider>, (api: ControlApi) => Promise<unknown>, string?][] = [
  ['operations.getCounter', { operations: { getCounter: broken } }, getCounter, 'getCounter'],
  ['authenticate', { authenticate: broken }, getCounter, 'getCounter'],
  ['admit', { admit: broken }, getCounter, 'getCounter'],
  [
    'streams.topics',
    {
      streams: {
        // Thrown when the topics are looked at, and not when they are asked for.
        *topics() {
          yield broken();
        },
        heartbeat: () => 1,
        patience: 1,
      },
    },
    (api) => api.call('post', '/tally/counters/a/add', { by: 1 }),
    'addToCounter',
  ],
  ['fixture.dump', { fixture: { ...tally.fixture, dump: broken } }, (api) => api.get('/state'), 'getState'],
  [
    'fixture.load',
    { fixture: { ...tally.fixture, load: broken } },
    (api) => api.put('/state', { tally: {} }),
    'putState',
  ],
  [
    'controls.recount',
    { controls: recount ? { recount: { ...recount, run: broken } } : {} },
    (api) => api.post('/controls/tally/recount', { name: 'a', count: 1 }),
    'runControl',
  ],
];

function getCounter(api: ControlApi): Promise<unknown> {
  return api.call('get', '/tally/counters/a');
}

describe('what a provider throws', () => {
  it.each(CASES)('in its %s is logged as its bug, with the operation', async (place, parts, ask, operation) => {
    const api = await startControl({ providers: [{ ...tally, ...parts }] });
    expect(await ask(api)).toMatchObject({ status: 500 });
    expect(takeLogged()).toEqual([
      {
        message: `a bug in tally.${place}`,
        fields: expect.objectContaining({ operation, stack: expect.stringContaining('It broke.') as string }) as object,
      },
    ]);
  });

  it('in its subject is logged with the operation, and stands in nobody’s way', async () => {
    const api = await startControl({ providers: [{ ...tally, subject: broken }] });
    expect(await api.call('post', '/tally/counters/a/add', { by: 1 })).toMatchObject({ status: 200 });
    expect(takeLogged()).toEqual([
      {
        message: 'the subject of an exchange cannot be determined: a bug in tally.subject',
        fields: { id: 'default-1', service: 'tally', operation: 'addToCounter', error: 'It broke.' },
      },
    ]);
  });

  it('in its credential or its renderFailure is logged by its name', async () => {
    // The start asks for what it renders, of a request to "/".
    const renderFailure: Provider['renderFailure'] = (failure, request) =>
      request.url === '/' ? tally.renderFailure(failure, request) : broken();
    for (const [place, parts, path] of [
      ['credential', { credential: broken }, '/tally/counters/a'],
      ['renderFailure', { renderFailure }, '/tally/nowhere'],
    ] as const) {
      const app = await startApp({ providers: [{ ...tally, ...parts }] });
      expect((await app.get(path)).status).toBe(500);
      expect(takeLogged()).toEqual([
        { message: `a request could not be answered: a bug in tally.${place}`, fields: { error: 'It broke.' } },
      ]);
    }
  });

  it('when a stream is read is logged as the operation’s', async () => {
    const showing: Provider = {
      ...board,
      operations: {
        ...board.operations,
        followNote: (call) => {
          const reply = board.operations['followNote']?.(call);
          if (reply && 'body' in reply) Object.assign(reply.body as object, { read: broken });
          return reply ?? { status: 500 };
        },
      },
    };
    const api = await startControl({ providers: [showing] });
    expect((await api.agent.get('/board/notes/a/stream')).status).toBe(500);
    expect(takeLogged()).toMatchObject([{ message: 'a bug in board.operations.followNote' }]);
  });

  it('at the start is told with its place, also where it is no error', async () => {
    const throwing = (thrown: unknown): Provider => ({
      ...tally,
      fixture: {
        ...tally.fixture,
        load: () => {
          throw thrown;
        },
      },
    });
    const fixtures = Object.values(createFiles({ 'world.yaml': 'tally: {}' }));
    for (const thrown of [new Error('It broke.'), 'It broke.']) {
      const error: unknown = await startApp({ providers: [throwing(thrown)], fixtures }).catch(
        (reason: unknown) => reason,
      );
      expect([findBlamed(error), String(error)]).toEqual(['tally.fixture.load', 'Error: It broke.']);
    }
  });
});
