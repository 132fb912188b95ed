import { beforeEach, describe, expect, it } from 'vitest';

import { NOBODY, RICH, invalidAddress, list, ok, refusal, startDecentraland, type DecentralandApi } from './api.ts';
import { requests } from './requests.ts';
import { createChain, createIdentity, createWallet, signText, toHeaders, toSignedHeaders } from './wallet.ts';

const MESSAGE = 'This endpoint requires a signed fetch request. See ADR-44.';
const unsigned = (status: number, error: string): object => ({ status, body: { error, message: MESSAGE } });

const wallet = createWallet();
const other = createWallet();
const path = `/users/${wallet.address}/credits`;
const now = Date.now();
const time = now - 1000;
const payload = `get:${path}:${time}:{}`;
const HOUR = 3_600_000;

interface Sent {
  readonly chain?: readonly (object | string)[];
  readonly time?: string;
  readonly metadata?: string;
}

/** As `unsigned`, where the words are not the same on every version of Node, or have the time in them. */
const told = (status: number, words: RegExp): object => ({
  status,
  body: { error: expect.stringMatching(words) as unknown, message: MESSAGE },
});

let api: DecentralandApi;

/** What the list says to these headers; whatever is left out is as it should be. */
async function ask({ chain = right(), time: sentTime = String(time), metadata = '{}' }: Sent): Promise<object> {
  const headers = toHeaders(
    chain.map((link) => (typeof link === 'string' ? {} : link)),
    sentTime,
    metadata,
  );
  chain.forEach((link, index) => {
    if (typeof link === 'string') headers[`x-identity-auth-chain-${index}`] = link;
  });
  const answer = await api.app.get(`/decentraland${path}`).set(headers);
  return { status: answer.status, body: answer.body as unknown };
}

const identity = createIdentity(wallet, now + HOUR);
const right = () => createChain(identity, { method: 'get', path, time });
const [signer, login, entity] = right();

beforeEach(async () => {
  api = await startDecentraland({ set: ['decentraland.signatures=check'] });
  await api.run('grant', { address: wallet.address, amount: '2' });
});

describe('a signed request', () => {
  it('of a wallet is let in, whatever its path is asked with', async () => {
    expect(await ask({})).toMatchObject({ status: 200, body: { totalCredits: 2 } });
    for (const query of ['', '?status=AVAILABLE']) {
      const headers = toSignedHeaders(identity, { method: 'get', path: `${path}${query}` });
      const answer = await api.app.get(`/decentraland${path}${query}`).set(headers);
      expect(answer).toMatchObject({ status: 200, body: { totalCredits: 2 } });
    }
  });

  it('is let in where the wallet itself signs, and where the metadata keeps its capitals', async () => {
    expect(await ask({ chain: [signer, { ...entity, signature: signText(payload, wallet) }] })).toMatchObject({
      status: 200,
    });
    const metadata = '{"Origin":"Shop"}';
    for (const signed of [`get:${path}:${time}:${metadata}`, `get:${path}:${time}:${metadata}`.toLowerCase()]) {
      const last = { type: 'ECDSA_SIGNED_ENTITY', payload: signed, signature: signText(signed, identity.ephemeral) };
      expect(await ask({ chain: [signer, login, last], metadata })).toMatchObject({ status: 200 });
    }
  });

  it('of tomorrow is let in, and one whose wallet is written with capitals', async () => {
    const later = now + 24 * HOUR;
    const chain = createChain(identity, { method: 'get', path, time: later });
    expect(await ask({ chain, time: String(later) })).toMatchObject({ status: 200 });
    const shouting = { ...signer, payload: wallet.address.toUpperCase().replace('0X', '0x') };
    expect(await ask({ chain: [shouting, login, entity] })).toMatchObject({ status: 200 });
  });

  it('registers its signer, without a body or with one that names it', async () => {
    const signed = () => toSignedHeaders(createIdentity(other), { method: 'post', path: '/users' });
    for (const body of [undefined, { address: other.address }]) {
      const answer = await api.app.post('/decentraland/users').set(signed()).send(body);
      expect(answer).toMatchObject(ok({ ok: true }));
    }
    expect(await api.app.post('/decentraland/users').set(signed()).send({ address: NOBODY })).toMatchObject({
      status: 403,
      body: { code: 'NOT_THE_SIGNER' },
    });
    const headers = toSignedHeaders(createIdentity(other), { method: 'get', path: `/users/${other.address}/credits` });
    expect(await api.app.get(`/decentraland/users/${other.address}/credits`).set(headers)).toMatchObject(list(0));
  });

  it.each(['document', 'wire'])(
    'is asked for by what the clients sign, and nowhere else, in the format %s',
    async (format) => {
      const set = ['decentraland.signatures=check', `decentraland.format=${format}`];
      const checking = await startDecentraland({ set });
      const { operations } = requests.variants?.[format] ?? requests;
      const open: string[] = [];
      for (const [operation, { method, path: asked, body }] of Object.entries(operations)) {
        // The administrator is known by a token first, and signs on the wire only.
        const known = operation === 'grantCredit' ? { Authorization: 'Bearer decentraland_admin_token' } : {};
        const verb = method.toLowerCase() as 'get' | 'post' | 'delete';
        const answer = await checking.app[verb](`/decentraland${asked}`).set(known).send(body);
        if (answer.status === 200) open.push(operation);
        else {
          expect([operation, answer.status, answer.body]).toEqual([
            operation,
            400,
            { error: 'Invalid Auth Chain', message: MESSAGE },
          ]);
        }
      }
      const free = ['getSeason', 'getSeasons', 'listPacks', 'signExternalCall', 'mintUsd', 'mintCredit'];
      expect(open).toEqual(format === 'wire' ? free : [...free, 'grantCredit']);
    },
  );

  it('of another wallet is refused once its address can be one, and before it is looked up', async () => {
    for (const [address, refused] of [
      ['ada', invalidAddress],
      [NOBODY, refusal(403, 'The signer is not the address of the request', 'NOT_THE_SIGNER')],
      [RICH, refusal(403, 'The signer is not the address of the request', 'NOT_THE_SIGNER')],
    ] as const) {
      const headers = toSignedHeaders(identity, { method: 'get', path: `/users/${address}/credits` });
      expect(await api.app.get(`/decentraland/users/${address}/credits`).set(headers)).toMatchObject(refused);
      expect(await api.call('get', `/users/${address}/credits`)).toEqual(unsigned(400, 'Invalid Auth Chain'));
    }
  });
});

const last = (changed: object) => [signer, login, { ...entity, ...changed }];
const lent = (until: string, changed: object = {}) => {
  const lines = `Decentraland Login\nEphemeral address: ${identity.ephemeral.address}\nExpiration: ${until}`;
  return [signer, { ...login, payload: lines, signature: signText(lines, wallet), ...changed }, entity];
};
const invalid = (words: string): object => unsigned(401, `Invalid signature: ERROR${words}`);
const forged = (type: string, expected: string, actual: string): object =>
  invalid(`. Link type: ${type}. Invalid signer address. Expected: ${expected}. Actual: ${actual}.`);
const past = now - HOUR;

describe('what is wrong with a signed request', () => {
  it.each<[string, Sent, object]>([
    ['no chain', { chain: [] }, unsigned(400, 'Invalid Auth Chain')],
    ['one link', { chain: [signer] }, unsigned(400, 'Invalid Auth Chain')],
    ['a gap', { chain: [signer, '', entity] }, unsigned(400, 'Invalid Auth Chain')],
    ['a link that is no JSON', { chain: [signer, '{'] }, told(400, /^Invalid chain format: \S.* JSON/)],
    ['a time that is none', { time: 'abc' }, unsigned(400, 'Invalid chain timestamp: abc')],
    ['metadata that are no JSON', { metadata: '{' }, unsigned(400, 'Invalid chain metadata: "{"')],
    ['metadata that are a list', { metadata: '[]' }, unsigned(400, 'Invalid chain metadata: "[]"')],
    ['a scene', { metadata: '{"signer":"decentraland-kernel-scene"}' }, unsigned(400, 'Invalid metadata')],
    ['no signer at first', { chain: [login, entity] }, invalid(': Malformed authChain')],
    ['a second signer', { chain: [signer, signer, entity] }, invalid(': Malformed authChain')],
    [
      'a lent key that has expired',
      { chain: lent(new Date(past).toISOString()) },
      told(
        401,
        new RegExp(
          `^Invalid signature: ERROR\\. Link type: ECDSA_EPHEMERAL\\. Ephemeral key expired\\. Expiration: ${past}\\. Test: \\d+\\.$`,
        ),
      ),
    ],
    [
      'a lent key without an end',
      { chain: lent('soon') },
      told(401, /Ephemeral key expired\. Expiration: NaN\. Test: \d+\.$/),
    ],
    [
      'a loan that another wallet has signed',
      { chain: [signer, { ...login, signature: signText(login.payload, other) }, entity] },
      forged('ECDSA_EPHEMERAL', wallet.address, other.address),
    ],
    [
      'a payload without its lines',
      { chain: [signer, { ...login, payload: 'Decentraland Login' }, entity] },
      invalid('. Link type: ECDSA_EPHEMERAL. Invalid ephemeral payload.'),
    ],
    [
      'what another key has signed',
      { chain: last({ signature: signText(payload, other) }) },
      forged('ECDSA_SIGNED_ENTITY', identity.ephemeral.address, other.address),
    ],
    [
      'no signature at all',
      { chain: last({ signature: '0x12' }) },
      invalid('. Link type: ECDSA_SIGNED_ENTITY. Invalid signature.'),
    ],
    [
      'no point of the curve',
      { chain: last({ signature: `0x${'f'.repeat(130)}` }) },
      invalid('. Link type: ECDSA_SIGNED_ENTITY. Invalid signature.'),
    ],
    [
      'another request that was signed',
      { chain: createChain(identity, { method: 'post', path, time }) },
      invalid(`: Invalid final authority. Expected: ${payload}. Current post:${path}:${time}:{}.`),
    ],
    [
      'another time than was signed',
      { time: String(time + 1) },
      invalid(`: Invalid final authority. Expected: get:${path}:${time + 1}:{}. Current ${payload}.`),
    ],
    [
      'nothing that was signed',
      { chain: [signer, login] },
      invalid(`: Invalid final authority. Expected: ${payload}. Current ${identity.ephemeral.address}.`),
    ],
    [
      'a link of an unknown type',
      { chain: last({ type: 'ECDSA' }) },
      invalid(`: Invalid final authority. Expected: ${payload}. Current .`),
    ],
    [
      'a contract that signs',
      { chain: [signer, { ...login, type: 'ECDSA_EIP_1654_EPHEMERAL' }, entity] },
      unsigned(503, 'Error connecting to catalyst "https://peer.decentraland.org"'),
    ],
  ])('is told of %s', async (_, sent, answer) => {
    expect(await ask(sent)).toEqual(answer);
  });

  it('is that it is too old, after five minutes of real time or as long as is said', async () => {
    const minute = await startDecentraland({
      set: ['decentraland.signatures=check', 'decentraland.signatureWindow=PT1M'],
    });
    for (const [at, age, window] of [
      [api, 240_000, undefined],
      [api, 360_000, 300_000],
      [minute, 30_000, undefined],
      [minute, 90_000, 60_000],
    ] as const) {
      const then = Date.now() - age;
      const headers = toSignedHeaders(identity, { method: 'get', path: '/users/0x/status', time: then });
      const answer = await at.app.get('/decentraland/users/0x/status').set(headers);
      if (window === undefined) {
        expect(answer).toMatchObject(invalidAddress);
        continue;
      }
      const words = `^Expired signature: signature timestamp: ${then}, timestamp expiration: ${then + window}, local timestamp: \\d+$`;
      expect({ status: answer.status, body: answer.body as unknown }).toEqual(told(401, new RegExp(words)));
    }
  });

  it('is not looked for unless it is asked for', async () => {
    const trusting = await startDecentraland();
    const answer = await trusting.app
      .get(`/decentraland/users/${RICH}/credits`)
      .set(toHeaders([{}, 'x'.split('')], 'never', '{'));
    expect(answer.status).toBe(200);
  });

  it('is in the journal, with its chain hidden', async () => {
    await ask({ chain: last({ signature: '0x12' }) });
    const { requests } = (await api.control('get', '/requests?limit=1')) as { requests: readonly object[] };
    expect(JSON.stringify(requests)).toContain('Link type: ECDSA_SIGNED_ENTITY. Invalid signature.');
    expect(JSON.stringify(requests)).not.toContain('SIGNER');
  });
});
