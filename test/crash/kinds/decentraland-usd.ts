import { toBody, type Kind, type Request } from './kind.ts';

interface State {
  readonly cents: number;
  /** How many packs were ordered, and the prices of the newest. */
  readonly orders: number;
  readonly newest: readonly number[];
}

const SEEN = 5;
const START = 1000;
const PRICES: Readonly<Record<string, number>> = { pack_5: 599, pack_10: 1199, pack_25: 2999, pack_50: 5999 };

const toAddress = (number: number): string => `0xdd${String(number).padStart(38, '0')}`;
/** By which a call is known whose path names no wallet. */
const toHeaders = (number: number): Record<string, string> => ({
  'x-identity-auth-chain-0': JSON.stringify({ type: 'SIGNER', payload: toAddress(number), signature: '' }),
});

/** The dollars of a wallet, and what it has ordered. */
export const decentralandUsd: Kind<State> = {
  provider: 'decentraland',
  unit: 'usd-cent',
  operation: 'mintUsd',
  seed: { cents: START, orders: 0, newest: [] },
  fixture: (number) => ({
    wallets: [{ address: toAddress(number) }],
    purses: [{ address: toAddress(number), cents: START }],
  }),
  toId: toAddress,
  toBalance: ({ cents }) => String(cents),
  draw(dice, _state, id, number) {
    const common = { id, status: 200, isLate: false, isRepeatable: false };
    const post = (path: string, body: object): Request => ({
      method: 'POST',
      path: `/decentraland${path}`,
      headers: toHeaders(number),
      body,
    });
    if (dice.isLess(0.6)) {
      const usdCents = dice.between(1, 500);
      return {
        ...common,
        request: post('/dev/mint-usd', { address: toAddress(number), usdCents }),
        after: (state) => ({ ...state, cents: state.cents + usdCents }),
      };
    }
    const packId = dice.pick(Object.keys(PRICES));
    const price = PRICES[packId] ?? 0;
    return {
      ...common,
      request: post('/credits/checkout', { packId, source: 'shop' }),
      after: (state) => ({
        ...state,
        orders: state.orders + 1,
        newest: [price, ...state.newest].slice(0, SEEN),
      }),
    };
  },
  reads: (number) => [
    {
      method: 'GET',
      path: `/decentraland/users/${toAddress(number)}/credit-orders?limit=${SEEN}`,
      headers: toHeaders(number),
    },
    // Nothing of the service tells the dollars in this format.
    {
      method: 'GET',
      path: `/_emulator/accounts?provider=decentraland&account=${toAddress(number)}`,
      headers: {},
    },
  ],
  toView([ordered, held]) {
    const { orders, total } = toBody<{ orders: readonly { usdCents: number }[]; total: number }>(ordered);
    const { accounts } = toBody<{ accounts: readonly { unit: string; balance: string }[] }>(held);
    return {
      cents: Number(accounts.find(({ unit }) => unit === 'usd-cent')?.balance),
      orders: total,
      newest: orders.map(({ usdCents }) => usdCents),
    };
  },
  show: (state) => state,
};
