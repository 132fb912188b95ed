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

/** The address of the development key, as the README has it. */
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

/** Finds the signer of a credit from what the client gets only. */
function signerOf({ id, amount, contract, userAddress, expiresAt, signature }: WireCredit): string {
  const numbers = { value: BigInt(amount), expiresAt: BigInt(expiresAt) };
  return recoverSigner({ sender: userAddress, contract, ...numbers, salt: id, signature });
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

describe('the signature of a credit', () => {
  it('is made by the development key, whose address is public', () => {
    expect(addressOf(DEVELOPMENT_KEY)).toBe(SIGNER);
    // The well-known address of the key 1.
    expect(addressOf(`0x${'1'.padStart(64, '0')}`)).toBe('0x7e5f4552091a69125d5dfcb7b8c2659029395bdf');
    expect(toSalt('')).toBe('0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470');
  });

  it('covers sender, chain, contract, value, expiry and salt, and is the same in both formats', async () => {
    const [wire, document] = [await startWithAll(startWire), await startWithAll(startDecentraland)];
    const signatures = [];
    for (const address of WALLETS) {
      const credits = await readWire(wire, address);
      for (const credit of credits) {
        const bytes = toBytes(credit.signature);
        expect([signerOf(credit), credit.contract, bytes.length]).toEqual([SIGNER, CONTRACT, 65]);
        expect(credit.signature).toMatch(/^0x[0-9a-f]{128}(1b|1c)$/);
        // The contract's library accepts the lower half of the curve only.
        expect(bytes.subarray(32, 64).toString('hex') <= HALF_OF_THE_CURVE).toBe(true);
        signatures.push(credit.signature);
      }
      const same = fieldOf(await document.credits(address), 'body', 'credits') as readonly WireCredit[];
      expect(same.map(({ id, signature }) => [toSalt(id), signature])).toEqual(
        credits.map(({ id, signature }) => [id, signature]),
      );
    }
    expect(new Set(signatures).size).toBe(8);
  });

  it.each<[string, Partial<WireCredit>]>([
    ['another sender', { userAddress: PARTLY }],
    ['another contract', { contract: '0x8052a560e6e6ac86eeb7e711a4497f639b322fb3' }],
    ['another value', { amount: '10000000000000000001' }],
    ['another expiry', { expiresAt: '1772409601' }],
    ['another salt', { id: toSalt(creditId(2)) }],
  ])('does not cover %s', async (_, change) => {
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

  it('covers the owner in lower case', async () => {
    const api = await startWire();
    await api.run('grant', { address: NOBODY, amount: '1' });
    const [credit] = await readWire(api, NOBODY);
    expect(credit?.userAddress).toBe(NOBODY.toLowerCase());
    expect(credit && signerOf(credit)).toBe(SIGNER);
  });
});

it('is made once for the same terms, such as those of a seed that is built again', () => {
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

describe('the signed expiry', () => {
  it.each([
    ['2026-01-02T00:00:00.000Z', 1_767_312_000],
    ['2026-01-02T00:00:00.999Z', 1_767_312_000],
    ['2106-02-07T06:28:14.000Z', 4_294_967_294],
    ['2106-02-07T06:28:15.000Z', 4_294_967_295],
    ['9999-12-31T23:59:59.000Z', 4_294_967_295],
    [null, 4_294_967_295],
  ])('is in whole seconds, and at most what clients can hold: %s', async (expiresAt, seconds) => {
    const credit = { id: creditId(1), address: RICH, amount: '1', expiresAt };
    const api = await startWire({ fixtures: toFixtures({ wallets: [{ address: RICH }], credits: [credit] }) });
    const credits = await readWire(api, RICH);
    expect(credits.map((read) => [read.expiresAt, signerOf(read)])).toEqual([[String(seconds), SIGNER]]);
  });

  it.each([SOON, LASTING])('can be encoded if the clock is before 1970: %s', async (address) => {
    const api = await startWire({ clock: '1960-01-01T00:00:00Z' });
    expect((await readWire(api, address)).map(signerOf)).toEqual([SIGNER]);
  });
});
