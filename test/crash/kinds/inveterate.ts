import { toBody, type Kind } from './kind.ts';

interface Entry {
  readonly amount: number;
  readonly note: string;
}

interface State {
  readonly balance: number;
  /** Sum of all that was ever added. */
  readonly earned: number;
  /** The newest entries of the ledger, newest first. */
  readonly newest: readonly Entry[];
  /** What a code reserves. */
  readonly reserved: number | null;
  /** Written to the member's first name. */
  readonly mark: string | null;
}

const SEEN = 5;
const START = 1000;
const FIRST = 8_100_000_000_000;
const HEADERS = { 'X-Inveterate-Api-Key': 'inveterate_test_lumen' };

const toPath = (number: number, side: 'admin' | 'storefront' = 'admin'): string =>
  `/inveterate/v2.0/${side}/members/${FIRST + number}`;

export const inveterate: Kind<State> = {
  provider: 'inveterate',
  unit: 'credits',
  operation: 'CreditsController_create',
  seed: { balance: START, earned: START, newest: [{ amount: START, note: 'Welcome' }], reserved: null, mark: null },
  fixture: (number) => ({
    members: [
      {
        merchantId: 'lumen-tea',
        customerId: String(FIRST + number),
        email: `crash-${number}@lumen.example`,
        credits: [{ amount: START, note: 'Welcome' }],
      },
    ],
  }),
  toId: (number) => String(FIRST + number),
  toBalance: ({ balance }) => String(balance),
  draw(dice, { balance, reserved }, id, number) {
    const common = { id, status: 201, isLate: false, isRepeatable: false };
    const free = balance - (reserved ?? 0);
    if (dice.isLess(0.15)) {
      // A code that is there already takes up the new amount as well.
      const amount = dice.between(1, 3);
      if (amount <= free) {
        return {
          ...common,
          request: {
            method: 'POST',
            path: `${toPath(number, 'storefront')}/credits/redemption`,
            headers: HEADERS,
            body: { amount },
          },
          after: (state) => ({ ...state, reserved: (state.reserved ?? 0) + amount }),
        };
      }
    }
    if (dice.isLess(0.1)) {
      return {
        ...common,
        status: 200,
        request: {
          method: 'PUT',
          path: toPath(number),
          headers: HEADERS,
          body: { firstName: id, lastName: '', notes: '', phoneNumber: '' },
        },
        after: (state) => ({ ...state, mark: id }),
      };
    }
    // Quarters, so that doubles hold every sum exactly.
    const size = dice.between(1, 80) / 4;
    const amount = free > size && dice.isLess(0.5) ? -size : size;
    return {
      ...common,
      told: { note: id, amount },
      request: { method: 'POST', path: `${toPath(number)}/credits`, headers: HEADERS, body: { amount, note: id } },
      after: (state) => ({
        ...state,
        balance: state.balance + amount,
        earned: state.earned + Math.max(amount, 0),
        newest: [{ amount, note: id }, ...state.newest].slice(0, SEEN),
      }),
    };
  },
  reads: (number) =>
    [toPath(number), `${toPath(number)}/credits`].map((path) => ({
      method: 'GET',
      path,
      headers: HEADERS,
    })),
  toView([of, listed]) {
    const member = toBody<{ data: { credit: number; creditsEarned: number; firstName: string | null } }>(of).data;
    const { credits, redemption } = toBody<{
      data: {
        credits: readonly (Entry & { previousBalance: number; newBalance: number })[];
        redemption?: { value: number } | null;
      };
    }>(listed).data;
    const sum = credits.reduce((all, { amount }) => all + amount, 0);
    if (sum !== member.credit) throw new Error(`The entries make ${sum}, and the member has ${member.credit}.`);
    let after: number | undefined = sum;
    for (const entry of credits) {
      if (entry.newBalance !== after || entry.previousBalance + entry.amount !== after) {
        throw new Error(`The entries do not add up: ${JSON.stringify(credits)}`);
      }
      after = entry.previousBalance;
    }
    return {
      balance: member.credit,
      earned: member.creditsEarned,
      newest: credits.slice(0, SEEN).map(({ amount, note }) => ({ amount, note })),
      reserved: redemption?.value ?? null,
      mark: member.firstName,
    };
  },
  show: (state) => state,
};

/** Of the merchant that all these members are of. */
export function toSubscription(callbackUrl: string): object {
  return { merchantId: 'lumen-tea', topic: 'customer.credits.updated', callbackUrl, name: 'crash' };
}
