import { toBody, type Kind, type Request } from './kind.ts';

interface State {
  readonly balance: number;
  /** Written to the user's metadata. */
  readonly mark: string | null;
  /** How many more users this client has made. */
  readonly made: number;
}

const HEADERS = { Authorization: 'Bearer klaim_test_lantern' };

const toUser = (number: number): string => `crash-${number}`;
const toMade = (number: number, made: number): string => `crash-${number}-${made}`;

function toRead(user: string): Request {
  return { method: 'GET', path: `/klaim/users/${user}`, headers: HEADERS };
}

export const klaim: Kind<State> = {
  provider: 'klaim',
  unit: 'credits',
  operation: 'updateUserCredits',
  seed: { balance: 1000, mark: null, made: 0 },
  fixture: (number) => ({
    users: [
      {
        app_id: 'app_lantern',
        user_id: toUser(number),
        email: `${toUser(number)}@lantern.example`,
        credit_balance: 1000,
      },
    ],
  }),
  toId: toUser,
  toBalance: ({ balance }) => String(balance),
  draw(dice, { made }, id, number) {
    const common = { id, status: 200, isLate: false, isRepeatable: false };
    const path = `/klaim/users/${toUser(number)}`;
    const kind = dice.between(1, 10);
    if (kind <= 7) {
      const delta = dice.pick([1, -1]) * dice.between(1, 50);
      return {
        ...common,
        request: {
          method: 'PUT',
          path: `${path}/credits`,
          headers: HEADERS,
          body: { credit_delta: delta, description: id },
        },
        after: (state) => ({ ...state, balance: state.balance + delta }),
      };
    }
    if (kind <= 9) {
      return {
        ...common,
        request: { method: 'PUT', path, headers: HEADERS, body: { metadata: { last: id } } },
        after: (state) => ({ ...state, mark: id }),
      };
    }
    const user = toMade(number, made + 1);
    return {
      ...common,
      request: {
        method: 'POST',
        path: '/klaim/users',
        headers: HEADERS,
        body: { user_id: user, email: `${user}@lantern.example` },
      },
      after: (state) => ({ ...state, made: made + 1 }),
    };
  },
  reads(number, possible) {
    const most = toMost(possible);
    return [toUser(number), toMade(number, most), toMade(number, most - 1)].map(toRead);
  },
  toView([answer, last, second], possible) {
    const user = toBody<{ credit_balance: number; metadata?: { last?: string } }>(answer);
    const most = toMost(possible);
    const made = last?.status === 200 ? most : second?.status === 200 ? most - 1 : 0;
    return { balance: user.credit_balance, mark: user.metadata?.last ?? null, made };
  },
  show: (state) => state,
};

function toMost(possible: readonly State[]): number {
  return Math.max(...possible.map(({ made }) => made));
}
