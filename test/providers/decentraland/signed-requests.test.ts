import { beforeEach, describe, expect, it } from 'vitest';

import {
  FORMATS,
  NOBODY,
  RICH,
  ask,
  invalidAddress,
  list,
  listed,
  ok,
  refusal,
  startDecentraland,
  type Answer,
  type DecentralandApi,
} from './api.ts';
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

/** Like `unsigned`, if the text depends on the version of Node or the time. */
const told = (status: number, words: RegExp): object => ({
  status,
  body: { error: expect.stringMatching(words) as unknown, message: MESSAGE },
});

let api: DecentralandApi;

/** Asks for the list with these headers; those that are left out are right. */
function send({ chain = right(), time: sentTime = String(time), metadata = '{}' }: Sent): Promise<Answer> {
  const headers = toHeaders([], sentTime, metadata);
  chain.forEach((link, index) => {
    headers[`x-identity-auth-chain-${index}`] = typeof link === 'string' ? link : JSON.stringify(link);
  });
  return ask(api, 'get', path, headers);
}

const identity = createIdentity(wallet, now + HOUR);
const right = () => createChain(identity, { method: 'get', path, time });
const [signer, login, entity] = right();

beforeEach(async () => {
  api = await startDecentraland({ set: ['decentraland.signatures=check'] });
  await api.run('grant', { address: wallet.address, amount: '2' });
});

describe('a signed request', () => {
  const sign = (method: 'get' | 'post', asked: string, by = identity, at?: number) =>
    toSignedHeaders(by, { method, path: asked, ...(at !== undefined && { time: at }) });

  it('is accepted, whatever its query', async () => {
    for (const query of ['', '?status=AVAILABLE']) {
      const answer = await ask(api, 'get', `${path}${query}`, sign('get', `${path}${query}`));
      expect(answer).toMatchObject({ status: 200, body: { totalCredits: 2 } });
    }
  });

  const text = (signed: string) => signText(signed, identity.ephemeral);
  const metadata = '{"Origin":"Shop"}';
  const withMetadata = `get:${path}:${time}:${metadata}`;
  const later = now + 24 * HOUR;
  const capitals = wallet.address.toUpperCase().replace('0X', '0x');
  const ofEntity = (signed: string) => ({ type: 'ECDSA_SIGNED_ENTITY', payload: signed, signature: text(signed) });

  it.each<[string, Sent]>([
    ['with nothing changed', {}],
    ['signed by the wallet itself', { chain: [signer, { ...entity, signature: signText(payload, wallet) }] }],
    ['with metadata in capitals', { chain: [signer, login, ofEntity(withMetadata)], metadata }],
    ['with metadata in lower case', { chain: [signer, login, ofEntity(withMetadata.toLowerCase())], metadata }],
    ['of tomorrow', { chain: createChain(identity, { method: 'get', path, time: later }), time: String(later) }],
    ['of a wallet in capitals', { chain: [{ ...signer, payload: capitals }, login, entity] }],
  ])('is accepted %s', async (_, sent) => {
    expect(await send(sent)).toMatchObject({ status: 200, body: { totalCredits: 2 } });
  });

  it('registers its signer, without a body or with one that names it', async () => {
    const own = createIdentity(other);
    const register = (body?: object) => ask(api, 'post', '/users', sign('post', '/users', own), body);
    for (const body of [undefined, { address: other.address }]) expect(await register(body)).toEqual(ok({ ok: true }));
    expect(await register({ address: NOBODY })).toMatchObject({ status: 403, body: { code: 'NOT_THE_SIGNER' } });
    const credits = `/users/${other.address}/credits`;
    expect(await ask(api, 'get', credits, sign('get', credits, own))).toEqual(list(0));
  });

  it.each(FORMATS)(
    'is required for the operations that clients sign, and no others, in the format %s',
    async (format) => {
      const set = ['decentraland.signatures=check', `decentraland.format=${format}`];
      const checking = await startDecentraland({ set });
      const { operations } = requests.variants?.[format] ?? requests;
      const refused = unsigned(400, 'Invalid Auth Chain');
      const open: string[] = [];
      for (const [operation, { method, path: asked, body }] of Object.entries(operations)) {
        // The administrator is known by a token first, and signs in the format wire only.
        const token = operation === 'grantCredit' ? { Authorization: 'Bearer decentraland_admin_token' } : {};
        const answer = await ask(checking, method.toLowerCase() as 'get' | 'post', asked, token, body);
        if (answer.status === 200) open.push(operation);
        else expect([operation, answer]).toEqual([operation, refused]);
      }
      const free = ['getSeason', 'getSeasons', 'listPacks', 'signExternalCall', 'mintUsd', 'mintCredit'];
      expect(open).toEqual(format === 'wire' ? free : [...free, 'grantCredit']);
    },
  );

  it.each([
    ['ada', invalidAddress],
    [NOBODY, refusal(403, 'The signer is not the address of the request', 'NOT_THE_SIGNER')],
    [RICH, refusal(403, 'The signer is not the address of the request', 'NOT_THE_SIGNER')],
  ])('is refused for %s, which is not its signer, before the wallet is looked up', async (address, refused) => {
    const asked = `/users/${address}/credits`;
    expect(await ask(api, 'get', asked, sign('get', asked))).toEqual(refused);
    expect(await api.call('get', asked)).toEqual(unsigned(400, 'Invalid Auth Chain'));
  });

  it('is refused after five minutes of real time, or after the window that is set', async () => {
    const set = ['decentraland.signatures=check', 'decentraland.signatureWindow=PT1M'];
    const minute = await startDecentraland({ set });
    for (const [at, age, window] of [
      [api, 240_000, undefined],
      [api, 360_000, 300_000],
      [minute, 30_000, undefined],
      [minute, 90_000, 60_000],
    ] as const) {
      const then = Date.now() - age;
      const answer = await ask(at, 'get', '/users/0x/status', sign('get', '/users/0x/status', identity, then));
      const words = `^Expired signature: signature timestamp: ${then}, timestamp expiration: ${then + (window ?? 0)}, local timestamp: \\d+$`;
      expect(answer).toEqual(window === undefined ? invalidAddress : told(401, new RegExp(words)));
    }
  });

  it('is not checked unless the option says so, and neither is a key', async () => {
    const headers = { ...toHeaders([{}, 'x'.split('')], 'never', '{'), Authorization: 'Bearer wrong' };
    const answer = await ask(await startDecentraland(), 'get', `/users/${RICH}/credits`, headers);
    expect(answer).toEqual(list(12.5, listed(1), listed(2)));
  });

  it('is in the journal, with its chain hidden', async () => {
    await send({ chain: last({ signature: '0x12' }) });
    const { requests: journal } = (await api.control('get', '/requests?limit=1')) as { requests: readonly object[] };
    expect(JSON.stringify(journal)).toContain('Link type: ECDSA_SIGNED_ENTITY. Invalid signature.');
    expect(JSON.stringify(journal)).not.toContain('SIGNER');
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

const INVALID = '. Link type: ECDSA_SIGNED_ENTITY. Invalid signature.';
const EXPIRED = 'Invalid signature: ERROR\\. Link type: ECDSA_EPHEMERAL\\. Ephemeral key expired\\. Expiration';

describe('a wrongly signed request', () => {
  it.each<[string, Sent, object]>([
    ['no chain', { chain: [] }, unsigned(400, 'Invalid Auth Chain')],
    ['one link', { chain: [signer] }, unsigned(400, 'Invalid Auth Chain')],
    ['a gap', { chain: [signer, '', entity] }, unsigned(400, 'Invalid Auth Chain')],
    ['a link that is not JSON', { chain: [signer, '{'] }, told(400, /^Invalid chain format: \S.* JSON/)],
    ['a time that is not a number', { time: 'abc' }, unsigned(400, 'Invalid chain timestamp: abc')],
    ['metadata that are not JSON', { metadata: '{' }, unsigned(400, 'Invalid chain metadata: "{"')],
    ['metadata that are a list', { metadata: '[]' }, unsigned(400, 'Invalid chain metadata: "[]"')],
    ['a scene', { metadata: '{"signer":"decentraland-kernel-scene"}' }, unsigned(400, 'Invalid metadata')],
    ['a chain that does not begin with a signer', { chain: [login, entity] }, invalid(': Malformed authChain')],
    ['a second signer', { chain: [signer, signer, entity] }, invalid(': Malformed authChain')],
    [
      'a lent key that has expired',
      { chain: lent(new Date(past).toISOString()) },
      told(401, new RegExp(`^${EXPIRED}: ${past}\\. Test: \\d+\\.$`)),
    ],
    ['a lent key without an end', { chain: lent('soon') }, told(401, new RegExp(`^${EXPIRED}: NaN\\. Test: \\d+\\.$`))],
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
      'a signature of another key',
      { chain: last({ signature: signText(payload, other) }) },
      forged('ECDSA_SIGNED_ENTITY', identity.ephemeral.address, other.address),
    ],
    ['a signature that is too short', { chain: last({ signature: '0x12' }) }, invalid(INVALID)],
    [
      'a signature that is not a point of the curve',
      { chain: last({ signature: `0x${'f'.repeat(130)}` }) },
      invalid(INVALID),
    ],
    [
      'the signature of another request',
      { chain: createChain(identity, { method: 'post', path, time }) },
      invalid(`: Invalid final authority. Expected: ${payload}. Current post:${path}:${time}:{}.`),
    ],
    [
      'a time that was not signed',
      { time: String(time + 1) },
      invalid(`: Invalid final authority. Expected: get:${path}:${time + 1}:{}. Current ${payload}.`),
    ],
    [
      'a chain without a signed payload',
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
  ])('is refused for %s', async (_, sent, answer) => {
    expect(await send(sent)).toEqual(answer);
  });
});
