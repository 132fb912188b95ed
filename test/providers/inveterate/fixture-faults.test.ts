import { describe, expect, it } from 'vitest';

import { CODE, startInveterate } from './api.ts';

const A = { merchantId: 'a', name: 'A', apiKey: 'key_a' };
const B = { merchantId: 'b', name: 'B', apiKey: 'key_b' };
const ONE = { merchantId: 'a', customerId: '1' };
const TWO = { merchantId: 'a', customerId: '2' };
const WAITING = { ...ONE, kind: 'credits', amount: 5, settlesAt: 'now+PT5S' };
const HUGE = `1${'0'.repeat(309)}`;
const LARGEST = Number.MAX_VALUE;

/** What putting a state with this section says: nothing, or what is wrong where. What is refused changes nothing. */
async function put(section: object): Promise<string | undefined> {
  const api = await startInveterate();
  const before = await api.everything();
  const response = await api.app.put('/_emulator/state').send({ inveterate: section });
  if (response.status === 204) return undefined;
  expect(response.status).toBe(400);
  expect(await api.everything()).toEqual(before);
  return (response.body as { readonly detail: string }).detail;
}

/** Two merchants, and these members. */
function members(...list: readonly object[]): object {
  return { merchants: [A, B], members: list };
}

/** One member, with these fields. */
function member(fields: object): object {
  return members({ ...ONE, ...fields });
}

/** One member with five credits, and these changes that wait. */
function pending(...list: readonly object[]): object {
  return { ...member({ credit: 5 }), pending: list };
}

describe('the section of a fixture', () => {
  it.each<[string, object]>([
    ['a customer of two merchants', members(ONE, { ...ONE, merchantId: 'b' })],
    ['a member with a code for everything', member({ credit: 5, redemption: { code: CODE, value: '5.00' } })],
    ['an entry that takes everything', member({ credits: [{ amount: 5 }, { amount: '-5.0' }] })],
    ['a balance that is what the entries come to', member({ credit: '5', credits: [{ amount: 5 }] })],
    ['what waits for somebody who is no member yet', pending({ ...WAITING, customerId: '9', kind: 'member' })],
    ['a reason why something was refused', pending({ ...WAITING, refused: 'OVERDRAFT' })],
    ['two changes of one member', pending(WAITING, WAITING)],
    ['a member without a code', member({ redemption: null, lastPurchaseAt: null })],
    ['the largest amount', member({ credit: LARGEST, totalSpend: LARGEST })],
  ])('may have %s', async (_, section) => {
    expect(await put(section)).toBeUndefined();
  });

  it.each<[string, object, string]>([
    [
      'two merchants with one key',
      { merchants: [A, { ...B, apiKey: A.apiKey }] },
      'merchants[1].apiKey: The merchant "a" has the same apiKey.',
    ],
    [
      'a member of no merchant',
      members({ ...ONE, merchantId: 'x' }),
      'members[0].merchantId: There is no merchant "x".',
    ],
    [
      'what waits for a member of no merchant',
      pending({ ...WAITING, merchantId: 'x' }),
      'pending[0].merchantId: There is no merchant "x".',
    ],
    [
      'credits that wait for somebody who is no member',
      pending(WAITING, { ...WAITING, customerId: '9' }),
      'pending[1].customerId: There is no member "9".',
    ],
    [
      'a redemption that waits for a member of another merchant',
      pending({ ...WAITING, merchantId: 'b', kind: 'redemption' }),
      'pending[0].customerId: There is no member "1".',
    ],
    [
      'two changes with one id',
      pending({ ...WAITING, id: 3 }, { ...WAITING, id: 3 }),
      'pending[1].id: Change 3 already exists.',
    ],
    [
      'a refusal for a reason that is none',
      pending({ ...WAITING, refused: 'BAD_LUCK' }),
      'pending[0].refused: "BAD_LUCK" is not a known reason.',
    ],
  ])('refuses %s', async (_, section, message) => {
    expect(await put(section)).toBe(`body: inveterate.${message}`);
  });

  it.each<[string, object, string]>([
    [
      'a balance that the entries do not come to',
      member({ credit: 5.01, credits: [{ amount: 2 }, { amount: 3 }] }),
      'credit: It is 5.01, but the entries add up to 5.',
    ],
    [
      'a balance of zero that the entries do not come to',
      member({ credit: 0, credits: [{ amount: 2 }] }),
      'credit: It is 0, but the entries add up to 2.',
    ],
    [
      'a balance that no entries come to',
      member({ credit: '2', credits: [] }),
      'credit: It is 2, but the entries add up to 0.',
    ],
    [
      'an entry of nothing',
      member({ credits: [{ amount: 2 }, { amount: '0.00' }] }),
      'credits[1]: An entry cannot be 0.',
    ],
    [
      'an entry that takes more than there is',
      member({ credits: [{ amount: 2 }, { amount: -2.01 }, { amount: 5 }] }),
      'credits[1]: It takes more than the balance.',
    ],
    ['a balance below zero', member({ credit: -0.01 }), 'credit: It takes more than the balance.'],
    [
      'a code for more than there is',
      member({ credit: 5, redemption: { code: CODE, value: 5.01 } }),
      'redemption.value: A code must be worth more than 0 and at most the balance of 5.',
    ],
    [
      'a code of somebody who has nothing',
      member({ redemption: { code: CODE, value: 1 } }),
      'redemption.value: A code must be worth more than 0 and at most the balance of 0.',
    ],
    [
      'a code for nothing',
      member({ credit: 5, redemption: { code: CODE, value: '0.0' } }),
      'redemption.value: A code must be worth more than 0 and at most the balance of 5.',
    ],
    [
      'a code for less than nothing',
      member({ credit: 5, redemption: { code: CODE, value: -1 } }),
      'redemption.value: A code must be worth more than 0 and at most the balance of 5.',
    ],
    ['a balance that no number holds', member({ credit: HUGE }), 'credit: An amount must fit into a JSON number.'],
    [
      'an entry that no number holds',
      member({ credits: [{ amount: 1 }, { amount: HUGE }] }),
      'credits[1].amount: An amount must fit into a JSON number.',
    ],
    [
      'spending that no number holds',
      member({ totalSpend: HUGE }),
      'totalSpend: An amount must fit into a JSON number.',
    ],
    [
      'a code that no number holds',
      member({ credit: 5, redemption: { code: CODE, value: HUGE } }),
      'redemption.value: An amount must fit into a JSON number.',
    ],
  ])('refuses a member with %s', async (_, section, message) => {
    expect(await put(section)).toBe(`body: inveterate.members[0].${message}`);
  });

  it('refuses two members with one code, of whatever merchants', async () => {
    const redemption = { code: CODE, value: 1 };
    const one = { ...ONE, credit: 5, redemption };
    const other = { ...TWO, merchantId: 'b', credit: 5, redemption };
    expect(await put(members(one, other))).toBe(
      'body: inveterate.members[1].redemption.code: The member "1" has the same code.',
    );
  });

  it.each<[string, object, string]>([
    ['credits', { amount: HUGE }, 'amount'],
    ['redemption', { amount: HUGE }, 'amount'],
    ['member', { credits: HUGE }, 'credits'],
  ])('refuses what waits with an amount that no number holds: %s', async (kind, fields, field) => {
    expect(await put(pending({ ...ONE, kind, settlesAt: 'now', ...fields }))).toBe(
      `body: inveterate.pending[0].${field}: An amount must fit into a JSON number.`,
    );
  });

  // What such a change would leave could not be put back.
  it.each<[string, object, string]>([
    ['a redemption of nothing', { kind: 'redemption', amount: 0 }, 'amount'],
    ['a redemption of less than nothing', { kind: 'redemption', amount: -1 }, 'amount'],
    ['a member who starts with less than nothing', { kind: 'member', credits: -1 }, 'credits'],
  ])('refuses %s that waits', async (_, fields, field) => {
    const fault = new RegExp(`^body: inveterate\\.pending\\[0\\]\\.${field}: `);
    expect(await put(pending({ ...ONE, settlesAt: 'now+PT5S', ...fields }))).toMatch(fault);
  });

  it('refuses entries that come to more than a number holds', async () => {
    expect(await put(member({ credits: [{ amount: LARGEST }, { amount: LARGEST }] }))).toMatch(
      /^body: inveterate\.members\[0\]\.credits\[1\]/,
    );
  });
});
