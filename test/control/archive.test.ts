import { createRequire } from 'node:module';

import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';

import { version } from '../../src/config/version.ts';
import { startEmulator } from '../support/emulator.ts';
import { sendRaw } from '../support/raw.ts';
import { tally } from '../support/providers.ts';
import { LANTERN, startControl, type Answer, type ControlApi } from './api.ts';

interface Archive {
  readonly log: {
    readonly entries: readonly {
      readonly request: { readonly url: string; readonly postData?: { readonly comment?: string } };
      readonly response: { readonly status: number; readonly content: { readonly comment?: string } };
      readonly _emulator: { readonly id: string };
    }[];
    readonly comment: string;
    readonly _next?: string;
  };
}

const require = createRequire(import.meta.url);
const schemas = require('har-schema') as Readonly<Record<string, object>>;

/** Errors found by the published schema of HAR 1.2. */
function findMistakes(archive: unknown): unknown {
  const ajv = new Ajv({ allErrors: true, strict: false, schemas: Object.values(schemas).map(withoutDialect) });
  addFormats.default(ajv);
  ajv.validate('har.json#', archive);
  return ajv.errors ?? [];
}

/** The schemas name the draft before the built-in one, and use nothing in which the two differ. */
function withoutDialect(schema: object): object {
  return { ...schema, $schema: undefined };
}

function toArchive({ status, body }: Answer): Archive {
  expect([status, findMistakes(body)]).toEqual([200, []]);
  return body as Archive;
}

async function readArchive({ get }: ControlApi, query = ''): Promise<Archive> {
  return toArchive(await get(`/requests.har${query}`));
}

function ids({ log }: Archive): readonly string[] {
  return log.entries.map(({ _emulator }) => _emulator.id);
}

describe('GET /_emulator/requests.har', () => {
  it('holds a complete exchange without secrets', async () => {
    const { url, urls } = await startEmulator({ providers: ['klaim'] });
    const response = await fetch(`${urls.klaim}/users/ada/credits?api_key=hush&x=1&x=2`, {
      method: 'PUT',
      headers: { ...LANTERN, 'Content-Type': 'application/json', 'User-Agent': 'shop' },
      body: JSON.stringify({ credit_delta: -25 }),
    });
    const answered = await response.text();
    const archive = toArchive({ status: 200, body: await (await fetch(`${url}/_emulator/requests.har`)).json() });
    const pair = (name: string, value: string): object => ({ name, value });
    expect(archive).toEqual({
      log: {
        version: '1.2',
        creator: { name: 'credits-emulator', version },
        comment: "Instants are on the sandbox's clock, durations in real time.",
        entries: [
          {
            startedDateTime: '2026-01-01T00:00:00.000Z',
            time: expect.any(Number) as unknown,
            request: {
              method: 'PUT',
              url: `${urls.klaim}/users/ada/credits?api_key=%5Bredacted%5D&x=1&x=2`,
              httpVersion: 'HTTP/1.1',
              cookies: [],
              headers: expect.arrayContaining([
                pair('authorization', '[redacted]'),
                pair('user-agent', 'shop'),
              ]) as unknown,
              queryString: [pair('api_key', '[redacted]'), pair('x', '1'), pair('x', '2')],
              postData: { mimeType: 'application/json', text: '{"credit_delta":-25}' },
              headersSize: -1,
              bodySize: 20,
            },
            response: {
              status: 200,
              statusText: 'OK',
              httpVersion: 'HTTP/1.1',
              cookies: [],
              headers: expect.arrayContaining([pair('X-Emulator-Request-Id', 'default-1')]) as unknown,
              content: { size: answered.length, mimeType: 'application/json; charset=utf-8', text: answered },
              redirectURL: '',
              headersSize: -1,
              bodySize: answered.length,
            },
            cache: {},
            timings: { send: 0, wait: expect.any(Number) as unknown, receive: 0 },
            _emulator: {
              id: 'default-1',
              sandbox: 'default',
              provider: 'klaim',
              operation: 'updateUserCredits',
              subject: 'ada',
              faults: [],
            },
          },
        ],
      },
    });
    expect(JSON.stringify(archive)).not.toContain('hush');
  });

  it('holds the exchanges that match, oldest first, and the cursor of older ones', async () => {
    const api = await startControl({ providers: ['klaim', tally] });
    for (let count = 0; count < 4; count += 1) await api.change('ada', 1);
    await api.call('get', '/tally/counters/a');
    expect(ids(await readArchive(api))).toEqual([1, 2, 3, 4, 5].map((number) => `default-${number}`));
    expect(ids(await readArchive(api, '?provider=klaim&since=1&body={"credit_delta":1}'))).toEqual([
      'default-2',
      'default-3',
      'default-4',
    ]);
    const page = await readArchive(api, '?provider=klaim&limit=2');
    expect([ids(page), page.log._next]).toEqual([['default-3', 'default-4'], '3']);
    expect(page.log.comment).toMatch(/ Older ones were left out; the cursor 3 continues with them\.$/);
    expect(ids(await readArchive(api, '?provider=klaim&cursor=3'))).toEqual(['default-1', 'default-2']);
    expect(ids(await readArchive(api, '?status=500'))).toEqual([]);
  });

  it('marks a cut body, and gives its length', async () => {
    const api = await startControl({ providers: [tally] });
    const text = 'x'.repeat(20_000);
    await api.call('post', '/tally/echo', { text });
    const cut = { comment: 'Cut at 16384 bytes.', text: expect.stringMatching(/^.{16384}$/) as unknown };
    expect((await readArchive(api)).log.entries).toMatchObject([
      {
        request: { bodySize: 20_011, postData: cut },
        response: { bodySize: 20_020, content: { size: 20_020, ...cut } },
      },
    ]);
  });

  it('says that a body over the limit was not kept', async () => {
    const api = await startControl({ providers: [tally], bodyLimit: 100 });
    await api.call('post', '/tally/echo', { text: 'x'.repeat(1000) });
    const [entry] = (await readArchive(api)).log.entries;
    expect(entry).toMatchObject({
      request: { bodySize: -1, comment: 'The body was over the limit and is not kept.' },
      response: { status: 413 },
    });
    expect(entry?.request).not.toHaveProperty('postData');
  });

  it('holds exchanges without a response, with half of one, and streams', async () => {
    const { url, urls } = await startEmulator({ providers: ['klaim', 'decentraland'] });
    const arm = (rule: object): Promise<unknown> =>
      fetch(`${url}/_emulator/faults`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ times: 1, ...rule }),
      });
    await arm({ provider: 'klaim', effect: { connection: 'reset' } });
    await fetch(`${urls.klaim}/users`).catch(() => undefined);
    await arm({ provider: 'klaim', effect: { body: 'garbage' } });
    await fetch(`${urls.klaim}/users`, { headers: LANTERN });
    const leave = new AbortController();
    const wallet = '0x1111111111111111111111111111111111111111';
    await fetch(`${urls.decentraland}/users/${wallet}/credits/stream`, { signal: leave.signal });
    leave.abort();
    const body: unknown = await (await fetch(`${url}/_emulator/requests.har`)).json();
    expect(toArchive({ status: 200, body }).log.entries).toMatchObject([
      {
        response: { status: 0, statusText: '', content: { size: 0, text: '' }, comment: 'reset without an answer' },
        _emulator: { faults: ['fault-1'] },
      },
      { response: { status: 200 }, _emulator: { faults: ['fault-2'] } },
      {
        response: { bodySize: -1, content: { mimeType: 'text/event-stream', comment: 'The first event of a stream.' } },
      },
    ]);
  });

  it('encodes URLs that are not valid URIs', async () => {
    const { url, urls } = await startEmulator({ providers: ['klaim'] });
    const own = new URL(urls.klaim);
    for (const target of ['/a|b^c?x=|"%zz', '//users/ada', '/\xe9?[]=1', '*']) {
      await sendRaw(own.href, Buffer.from(`GET ${target} HTTP/1.1\r\nHost: ${own.host}\r\n\r\n`, 'latin1'));
    }
    const body: unknown = await (await fetch(`${url}/_emulator/requests.har`)).json();
    for (const { request } of toArchive({ status: 200, body }).log.entries) {
      expect(request.url.startsWith(own.origin)).toBe(true);
    }
  });
});
