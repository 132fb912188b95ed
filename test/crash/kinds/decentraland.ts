import { toBody, type Kind } from './kind.ts';

interface Credit {
  readonly amount: number;
  readonly spent: number;
}

/** Credits that are not spent, in the order in which they are. */
interface State {
  readonly credits: readonly Credit[];
  /** How many there ever were. */
  readonly granted: number;
}

interface View {
  readonly credits: readonly { readonly amount: number; readonly status: string }[];
  readonly totalCredits: number;
}

/** Above this a wallet spends rather than receives, so that its list stays short. */
const MANY = 6;

const toAddress = (number: number): string => `0xcc${String(number).padStart(38, '0')}`;
/** Each later than the one before, for what expires first is spent first. */
const toExpiry = (place: number): string => new Date(Date.UTC(2090, 0, 1) + place * 1000).toISOString();
const toTotal = ({ credits }: Pick<State, 'credits'>): number =>
  credits.reduce((sum, { amount, spent }) => sum + amount - spent, 0);

function toView({ credits, totalCredits }: View): unknown {
  return { credits: credits.map(({ amount, status }) => [amount, status]), total: totalCredits };
}

export const decentraland: Kind<State> = {
  provider: 'decentraland',
  unit: 'wei',
  operation: undefined,
  seed: { credits: [], granted: 0 },
  fixture: (number) => ({ wallets: [{ address: toAddress(number) }] }),
  toId: toAddress,
  toBalance: (state) => String(BigInt(toTotal(state)) * 10n ** 18n),
  draw(dice, state, id, number) {
    const common = { id, status: 200, isLate: false, isRepeatable: false };
    const path = '/_emulator/controls/decentraland';
    const address = toAddress(number);
    if (state.credits.length === 0 || (state.credits.length < MANY && dice.isLess(0.6))) {
      const amount = dice.between(1, 1_000_000);
      return {
        ...common,
        request: {
          method: 'POST',
          path: `${path}/grant`,
          headers: {},
          body: { address, amount: String(amount), expiresAt: toExpiry(state.granted + 1) },
        },
        after: ({ credits, granted }) => ({
          credits: [...credits, { amount, spent: 0 }],
          granted: granted + 1,
        }),
      };
    }
    const amount = dice.between(1, toTotal(state));
    return {
      ...common,
      request: { method: 'POST', path: `${path}/consume`, headers: {}, body: { address, amount: String(amount) } },
      after: ({ credits, granted }) => ({ credits: spend(credits, amount), granted }),
    };
  },
  reads: (number) => [{ method: 'GET', path: `/decentraland/users/${toAddress(number)}/credits`, headers: {} }],
  toView: ([answer]) => toView(toBody<View>(answer)),
  show: (state) =>
    toView({
      credits: state.credits.map(({ amount, spent }) => ({
        amount,
        status: spent === 0 ? 'AVAILABLE' : 'PARTIALLY_USED',
      })),
      totalCredits: toTotal(state),
    }),
  stream: {
    path: (number) => `/decentraland/users/${toAddress(number)}/credits/stream`,
    toView: (event) => toView(event as View),
  },
};

function spend(credits: readonly Credit[], amount: number): readonly Credit[] {
  let left = amount;
  return credits.flatMap((credit) => {
    const taken = Math.min(left, credit.amount - credit.spent);
    left -= taken;
    const spent = credit.spent + taken;
    return spent === credit.amount ? [] : [{ ...credit, spent }];
  });
}
