import type TestAgent from 'supertest/lib/agent.js';
import { describe, expect, it } from 'vitest';

import { startApp } from '../support/emulator.ts';
import { takeFirstEvent } from '../support/first-event.ts';
import { type Subject } from '../../src/conformance/subject.ts';
import { loadSubjects } from '../support/requests.ts';

/** Before the first second of Unix time, and the first and the last instant that RFC 3339 can write. */
const EDGES = ['1969-01-01T00:00:00.000Z', '0000-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z'];
/** With room on both sides for what the default fixtures say relative to the start. */
const STARTS = ['1969-01-01T00:00:00.000Z', '0001-01-01T00:00:00.000Z', '9999-01-01T00:00:00.000Z'];

/** The operations of samples that break. What has ended by then, such as a season, is refused as it should be. */
async function listBroken(app: TestAgent, { provider, requests }: Subject): Promise<readonly unknown[]> {
  const broken: unknown[] = [];
  for (const [operation, sample] of Object.entries(requests.operations)) {
    const { method, path, headers, body, stream } = sample;
    const verb = method.toLowerCase() as Lowercase<typeof method>;
    const request = app[verb](`/${provider.id}${path}`).set({ ...requests.headers, ...headers });
    if (stream) request.buffer(true).parse(takeFirstEvent);
    const { status, text } = await (body === undefined ? request : request.send(body));
    if (status >= 500 && status !== sample.status) broken.push([operation, status, text]);
  }
  return broken;
}

/** What the journal knows to be wrong. */
async function listWrong(app: TestAgent): Promise<readonly unknown[]> {
  const { requests } = (await app.get('/_emulator/requests?limit=100')).body as {
    readonly requests: readonly { readonly operation: string; readonly violations: unknown[]; readonly bug?: string }[];
  };
  return requests
    .filter(({ violations, bug }) => violations.length > 0 || bug !== undefined)
    .map(({ operation, violations, bug }) => [operation, bug ?? violations]);
}

/** Sends every sample, and takes the state to another sandbox, of which it must come back as it is. */
async function expectWhole(app: TestAgent, subject: Subject): Promise<void> {
  expect(await listBroken(app, subject)).toEqual([]);
  expect(await listWrong(app)).toEqual([]);
  const { body: state } = (await app.get('/_emulator/state').expect(200)) as { readonly body: object };
  const put = await app.put('/_emulator/state').set('X-Emulator-Sandbox', 'copy').send(state);
  expect([put.status, put.text]).toEqual([204, '']);
  expect((await app.get('/_emulator/state').set('X-Emulator-Sandbox', 'copy')).body).toEqual(state);
}

describe.each(await loadSubjects())('$title', (subject) => {
  const start = (options: object = {}): Promise<TestAgent> =>
    startApp({ providers: [subject.provider.id], set: [...subject.set], ...options });

  it.each(EDGES)('answers as documented where the clock is set to %s, and its state can be put back', async (now) => {
    const app = await start();
    await app.put('/_emulator/clock').send({ now, frozen: true }).expect(200);
    await expectWhole(app, subject);
  });

  it.each(STARTS)('answers as documented where it starts at %s, and its state can be put back', async (clock) => {
    await expectWhole(await start({ clock }), subject);
  });
});

it('does not start where an instant of the fixtures lies outside of what can be written', async () => {
  await expect(startApp({ providers: ['decentraland'], clock: '9999-12-31T23:59:59.999Z' })).rejects.toThrow(
    'decentraland.yaml: decentraland.seasons[1].endDate: ' +
      '"now+P46D" is outside the years 0000 to 9999; now is 9999-12-31T23:59:59.999Z.',
  );
});
