import { describe, expect, it } from 'vitest';

import { useEmulator } from '../../../src/vitest.ts';

const { BUNDLES: bundleOnFailure } = process.env;

const credits = useEmulator({
  providers: ['klaim'],
  providerPorts: false,
  ...(bundleOnFailure && { bundleOnFailure }),
});

async function spend(url: string, body: object): Promise<number> {
  const headers = { Authorization: 'Bearer klaim_test_lantern', 'Content-Type': 'application/json' };
  return (await fetch(`${url}/users/ada/credits`, { method: 'PUT', headers, body: JSON.stringify(body) })).status;
}

describe('a suite', () => {
  it('passes and says nothing', async () => {
    expect(await spend(credits.urls.klaim, { credit_delta: -1 })).toBe(200);
  });

  it('fails', async () => {
    expect(await spend(credits.urls.klaim, { credit_delta: -2 })).toBe(200);
    expect(await spend(credits.urls.klaim, { credit_dleta: -3, note: 'x'.repeat(10_000) })).toBe(200);
  });

  it('fails before it asks', () => {
    expect(1).toBe(2);
  });
});

describe.concurrent('a suite at the same time', () => {
  it('is told by its context', async (context) => {
    expect(await spend(credits.of(context).urls.klaim, { credit_delta: -4 })).toBe(200);
    const { entries } = await credits.of(context).sandbox.ledger.list();
    expect(entries.map(({ delta }) => delta)).toEqual(['-4']);
  });

  it('is not told otherwise', () => {
    expect(credits.sandbox.name).toBe('');
  });
});
