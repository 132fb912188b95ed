import { beforeEach, describe, expect, it } from 'vitest';

import type { Emulator } from '../../../src/compose/emulator.ts';
import { startEmulator } from '../../support/emulator.ts';
import { CONTRACT, EXPIRY_SECONDS, anyHash, anySignature, anyUuid } from './api.ts';
import { Session, createAccountClient, createGameClient, createShopClient } from './clients.ts';
import { createWallet } from './wallet.ts';

let emulator: Emulator;
let session: Session;

beforeEach(async () => {
  const set = ['decentraland.format=wire', 'decentraland.signatures=check'];
  emulator = await startEmulator({ providers: ['decentraland'], set });
  // A port of its own, because clients drop any path.
  session = new Session(emulator.urls.decentraland, createWallet());
});

async function run(name: string, args: object): Promise<unknown> {
  const response = await fetch(`${emulator.url}/_emulator/controls/decentraland/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(args),
  });
  expect(response.status).toBe(200);
  return response.json();
}

describe('the clients of Decentraland, with a wallet that signs', () => {
  it('let a user join, leave and join again in the account app', async () => {
    const account = createAccountClient(session);
    expect(await account.readStatus()).toBe('not_registered');
    expect(await account.leave()).toBe('failed');
    expect(await account.join()).toBe(true);
    expect(await account.readStatus()).toBe('enrolled');
    expect(await account.leave()).toBe('left');
    expect(await account.readStatus()).toBe('opted_out');
    expect(await account.join()).toBe(true);
    expect(await account.readStatus()).toBe('enrolled');
  });

  it('start the program and claim rewards in the game', async () => {
    const game = createGameClient(session);
    const { address } = session.wallet;
    expect(await game.readProgress()).toEqual({
      user: { hasStartedProgram: false },
      credits: { available: 0, expiresIn: 0, isBlockedForClaiming: false },
      goals: [],
    });
    expect(await game.start()).toBe(true);
    expect(await game.look()).toEqual({ canClaim: false, bars: [0, 0, 0], state: 'RUNNING' });
    await run('completeSteps', { address, goalId: 'log-in' });
    await run('completeSteps', { address, goalId: 'visit-a-scene' });
    expect(await game.look()).toEqual({ canClaim: true, bars: [1, 0, 1], state: 'RUNNING' });
    await game.loadCaptcha();
    const solve = async (): Promise<number> =>
      ((await run('readCaptcha', { address })) as { readonly result: { readonly x: number } }).result.x;
    const wrong = ((await solve()) + 50) % 100;
    expect(await game.claim(wrong)).toEqual({ ok: false, credits_granted: 0, isBlockedForClaiming: false });
    await game.loadCaptcha();
    expect(await game.claim(await solve())).toEqual({ ok: true, credits_granted: 3, isBlockedForClaiming: false });
    expect(await game.look()).toEqual({ canClaim: false, bars: [1, 0, 1], state: 'RUNNING' });
    expect((await game.readProgress()).credits.available).toBe(3);
    expect(await createAccountClient(session).leave()).toBe('claimed');
  });

  it('buy and spend credits in the shop', async () => {
    const shop = createShopClient(session);
    const [, pack = ''] = await shop.listPacks();
    const orderId = await shop.checkout(pack);
    expect(await shop.poll(orderId)).toEqual({ status: 'initiated' });
    expect(await shop.turn(orderId, 'resume')).toBe(200);
    await run('payOrder', { orderId, status: 'processing' });
    expect(await shop.poll(orderId)).toEqual({ status: 'processing' });
    await run('payOrder', { orderId });
    expect(await shop.poll(orderId)).toEqual({ status: 'credited', creditsGranted: 100, newBalance: 100 });
    expect(await shop.turn(orderId, 'resume')).toBe(409);
    const other = await shop.checkout(pack);
    expect(await shop.turn(other, 'cancel')).toBe(200);
    expect(await shop.poll(other)).toEqual({ status: 'abandoned' });

    expect(await shop.authorize(1001, '1')).toBe('poor');
    const first = await shop.authorize(195, '1');
    const second = await shop.authorize(300, '2');
    if (first === 'poor' || second === 'poor') throw new Error('There is enough for both.');
    expect(BigInt(first.maxCreditedValue)).toBe(BigInt(first.credit.availableAmount));
    expect(await shop.readBalance()).toMatchObject({ balanceCents: 500, credits: 50, held: { cents: 500 } });
    expect(await shop.release([second.credit.id])).toEqual({ released: 1 });
    expect(await shop.submit([first.credit.id], `0x${'ef'.repeat(32)}`)).toEqual({ recorded: 1 });
    await run('settlePurchase', { address: session.wallet.address, salt: first.credit.id });
    expect(await shop.readBalance()).toEqual({ balanceCents: 800, credits: 80 });
    expect(await shop.listActivity()).toEqual([2, 2]);
  });

  it('mint credits for a developer, and grant some for an administrator', async () => {
    const { address } = session.wallet;
    const terms = { signature: anySignature, expiresAt: EXPIRY_SECONDS, seasonId: 2, creditId: anyUuid };
    const minted = await session.postUnsigned('/dev/mint-credit', { address, reason: 'local dev mint' });
    expect(minted).toMatchObject({ status: 200, json: terms });
    const usd = await session.postUnsigned('/dev/mint-usd', { address, usdCents: 10 });
    expect(usd.json).toEqual({ id: anyUuid, usdCents: 10, balanceCents: 10, credits: 1 });
    const body = { type: 'on-demand', amount: 2.5, reason: 'a gift', annotation: 'ticket 7' };
    const grant = (headers: Record<string, string>) => session.askOwn('/credits', { method: 'POST', body, headers });
    expect(await grant({})).toMatchObject({ status: 401, json: { error: 'Not Authorized' } });
    const granted = await grant({ authorization: 'Bearer decentraland_admin_token' });
    expect(granted.json).toEqual({ ...terms, season: { name: 'Season of Boats', id: 2 } });
    const season = { season: 2, seasonId: 2, weekId: null, goalId: null, claimedAt: null };
    const times = { timestamp: '1767225600000', expiresAt: '1772409600' };
    const userAddress = address.toLowerCase();
    const item = (wei: string) => ({
      id: anyHash,
      amount: wei,
      availableAmount: wei,
      status: 'available',
      userAddress,
      contract: CONTRACT,
      signature: anySignature,
      ...season,
      ...times,
    });
    expect((await session.askOwn('/credits')).json).toEqual({
      credits: [item('2500000000000000000'), item('100000000000000000000')],
      totalCredits: 102.5e18,
      totals: { expiring: 102.5e18, nonExpiring: 0 },
      usd: { balanceCents: 10, credits: 1 },
    });
  });

  it('have calls signed for publications and names', async () => {
    const { address } = session.wallet;
    const salt = `0x${'ab'.repeat(32)}`;
    const externalCall = { target: CONTRACT, selector: '0x12345678', data: '0x', expiresAt: 1_795_195_744, salt };
    const call = { chainId: 137, creditsManagerAddress: CONTRACT, externalCall };
    expect((await session.postUnsigned('/sign-external-call', { userAddress: address, ...call })).status).toBe(200);
    const publish = () => session.post('/credits/authorize-publication', { usdPriceCents: 10, ...call });
    const poor = { error: 'Insufficient credits', balanceCents: 0, requiredCents: 10 };
    expect(await publish()).toMatchObject({ status: 402, json: poor });
    await session.postUnsigned('/dev/mint-usd', { address, usdCents: 10 });
    expect((await publish()).status).toBe(200);
    const route = await session.ask('/credits-name-route?name=ada&chainId=1');
    expect(route).toMatchObject({ status: 200, json: { toChainId: '1' } });
  });

  it('find the URL in the environment, and no key', async () => {
    const provider = await (await fetch(`${emulator.url}/_emulator/providers/decentraland`)).json();
    expect(provider).toHaveProperty('env', { DECENTRALAND_CREDITS_URL: emulator.urls.decentraland });
  });
});
