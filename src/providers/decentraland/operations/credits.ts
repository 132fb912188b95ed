import type { Instant } from '../../../core/values/clock.ts';
import { Stream } from '../../../core/wire/reply.ts';
import type { Context } from '../../../core/provider/call.ts';
import type { Decentraland, DocumentOperation, WireOperation } from '../operation.ts';
import { presentCredits, presentFlag, presentWireCredits } from '../present.ts';
import { toStatus } from '../rules.ts';
import { toAddress, type Address, type Credit, type State } from '../state.ts';
import { presentUsd } from '../usd/present.ts';
import { listHeld } from '../usd/purses.ts';
import { findFlag, getWallet, listSpendable } from '../wallets.ts';

type Reading = Pick<Context<Decentraland>, 'state' | 'now'>;
type Asked = Reading & { readonly path: { readonly address: string } };
interface Filter {
  readonly status?: 'AVAILABLE' | 'PARTIALLY_USED';
}
type Present<Body> = (shown: readonly Credit[], spendable: readonly Credit[], now: Instant) => Body;

export const getCredits: DocumentOperation<'getCredits'> = (call) => answerCredits(call, call.query, presentCredits);

// FIDELITY: dollars are in the list, and never in what is pushed (shop client). ASSUMED: of who had some only.
export const getWireCredits: WireOperation<'getCredits'> = (call) => {
  const answer = answerCredits(call, call.query, presentWireCredits);
  const purse = call.state.purses.find(toAddress(call.path.address));
  if (answer.status !== 200 || !purse) return answer;
  return { status: 200, body: { ...answer.body, usd: presentUsd(purse, listHeld(call.state, purse.address)) } };
};

// FIDELITY: 401 is no question for a key but says that the user is flagged, in a body of its own (published
// document). ASSUMED: an address that nobody has registered is told so before.
function answerCredits<Body>({ state, now, path }: Asked, { status }: Filter, present: Present<Body>) {
  const wallet = getWallet(state, path.address);
  const flag = findFlag(wallet, now);
  if (flag) return { status: 401 as const, body: presentFlag(flag) };
  const spendable = listSpendable(state, wallet.address, now);
  const shown = status === undefined ? spendable : spendable.filter((credit) => toStatus(credit, now) === status);
  return { status: 200 as const, body: present(shown, spendable, now) };
}

export const getCreditsStream: DocumentOperation<'getCreditsStream'> = (call) => answerStream(call, presentCredits);

export const getWireCreditsStream: WireOperation<'getCreditsStream'> = (call) => answerStream(call, presentWireCredits);

// FIDELITY: the whole list at once, and again after every change of it; never a part (npm client's readme).
// ASSUMED: who is flagged is refused as for the list; it goes on when the user is flagged later.
function answerStream({ state, now, path }: Asked, present: Present<object>) {
  const wallet = getWallet(state, path.address);
  const flag = findFlag(wallet, now);
  if (flag) return { status: 401 as const, body: presentFlag(flag) };
  const { address } = wallet;
  return {
    status: 200 as const,
    body: new Stream(address, (context: Reading) => readList(context.state, address, context.now, present)),
  };
}

function readList(state: State, address: Address, now: Instant, present: Present<object>): object {
  const spendable = listSpendable(state, address, now);
  return present(spendable, spendable, now);
}
