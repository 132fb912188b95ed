import { describe, expect } from 'vitest';

import { listMagic } from '../../support/magic.ts';
import {
  EMPTY,
  FLAGGED,
  FORMATS,
  LASTING,
  NOBODY,
  PARTLY,
  RICH,
  SOON,
  creditId,
  it,
  startDecentraland,
  type DecentralandApi,
} from './api.ts';

const MANA = 10n ** 18n;

interface Entry {
  readonly at: string;
  readonly account: string;
  readonly delta: string;
  readonly before: string;
  readonly after: string;
  readonly operation: string;
}

/** The whole ledger, oldest first. */
async function readEntries(api: DecentralandApi): Promise<readonly Entry[]> {
  const { entries } = (await api.control('get', '/ledger')) as { readonly entries: readonly Entry[] };
  return entries.toReversed();
}

/** The fields that differ between entries. */
function toRow({ at, operation, account, before, after }: Entry): readonly unknown[] {
  return [at, operation, account, BigInt(before), BigInt(after)];
}

/** A wallet that has dollars, and no MANA. */
const BUYER = '0x8888888888888888888888888888888888888888';

describe('the accounts', () => {
  it('are the wallets, with the wei that can still be spent', async () => {
    for (const [, start] of FORMATS) {
      const api = await start();
      const ours = { provider: 'decentraland', tenant: 'decentraland', unit: 'wei' };
      const account = (address: string, wei: bigint) => ({ ...ours, account: address, balance: String(wei) });
      expect(await api.control('get', '/accounts')).toEqual({
        accounts: [
          account(RICH, (25n * MANA) / 2n),
          account(PARTLY, 3n * MANA),
          account(SOON, 4n * MANA),
          account(EMPTY, 0n),
          account(FLAGGED, 7n * MANA),
          account(LASTING, 1500n * MANA),
          account(BUYER, 0n),
          ...listMagic('decentraland').map(({ subject }) => account(subject, 0n)),
          { ...account(BUYER, 2260n), unit: 'usd-cent' },
        ],
      });
    }
  });
});

describe('the ledger', () => {
  it('has one entry in wei for each change of a balance, at its instant', async () => {
    const owner = NOBODY.toLowerCase();
    const api = await startDecentraland();
    await api.run('grant', { address: NOBODY, amount: '10', expiresAt: '2026-01-03T00:00:00.000Z' });
    await api.run('grant', { address: NOBODY, amount: '5', expiresAt: null });
    await api.advance('PT30M');
    await api.run('consume', { address: NOBODY, amount: '4' });
    await api.run('revoke', { address: RICH, creditId: creditId(2) });
    // Two credits, and one entry.
    await api.run('grant', { address: RICH, amount: '1', expiresAt: null });
    await api.run('consume', { address: RICH, amount: '10.5' });
    await api.advance('P7D');
    const opening = (25n * MANA) / 2n;
    const left = MANA / 2n;
    expect((await readEntries(api)).map(toRow)).toEqual([
      ['2026-01-01T00:00:00.000Z', 'grant', owner, 0n, 10n * MANA],
      ['2026-01-01T00:00:00.000Z', 'grant', owner, 10n * MANA, 15n * MANA],
      ['2026-01-01T00:30:00.000Z', 'consume', owner, 15n * MANA, 11n * MANA],
      ['2026-01-01T00:30:00.000Z', 'revoke', RICH, opening, 10n * MANA],
      ['2026-01-01T00:30:00.000Z', 'grant', RICH, 10n * MANA, 11n * MANA],
      ['2026-01-01T00:30:00.000Z', 'consume', RICH, 11n * MANA, left],
      ['2026-01-01T01:00:00.000Z', 'expire', SOON, 4n * MANA, 0n],
      ['2026-01-03T00:00:00.000Z', 'expire', owner, 11n * MANA, 5n * MANA],
    ]);
  });

  it('has one entry for each wallet whose credits expire at the same instant', async ({ api }) => {
    for (const amount of ['1', '2']) {
      await api.run('grant', { address: SOON, amount, expiresAt: '2026-01-01T01:00:00.000Z' });
    }
    await api.advance('P60D');
    const rows = (await readEntries(api)).slice(2).map(toRow);
    const at = '2026-03-02T00:00:00.000Z';
    expect(rows.slice(0, 1)).toEqual([['2026-01-01T01:00:00.000Z', 'expire', SOON, 7n * MANA, 0n]]);
    expect(rows.slice(1).sort()).toEqual([
      [at, 'expire', RICH, (25n * MANA) / 2n, 0n],
      [at, 'expire', PARTLY, 3n * MANA, 0n],
      [at, 'expire', FLAGGED, 7n * MANA, 0n],
    ]);
  });

  it('has no entry for the seed, flags, seasons, registrations and reads', async ({ api }) => {
    await api.run('flag', { address: RICH, cause: 'captcha' });
    await api.advance('PT24H');
    await api.run('unflag', { address: FLAGGED });
    await api.run('pauseSeason');
    await api.run('endSeason');
    await api.call('post', '/users', { address: NOBODY });
    await api.credits(RICH);
    await api.firstEvent(RICH);
    expect((await readEntries(api)).map(({ operation }) => operation)).toEqual(['expire']);
  });
});
