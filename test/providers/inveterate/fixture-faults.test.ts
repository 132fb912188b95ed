import { describe, expect, it } from 'vitest';

import { CODE, startInveterate } from './api.ts';

const A = { merchantId: 'a', name: 'A', apiKey: 'key_a' };
const B = { merchantId: 'b', name: 'B', apiKey: 'key_b' };
const ONE = { merchantId: 'a', customerId: '1' };
const WAITING = { ...ONE, kind: 'credits', amount: 5, settlesAt: 'now+PT5S' };
const HUGE = `1${'0'.repeat(309)}`;
const LARGEST = Number.MAX_VALUE;
const REDEMPTION = { code: CODE, value: 1 };
const beyondNumbers = 'An amount must fit into a JSON number.';
const wrongValue = (balance: number): string =>
  `redemption.value: A code must be worth more than 0 and at most the balance of ${balance}.`;

/** Puts a state with this section, and returns what is wrong where, if anything. A refusal must change nothing. */
async function put(section: object): Promise<string | undefined> {
  const api = await startInveterate();
  const before = await api.everything();
  const response = await api.app.put('/_emulator/state').send({ inveterate: section });
  if (response.status === 204) return undefined;
  expect(response.status).toBe(400);
  expect(await api.everything()).toEqual(before);
  return (response.body as { readonly detail: string }).detail.replace('body: inveterate.', '');
}

/** Two merchants, and these members. */
const members = (...list: readonly object[]): object => ({ merchants: [A, B], members: list });
/** One member, with these fields. */
const member = (fields: object): object => members({ ...ONE, ...fields });
/** One member with five credits, and these pending changes. */
const pending = (...list: readonly object[]): object => ({ ...member({ credit: 5 }), pending: list });

describe('the section of a fixture', () => {
  it.each<[string, object]>([
    ['a customer of two merchants', members(ONE, { ...ONE, merchantId: 'b' })],
    ['a member with a code for everything', member({ credit: 5, redemption: { code: CODE, value: '5.00' } })],
    ['an entry that takes everything', member({ credits: [{ amount: 5 }, { amount: '-5.0' }] })],
    ['a balance that is the sum of the entries', member({ credit: '5', credits: [{ amount: 5 }] })],
    ['a pending change of a customer who joins by it', pending({ ...WAITING, customerId: '9', kind: 'member' })],
    ['a reason for a refusal', pending({ ...WAITING, refused: 'OVERDRAFT' })],
    ['two changes of one member', pending(WAITING, WAITING)],
    ['a member without a code', member({ redemption: null, lastPurchaseAt: null })],
    ['the largest amount', member({ credit: LARGEST, totalSpend: LARGEST })],
  ])('may have %s', async (_, section) => {
    expect(await put(section)).toBeUndefined();
  });

  it.each<[object, string]>([
    [{ merchants: [A, { ...B, apiKey: A.apiKey }] }, 'merchants[1].apiKey: The merchant "a" has the same apiKey.'],
    [members({ ...ONE, merchantId: 'x' }), 'members[0].merchantId: There is no merchant "x".'],
    [
      members(
        { ...ONE, credit: 5, redemption: REDEMPTION },
        { ...ONE, merchantId: 'b', credit: 5, redemption: REDEMPTION },
      ),
      'members[1].redemption.code: The member "1" has the same code.',
    ],
    [pending({ ...WAITING, merchantId: 'x' }), 'pending[0].merchantId: There is no merchant "x".'],
    [pending(WAITING, { ...WAITING, customerId: '9' }), 'pending[1].customerId: There is no member "9".'],
    [pending({ ...WAITING, merchantId: 'b', kind: 'redemption' }), 'pending[0].customerId: There is no member "1".'],
    [pending({ ...WAITING, id: 3 }, { ...WAITING, id: 3 }), 'pending[1].id: Change 3 already exists.'],
    [pending({ ...WAITING, refused: 'BAD_LUCK' }), 'pending[0].refused: "BAD_LUCK" is not a known reason.'],
    [pending({ ...WAITING, amount: HUGE }), `pending[0].amount: ${beyondNumbers}`],
    [pending({ ...WAITING, kind: 'member', credits: HUGE }), `pending[0].credits: ${beyondNumbers}`],
    [
      pending({ ...WAITING, kind: 'redemption', amount: 0 }),
      'pending[0].amount: The amount of a code must be more than 0.',
    ],
    [pending({ ...WAITING, kind: 'redemption', amount: -1 }), 'pending[0].amount: It must not be negative.'],
    [pending({ ...WAITING, kind: 'member', credits: -1 }), 'pending[0].credits: It must not be negative.'],
  ])('is refused: %j', async (section, message) => {
    expect(await put(section)).toBe(message);
  });

  it.each<[object, string]>([
    [{ credit: 5.01, credits: [{ amount: 2 }, { amount: 3 }] }, 'credit: It is 5.01, but the entries add up to 5.'],
    [{ credit: 0, credits: [{ amount: 2 }] }, 'credit: It is 0, but the entries add up to 2.'],
    [{ credit: '2', credits: [] }, 'credit: It is 2, but the entries add up to 0.'],
    [{ credits: [{ amount: 2 }, { amount: '0.00' }] }, 'credits[1]: An entry cannot be 0.'],
    [{ credits: [{ amount: 2 }, { amount: -2.01 }, { amount: 5 }] }, 'credits[1]: It takes more than the balance.'],
    [{ credits: [{ amount: LARGEST }, { amount: LARGEST }] }, `credits[1]: ${beyondNumbers}`],
    [{ credit: -0.01 }, 'credit: It takes more than the balance.'],
    [{ credit: 5, redemption: { code: CODE, value: 5.01 } }, wrongValue(5)],
    [{ redemption: REDEMPTION }, wrongValue(0)],
    [{ credit: 5, redemption: { code: CODE, value: '0.0' } }, wrongValue(5)],
    [{ credit: 5, redemption: { code: CODE, value: -1 } }, wrongValue(5)],
    [{ credit: HUGE }, `credit: ${beyondNumbers}`],
    [{ credits: [{ amount: 1 }, { amount: HUGE }] }, `credits[1].amount: ${beyondNumbers}`],
    [{ totalSpend: HUGE }, `totalSpend: ${beyondNumbers}`],
    [{ credit: 5, redemption: { code: CODE, value: HUGE } }, `redemption.value: ${beyondNumbers}`],
  ])('is refused for a member with %j', async (fields, message) => {
    expect(await put(member(fields))).toBe(`members[0].${message}`);
  });
});
