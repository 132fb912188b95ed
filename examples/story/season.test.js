// A season of the regatta, from the first seat to the last refund: three services, one clock, one ledger.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

import { createEmulator } from 'credits-emulator';

import { createRegatta } from './regatta.js';

const WORLD = fileURLToPath(new URL('world.yaml', import.meta.url));
const CUSTOMER = '550e8400-e29b-41d4-a716-4466554400aa';
// Mira, as each of the services calls her.
const MIRA = 'mira';
const MIRAS_USER = '660e8400-e29b-41d4-a716-4466554400a1';
const MIRAS_WALLET = '0x00000000000000000000000000000000000000a1';

describe('a season of the regatta', () => {
  let emulator;
  let sandbox;
  let regatta;

  before(async () => {
    emulator = await createEmulator({ port: 0, fixtures: [WORLD] });
    sandbox = emulator.sandbox();
    regatta = createRegatta(await sandbox.env(), CUSTOMER);
  });
  after(() => emulator.close());

  it('1 June: Mira books a seat and pays once, though the answer to her payment is lost', async () => {
    // Klaim takes the credits, and the connection breaks before it can say so.
    await sandbox.faults.add({
      operation: 'updateUserCredits',
      phase: 'after',
      effect: { connection: 'reset' },
      times: 1,
    });
    await regatta.book(MIRA);
    assert.equal(await regatta.getBalance(MIRA), 75);
    await sandbox.requests.verify({ match: { operation: 'updateUserCredits' }, count: { exactly: 1 } });
  });

  it('1 June: Tomas books one, too', async () => {
    await regatta.book('tomas');
    assert.equal(await regatta.getBalance('tomas'), 15);
  });

  it('8 June: Mira sails and is given her prize once, though it takes two requests', async () => {
    await sandbox.clock.advance('P7D');
    await sandbox.faults.add({ operation: 'grantCredits', phase: 'after', effect: { status: 500 }, times: 1 });
    await regatta.sail(MIRA, MIRAS_USER);
    // Both had one key, so that the second one was answered as the first would have been.
    await sandbox.requests.verify({
      match: { operation: 'grantCredits', body: { idempotencyKey: 'regatta-7-mira' } },
      count: { exactly: 2 },
    });
  });

  it('28 June: nothing is paid back while the season runs', async () => {
    await sandbox.clock.set('2026-06-28T23:59:59Z');
    assert.deepEqual(await regatta.close(), []);
    assert.equal(await regatta.getMana(MIRAS_WALLET), 10);
  });

  it('29 June: the season is over, Tomas gets his fee back once, and MANA that was not spent is gone', async () => {
    await sandbox.clock.advance('PT1S');
    assert.deepEqual(await regatta.close(), ['tomas']);
    assert.deepEqual(await regatta.close(), []);
    assert.equal(await regatta.getBalance('tomas'), 40);
    assert.equal(await regatta.getMana(MIRAS_WALLET), 0);
  });

  it('in the ledger each of these stands once, in order, whichever service it was', async () => {
    const { entries } = await sandbox.ledger.list();
    const told = entries
      .reverse()
      .map(({ at, provider, account, delta }) => [at.slice(0, 10), provider, account, delta]);
    assert.deepEqual(told, [
      ['2026-06-01', 'klaim', 'mira', '-25'],
      ['2026-06-01', 'klaim', 'tomas', '-25'],
      ['2026-06-08', 'openmonetize', MIRAS_USER, '500'],
      ['2026-06-29', 'decentraland', MIRAS_WALLET, '-10000000000000000000'],
      ['2026-06-29', 'klaim', 'tomas', '25'],
    ]);
  });

  it('and the audit has nothing to say against the regatta', async () => {
    const { findings } = await sandbox.audit();
    assert.deepEqual(findings, []);
  });
});
