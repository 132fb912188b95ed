import { describe, expect, it } from 'vitest';

import type { Provider } from '../../../src/core/provider/provider.ts';
import type { ParsedRequest } from '../../../src/core/provider/call.ts';
import type { BodyPolicy } from '../../../src/core/wire/policies.ts';
import { startControl, toAnswer, type Answer } from '../../control/api.ts';
import { cloakroom } from '../../support/cloakroom.ts';
import { startApp } from '../../support/emulator.ts';
import { tally } from '../../support/providers.ts';

/** A body and its media type. */
interface Sent {
  readonly type: string;
  readonly body: string;
}

function json(value: unknown): Sent {
  return { type: 'application/json', body: JSON.stringify(value) };
}

function form(body: string): Sent {
  return { type: 'application/x-www-form-urlencoded', body };
}

/** The fields of a urlencoded form, as a multipart one. */
function multipart(fields: string): Sent {
  const parts = [...new URLSearchParams(fields)].map(
    ([name, value]) => `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return { type: 'multipart/form-data; boundary=x', body: `${parts.join('')}--x--\r\n` };
}

function text(body: string): Sent {
  return { type: 'text/plain', body };
}

function withBody(policy: Partial<BodyPolicy>): Provider {
  return { ...cloakroom, body: { ...cloakroom.body, ...policy } };
}

/** What a fresh emulator answers to ada, who sends this to /echo/path. */
async function post(query: string, sent?: Sent, provider = cloakroom): Promise<Answer> {
  const agent = await startApp({ providers: [provider] });
  const request = agent.post(`/cloakroom/v1/echo/path${query}`).set('X-Guest', 'ada');
  return toAnswer(await (sent ? request.set('Content-Type', sent.type).send(sent.body) : request));
}

async function get(path: string): Promise<Answer> {
  const agent = await startApp({ providers: [cloakroom] });
  return toAnswer(await agent.get(`/cloakroom/v1${path}`).set('X-Guest', 'ada'));
}

function echoed(params: object): Answer {
  return { status: 200, body: { basePath: '/v1', guest: { name: 'ada', visits: 1 }, params } };
}

function invalid(...violations: readonly string[]): Answer {
  return { status: 422, body: { error: 'invalid', basePath: '/v1', violations } };
}

const UNREADABLE: Answer = { status: 400, body: { error: 'parse', basePath: '/v1' } };
const MISSING = 'parameters: required';

describe('merged parameters', () => {
  it.each<[string, string, Sent | undefined]>([
    ['a query', '?color=red', undefined],
    ['JSON', '', json({ color: 'red' })],
    ['a urlencoded form', '', form('color=red')],
    ['a multipart form', '', multipart('color=red')],
  ])('come from %s, and from the path', async (_, query, sent) => {
    expect(await post(query, sent)).toEqual(echoed({ name: 'path', color: 'red' }));
  });

  it.each<[string, Sent]>([
    ['JSON', json({ name: 'body', color: 'body' })],
    ['a urlencoded form', form('name=body&color=body')],
    ['a multipart form', multipart('name=body&color=body')],
  ])('of the path beat those of %s, which beat those of the query', async (_, sent) => {
    expect(await post('?name=query&color=query', sent)).toEqual(echoed({ name: 'path', color: 'body' }));
  });

  it('come from several places at once', async () => {
    expect(await post('?color=query', json({ size: 5 }))).toEqual(echoed({ name: 'path', color: 'query', size: 5 }));
  });

  it.each<[string, Sent]>([
    ['a list', json([{ color: 'blue' }])],
    ['a string', json('color')],
    ['a number', json(7)],
    ['true', json(true)],
    ['null', json(null)],
    ['text', text('color=blue')],
  ])('are none in a body that is %s', async (_, sent) => {
    expect(await post('?color=red', sent)).toEqual(echoed({ name: 'path', color: 'red' }));
    expect(await post('', sent)).toEqual(invalid(MISSING));
  });

  it.each<[string, Sent]>([
    ['JSON', json({ color: 'red', other: 'x', length: '1', toString: 'y' })],
    ['a urlencoded form', form('color=red&other=x&length=1&toString=y')],
    ['a multipart form', multipart('color=red&other=x&length=1&toString=y')],
  ])('may have any name in %s', async (_, sent) => {
    expect(await post('', sent)).toEqual(
      echoed({ name: 'path', color: 'red', other: 'x', length: '1', toString: 'y' }),
    );
  });

  it('of a query are those that the document names', async () => {
    expect(await post('?color=red&other=x&__proto__=y&constructor=z')).toEqual(echoed({ name: 'path', color: 'red' }));
    expect(await get('/echo/path?color=red&other=x&ending=torn')).toEqual(echoed({ name: 'path', color: 'red' }));
  });

  it('are in a body only where the document gives the operation one', async () => {
    const agent = await startApp({ providers: [cloakroom] });
    const response = await agent.get('/cloakroom/v1/echo/path?color=red').set('X-Guest', 'ada').send({ color: 'blue' });
    expect(toAnswer(response)).toEqual(echoed({ name: 'path', color: 'red' }));
  });

  it.each<[string, Sent, string]>([
    [
      'JSON',
      {
        type: 'application/json',
        body: '{"__proto__":{"size":1},"constructor":{"prototype":{"size":1}},"color":"red"}',
      },
      '{"__proto__":{"size":1},"constructor":{"prototype":{"size":1}},"color":"red","name":"path"}',
    ],
    [
      'a urlencoded form',
      form('__proto__=a&constructor=b&color=red'),
      '{"__proto__":"a","constructor":"b","color":"red","name":"path"}',
    ],
    [
      'a multipart form',
      multipart('__proto__=a&constructor=b&color=red'),
      '{"__proto__":"a","constructor":"b","color":"red","name":"path"}',
    ],
  ])('named __proto__ and constructor in %s are data like any other', async (_, sent, params) => {
    const agent = await startApp({ providers: [cloakroom] });
    const request = agent.post('/cloakroom/v1/echo/path').set('X-Guest', 'ada').set('Content-Type', sent.type);
    const { status, text: body } = await request.send(sent.body);
    expect([status, body]).toEqual([200, `{"basePath":"/v1","guest":{"name":"ada","visits":1},"params":${params}}`]);
    expect(['size' in {}, Object.getPrototypeOf({})]).toEqual([false, Object.prototype]);
  });

  it('stand for no other where they are named __proto__', async () => {
    const sent = { type: 'application/json', body: '{"__proto__":{"color":"red"}}' };
    expect(await post('', sent)).toEqual(invalid(MISSING));
  });

  it('are seen by whoever is asked for the subject of the exchange', async () => {
    const api = await startControl({ providers: [cloakroom] });
    await api.call('post', '/cloakroom/v1/echo/path', { color: 'red' }, { 'X-Guest': 'ada' });
    await api.call('get', '/cloakroom/v1/sign');
    expect([(await api.get('/requests/default-1')).body, (await api.get('/requests/default-2')).body]).toMatchObject([
      { subject: 'path' },
      { subject: null },
    ]);
  });

  it('may name who calls', async () => {
    const agent = await startApp({ providers: [cloakroom] });
    const response = await agent.post('/cloakroom/v1/echo/path').send({ color: 'red', guest: 'ada' });
    expect(toAnswer(response)).toEqual(echoed({ name: 'path', color: 'red', guest: 'ada' }));
  });
});

describe('merged parameters that do not fit', () => {
  it.each<[string, string, Sent | undefined]>([
    ['a query', '?size=large', undefined],
    ['JSON', '', json({ size: 'large' })],
    ['a urlencoded form', '', form('size=large')],
    ['a multipart form', '', multipart('size=large')],
    ['several places', '?size=large', json({ other: 'x' })],
  ])('are told by the schema of the body, also from %s', async (_, query, sent) => {
    expect(await post(query, sent)).toEqual(invalid(MISSING, 'parameters/size: type'));
  });

  it('are those that are kept, and not those that they beat', async () => {
    expect(await post('?color=red&size=large', json({ size: 5 }))).toEqual(
      echoed({ name: 'path', color: 'red', size: 5 }),
    );
    expect(await post('?color=red&size=large', json({ size: null }))).toEqual(invalid('parameters/size: type'));
  });

  it.each<[string, string, Sent | undefined]>([
    ['a query', '?color=red&size=5', undefined],
    ['a urlencoded form', '', form('color=red&size=5')],
    ['a multipart form', '', multipart('color=red&size=5')],
    ['JSON', '', json({ color: 'red', size: '5' })],
  ])('are not made to fit: a string of %s is no integer', async (_, query, sent) => {
    expect(await post(query, sent)).toEqual(invalid('parameters/size: type'));
  });

  it('are told by the schemas of query and path where there is no body', async () => {
    expect(await get('/echo/path')).toEqual(invalid(MISSING));
    expect(await get('/echo/path?color=red&size=5')).toEqual(invalid('parameters/size: type'));
    expect(await get('/tickets/hat?ending=lost')).toEqual(invalid('parameters/kind: enum', 'parameters/ending: enum'));
  });
});

describe('parameters of a service that keeps them apart', () => {
  it('are not merged', async () => {
    const seen: ParsedRequest[] = [];
    const watched: Provider = { ...tally, subject: (received) => void seen.push(received) };
    const agent = await startApp({ providers: [watched] });
    await agent.post('/tally/counters/a/add').send({ by: 1 });
    expect(seen).toEqual([{ path: { name: 'a' }, query: {}, body: { by: 1 }, params: {}, basePath: '' }]);
  });
});

describe.each<[string, string, Sent | undefined]>([
  ['a query', '?color=red&color=green', undefined],
  ['a form', '', form('color=red&color=green')],
])('a name that repeats in %s', (_, query, sent) => {
  it('makes a list', async () => {
    expect(await post(query, sent)).toEqual(echoed({ name: 'path', color: ['red', 'green'] }));
  });

  it('has its last value where the service takes that', async () => {
    const lastWins = withBody({ lastValueWins: true });
    expect(await post(query, sent, lastWins)).toEqual(echoed({ name: 'path', color: 'green' }));
  });
});

describe.each<[string, string, Sent | undefined]>([
  ['a query', '?color%5B%5D=red&color[]=green', undefined],
  ['a form', '', form('color%5B%5D=red&color[]=green')],
])('a name that ends in brackets in %s', (_, query, sent) => {
  it('is a name like any other', async () => {
    expect(await post(query, sent)).toEqual(invalid(MISSING));
  });

  it('makes a list without them where the last value wins', async () => {
    const lastWins = withBody({ lastValueWins: true });
    expect(await post(query, sent, lastWins)).toEqual(echoed({ name: 'path', color: ['red', 'green'] }));
  });
});

it('reads names of JSON as they are where the last value wins', async () => {
  const sent = json({ color: ['red'], 'size[]': [5] });
  expect(await post('', sent, withBody({ lastValueWins: true }))).toEqual(
    echoed({ name: 'path', color: ['red'], 'size[]': [5] }),
  );
});

describe('a body of a type that the service does not read', () => {
  const XML: Sent = { type: 'application/xml', body: '<color>blue</color>' };

  it('is a failure', async () => {
    expect(await post('?color=red', XML)).toEqual(UNREADABLE);
  });

  it('counts as none where the service ignores it', async () => {
    const ignoring = withBody({ ignoreOthers: true });
    expect(await post('?color=red', XML, ignoring)).toEqual(echoed({ name: 'path', color: 'red' }));
    expect(await post('', XML, ignoring)).toEqual(invalid(MISSING));
  });

  it('does not make one of the others right that cannot be read', async () => {
    const broken = { type: 'application/json', body: '{"color":' };
    expect(await post('?color=red', broken, withBody({ ignoreOthers: true }))).toEqual(UNREADABLE);
  });
});

describe('a body without a type', () => {
  it.each<[string, Partial<BodyPolicy>, Answer]>([
    ['is a failure', {}, UNREADABLE],
    ['counts as none where others are ignored', { ignoreOthers: true }, echoed({ name: 'path', color: 'red' })],
    [
      'is read as the one that the service assumes',
      { assume: 'application/x-www-form-urlencoded', ignoreOthers: true },
      echoed({ name: 'path', color: 'blue' }),
    ],
  ])('%s', async (_, policy, answer) => {
    const agent = await startApp({ providers: [withBody(policy)] });
    const request = agent.post('/cloakroom/v1/echo/path?color=red').set('X-Guest', 'ada').send('color=blue');
    expect(toAnswer(await request.unset('Content-Type'))).toEqual(answer);
  });
});
