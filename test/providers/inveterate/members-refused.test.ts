import { describe, expect, it } from 'vitest';

import { BENOIT, NOBODY, enrolled, refusal, startInveterate } from './api.ts';

describe('a new member is refused, and nothing changes,', () => {
  const notANumber = 'customerId must match pattern "^[0-9]{1,32}$"';

  it.each<[object, string]>([
    [{}, 'customerId is required'],
    [{ credits: 5 }, 'customerId is required'],
    [{ customerId: 6_100_000_000_042 }, 'customerId must be string'],
    [{ customerId: null }, 'customerId must be string'],
    [{ customerId: '' }, notANumber],
    [{ customerId: 'gid://shopify/Customer/42' }, notANumber],
    [{ customerId: `gid://shopify/Customer/${NOBODY}` }, notANumber],
    [{ customerId: ' 6100000000042' }, notANumber],
    [{ customerId: '6100000000042\n' }, notANumber],
    [{ customerId: '-1' }, notANumber],
    [{ customerId: '1e3' }, notANumber],
    [{ customerId: '٣' }, notANumber],
    [{ customerId: '__proto__' }, notANumber],
    [{ customerId: '9'.repeat(33) }, notANumber],
    [{ customerId: NOBODY, credits: 0 }, 'credits must be >= 1'],
    [{ customerId: NOBODY, credits: 0.99 }, 'credits must be >= 1'],
    [{ customerId: NOBODY, credits: -5 }, 'credits must be >= 1'],
    [{ customerId: BENOIT, credits: -5 }, 'credits must be >= 1'],
    [{ customerId: NOBODY, credits: '5' }, 'credits must be number'],
    [{ customerId: NOBODY, credits: null }, 'credits must be number'],
    [{ customerId: NOBODY, referrals: 3 }, 'referrals must be string'],
    [{ customerId: NOBODY, segmentId: 3 }, 'segmentId must be string'],
    [{ customerId: NOBODY, overrideSpendThreshold: 'true' }, 'overrideSpendThreshold must be boolean'],
    [{ customerId: NOBODY, keepInSpendBasedTier: 1 }, 'keepInSpendBasedTier must be boolean'],
    [{ customerId: NOBODY, dateOfBirth: '28.2.1990' }, 'dateOfBirth must match format "date"'],
    [{ customerId: NOBODY, dateOfBirth: '1990-02-30' }, 'dateOfBirth must match format "date"'],
    [[], 'body must be object'],
    [[{ customerId: NOBODY }], 'body must be object'],
  ])('as %j', async (body, message) => {
    const api = await startInveterate();
    const before = await api.everything();
    expect(await api.enrol(body)).toStrictEqual(refusal(message));
    expect(await api.everything()).toEqual(before);
  });

  it('as credits that no number could show together with what is there', async () => {
    const api = await startInveterate();
    expect(await api.enrol({ customerId: NOBODY, credits: Number.MAX_VALUE })).toStrictEqual(enrolled);
    const before = await api.everything();
    expect(await api.enrol({ customerId: NOBODY, credits: Number.MAX_VALUE })).toStrictEqual(
      refusal('Amount is out of range'),
    );
    expect(await api.everything()).toEqual(before);
  });
});
