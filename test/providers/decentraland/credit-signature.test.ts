import { describe, expect, it } from 'vitest';

import { parseInstant } from '../../../src/core/values/clock.ts';
import { toAmount } from '../../../src/core/values/decimal.ts';
import { sign } from '../../../src/providers/decentraland/credit-signature.ts';
import type { Address, CreditId } from '../../../src/providers/decentraland/state.ts';
import {
  CONTRACT,
  LASTING,
  NOBODY,
  PARTLY,
  RICH,
  SOON,
  creditId,
  fieldOf,
  startDecentraland,
  startWire,
  toFixtures,
  type DecentralandApi,
} from './api.ts';
import { addressOf, recoverSigner, toBytes, toSalt } from './ethereum.ts';

/** Of the development key; the README tells it. */
const SIGNER = '0xaf369e31a48d16368e08b331710f48c761e1ebc3';
const DEVELOPMENT_KEY = '0xc0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00';

const HALF_OF_THE_CURVE = '7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0';

interface WireCredit {
  readonly id: string;
  readonly amount: string;
  readonly availableAmount: string;
  readonly contract: string;
  readonly userAddress: string;
  readonly expiresAt: string;
  readonly signature: string;
}

async function readWire(api: DecentralandApi, address: string): Promise<readonly WireCredit[]> {
  return fieldOf(await api.credits(address), 'body', 'credits') as readonly WireCredit[];
}

async function readSignatures(api: DecentralandApi, address: string): Promise<readonly string[]> {
  const credits = fieldOf(await api.credits(address), 'body', 'credits') as readonly { readonly signature: string }[];
  return credits.map(({ signature }) => signature);
}

/** Who signed a credit, by nothing but what the client gets. */
function signerOf({ id, amount, contract, userAddress, expiresAt, signature }: WireCredit): string {
  return recoverSigner({
    sender: userAddress,
    contract,
    value: BigInt(amount),
    expiresAt: BigInt(expiresAt),
    salt: id,
    signature,
  });
}

/** Wallets with credits of every kind. */
async function startWithAll(start: typeof startDecentraland): Promise<DecentralandApi> {
  const api = await start();
  await api.run('grant', { address: NOBODY, amount: '0.000000000000000001', expiresAt: null });
  await api.run('grant', { address: NOBODY, amount: '9'.repeat(59), goalId: 'log-in' });
  await api.run('grant', { address: NOBODY, amount: '1', expiresAt: '2026-01-01T00:00:00.999Z' });
  await api.run('grant', { address: NOBODY, amount: '1', expiresAt: '2500-01-01T00:00:00Z' });
  return api;
}

const WALLETS = [RICH, PARTLY, LASTING, NOBODY];

it('is by the development key, whose address is known', () => {
  expect(addressOf(DEVELOPMENT_KEY)).toBe(SIGNER);
  // Everybody knows that of the key 1.
  expect(addressOf(`0x${'1'.padStart(64, '0')}`)).toBe('0x7e5f4552091a69125d5dfcb7b8c2659029395bdf');
});

describe('the signature of a credit', () => {
  it('is that of the key over sender, chain, contract, value, expiry and salt', async () => {
    const api = await startWithAll(startWire);
    const signers = [];
    for (const address of WALLETS) signers.push(...(await readWire(api, address)).map(signerOf));
    expect(signers).toEqual(Array.from({ length: 8 }, () => SIGNER));
  });

  it('is of 65 bytes, the last of which is 27 or 28', async () => {
    const api = await startWithAll(startWire);
    for (const address of WALLETS) {
      for (const { signature } of await readWire(api, address)) {
        const bytes = toBytes(signature);
        expect(signature).toMatch(/^0x[0-9a-f]{130}$/);
        expect(bytes).toHaveLength(65);
        expect([27, 28]).toContain(bytes[64]);
        // The contract's library takes the lower half of the curve only.
        expect(bytes.subarray(32, 64).toString('hex') <= HALF_OF_THE_CURVE).toBe(true);
      }
    }
  });

  it.each<[string, Partial<WireCredit>]>([
    ['another sender', { userAddress: PARTLY }],
    ['another contract', { contract: '0x8052a560e6e6ac86eeb7e711a4497f639b322fb3' }],
    ['another value', { amount: '10000000000000000001' }],
    ['another expiry', { expiresAt: '1772409601' }],
    ['another salt', { id: toSalt(creditId(2)) }],
  ])('is not one over %s', async (_, change) => {
    const api = await startWire();
    const [credit] = await readWire(api, RICH);
    expect(credit && signerOf(credit)).toBe(SIGNER);
    expect(credit && signerOf({ ...credit, ...change })).not.toBe(SIGNER);
  });

  it('covers the whole value, so that spending a part does not change it', async () => {
    const api = await startWire();
    const [before] = await readWire(api, RICH);
    await api.run('consume', { address: RICH, amount: '1' });
    await api.run('consume', { address: RICH, amount: '2.5' });
    const [after] = await readWire(api, RICH);
    expect(after).toEqual({ ...before, availableAmount: '6500000000000000000', status: 'partially_used' });
    expect(after && signerOf(after)).toBe(SIGNER);
  });

  it('does not change with time, nor when a state is put back', async () => {
    const api = await startWire();
    const before = await readWire(api, RICH);
    await api.advance('P1D');
    expect(await readWire(api, RICH)).toEqual(before);
    await api.control('put', '/state', (await api.control('get', '/state')) as object);
    expect(await readWire(api, RICH)).toEqual(before);
  });

  it('is the same in both formats', async () => {
    const [document, wire] = [await startWithAll(startDecentraland), await startWithAll(startWire)];
    for (const address of WALLETS) {
      const signatures = await readSignatures(document, address);
      expect(await readSignatures(wire, address)).toEqual(signatures);
      expect(new Set(signatures).size).toBe(signatures.length);
    }
  });

  it('is the same in a list and in a stream', async () => {
    const api = await startWire();
    expect((await api.firstEvent(RICH)).body).toEqual((await api.credits(RICH)).body);
  });

  it('is by the owner in lower case, however the owner is asked for', async () => {
    const api = await startWire();
    await api.run('grant', { address: NOBODY, amount: '1' });
    const [credit] = await readWire(api, NOBODY);
    expect(credit?.userAddress).toBe(NOBODY.toLowerCase());
    expect(credit && signerOf(credit)).toBe(SIGNER);
  });
});

describe('the salt of a credit', () => {
  it('is the Keccak hash of the text of its UUID, which the format document shows', async () => {
    const [document, wire] = [await startWithAll(startDecentraland), await startWithAll(startWire)];
    for (const address of WALLETS) {
      const credits = fieldOf(await document.credits(address), 'body', 'credits') as readonly { readonly id: string }[];
      expect((await readWire(wire, address)).map(({ id }) => id)).toEqual(credits.map(({ id }) => toSalt(id)));
    }
  });

  it('is by the hash that Ethereum uses', () => {
    expect(toSalt('')).toBe('0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470');
  });
});

it('is made once for what is the same, such as the credits of a seed that is built anew', () => {
  const terms = {
    id: creditId(1) as CreditId,
    address: RICH as Address,
    amount: toAmount(1),
    expiresAt: parseInstant('2026-01-01T00:00:00.001Z'),
  };
  expect(sign({ ...terms })).toBe(sign(terms));
  expect(sign({ ...terms, expiresAt: parseInstant('2026-01-01T00:00:00.999Z') })).toBe(sign(terms));
  expect(sign({ ...terms, amount: toAmount(2) }).signature).not.toBe(sign(terms).signature);
});

describe('what is signed', () => {
  it('names the contract on Polygon', async () => {
    const api = await startWire();
    expect(new Set((await readWire(api, RICH)).map(({ contract }) => contract))).toEqual(new Set([CONTRACT]));
  });

  it.each([
    ['2026-01-02T00:00:00.000Z', 1_767_312_000],
    ['2026-01-02T00:00:00.999Z', 1_767_312_000],
    ['2106-02-07T06:28:14.000Z', 4_294_967_294],
    ['2106-02-07T06:28:15.000Z', 4_294_967_295],
    ['9999-12-31T23:59:59.000Z', 4_294_967_295],
    [null, 4_294_967_295],
  ])('has an expiry in whole seconds, and never a later one than clients hold: %s', async (expiresAt, seconds) => {
    const credit = { id: creditId(1), address: RICH, amount: '1', expiresAt };
    const api = await startWire({ fixtures: toFixtures({ wallets: [{ address: RICH }], credits: [credit] }) });
    const credits = await readWire(api, RICH);
    expect(credits.map((read) => [read.expiresAt, signerOf(read)])).toEqual([[String(seconds), SIGNER]]);
  });

  it.each([SOON, LASTING])('can be encoded, and shown, where the clock stands before 1970: %s', async (address) => {
    const api = await startWire({ clock: '1960-01-01T00:00:00Z' });
    expect((await readWire(api, address)).map(signerOf)).toEqual([SIGNER]);
  });
});
