import { toBody, type Kind, type Request } from './kind.ts';

interface State {
  readonly balance: number;
  /** How many transactions there are. */
  readonly total: number;
  /** The newest of them, newest first: type, amount, and what was balanced after it. */
  readonly newest: readonly (readonly [string, number, number])[];
  /** The name of a burn table of its own. */
  readonly table: string;
}

const SEEN = 5;
const START = 5000;
const CUSTOMER = '550e8400-e29b-41d4-a716-446655440000';
const HEADERS = { 'X-API-Key': 'om_dev_test_key' };
/** What a unit of an event burns. */
const PER_UNIT = 10;

const toId = (kind: string, number: number): string =>
  `${kind}0e8400-e29b-41d4-a716-${String(number).padStart(12, '0')}`;
const toUser = (number: number): string => toId('cc', number);

function post(path: string, body: object): Request {
  return { method: 'POST', path: `/openmonetize/v1/${path}`, headers: HEADERS, body };
}

const change =
  (type: string, amount: number) =>
  (state: State): State => {
    const balance = state.balance + amount;
    return {
      ...state,
      balance,
      total: state.total + 1,
      newest: [[type, amount, balance] as const, ...state.newest].slice(0, SEEN),
    };
  };

export const openmonetize: Kind<State> = {
  provider: 'openmonetize',
  unit: 'credits',
  operation: 'grantCredits',
  seed: { balance: START, total: 1, newest: [['GRANT', START, START]], table: 'Welcome' },
  fixture: (number) => ({
    users: [{ id: toUser(number), customerId: CUSTOMER, externalUserId: toUser(number) }],
    wallets: [{ id: toId('dd', number), customerId: CUSTOMER, userId: toUser(number) }],
    transactions: [
      {
        id: toId('ee', number),
        walletId: toId('dd', number),
        transactionType: 'GRANT',
        amount: START,
        description: 'Welcome',
      },
    ],
    burnTables: [{ id: toId('ab', number), customerId: CUSTOMER, name: 'Welcome', rules: {}, isActive: false }],
  }),
  toId: toUser,
  toBalance: ({ balance }) => String(balance),
  draw(dice, { balance }, id, number) {
    const common = { id, status: 200, isLate: false, isRepeatable: false };
    const receiver = { customerId: CUSTOMER, userId: toUser(number) };
    const kind = dice.between(1, 12);
    if (kind > 10) {
      return {
        ...common,
        request: { ...post(`burn-tables/${toId('ab', number)}`, { name: id }), method: 'PATCH' },
        after: (state) => ({ ...state, table: id }),
      };
    }
    if (kind <= 5) {
      const amount = dice.between(1, 100);
      return {
        ...common,
        isRepeatable: true,
        request: post('credits/grant', { ...receiver, amount, reason: id, idempotencyKey: id }),
        after: change('GRANT', amount),
      };
    }
    if (kind <= 7 || balance < 1000) {
      const amount = dice.between(1, 100);
      return {
        ...common,
        request: post('credits/purchase', { ...receiver, amount, purchasePrice: 1 }),
        after: change('PURCHASE', amount),
      };
    }
    const quantity = dice.between(1, 20);
    const event = {
      event_id: toEventId(dice),
      customer_id: CUSTOMER,
      user_id: toUser(number),
      event_type: 'CUSTOM',
      feature_id: 'export',
      unit_type: 'page',
      quantity,
      timestamp: '2026-01-01T00:00:00.000Z',
    };
    return {
      ...common,
      status: 202,
      isLate: true,
      request: post('events/ingest', { events: [event] }),
      after: change('BURN', -quantity * PER_UNIT),
    };
  },
  reads(number) {
    const path = `/openmonetize/v1/customers/${CUSTOMER}/users/${toUser(number)}`;
    const table = `/openmonetize/v1/burn-tables/${toId('ab', number)}`;
    return [`${path}/credits`, `${path}/transactions?limit=${SEEN}`, table].map((one) => ({
      method: 'GET',
      path: one,
      headers: HEADERS,
    }));
  },
  toView([held, listed, described]) {
    const { balance } = toBody<{ data: { balance: number } }>(held).data;
    const { name: table } = toBody<{ data: { name: string } }>(described).data;
    const { data, pagination } = toBody<{
      data: readonly { transactionType: string; amount: number; balanceAfter: number }[];
      pagination: { total: number };
    }>(listed);
    return {
      balance,
      total: pagination.total,
      newest: data.map(({ transactionType, amount, balanceAfter }) => [transactionType, amount, balanceAfter]),
      table,
    };
  },
  show: (state) => state,
};

/** A UUID that no other event has. */
function toEventId(dice: { next(): number }): string {
  const digits = (count: number): string =>
    Array.from({ length: count }, () => Math.floor(dice.next() * 16).toString(16)).join('');
  return `${digits(8)}-${digits(4)}-4${digits(3)}-8${digits(3)}-${digits(12)}`;
}
