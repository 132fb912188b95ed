import type { Instant } from '../../../core/values/clock.ts';
import { Failed, refused } from '../../../core/wire/failure.ts';
import { TopicView, Stream } from '../../../core/wire/reply.ts';
import type { Context } from '../../../core/provider/call.ts';
import type { Decentraland, DocumentOperation, WireOperation } from '../operation.ts';
import { presentCredits, presentFlag, presentWireCredits } from '../present.ts';
import { toStatus } from '../rules.ts';
import type { ErrorCode } from '../errors.ts';
import { toAddress, type Address, type Credit } from '../state.ts';
import { presentUsd } from '../usd/present.ts';
import { listHeld } from '../usd/purses.ts';
import { findFirstExpiry, findFlag, findWallet, listSpendable } from '../wallets.ts';

type Reading = Pick<Context<Decentraland>, 'state' | 'now'>;
type Asked = Reading & { readonly path: { readonly address: string } };
interface Filter {
  readonly status?: 'AVAILABLE' | 'PARTIALLY_USED';
}
type Present<Body> = (shown: readonly Credit[], spendable: readonly Credit[], now: Instant) => Body;

export const getCredits: DocumentOperation<'getCredits'> = (call) => answerCredits(call, call.query, presentCredits);

// FIDELITY: dollars are in the list, and never in the stream (shop client). ASSUMED: only for a user that had some.
export const getWireCredits: WireOperation<'getCredits'> = (call) => {
  const { state, path, query } = call;
  const listed = answerCredits(call, query, presentWireCredits);
  const purse = state.purses.find(toAddress(path.address));
  if (listed instanceof Failed || listed.status !== 200 || !purse) return listed;
  const { value } = listed.body.read(call);
  return { status: 200, body: { ...value, usd: presentUsd(purse, listHeld(state, purse.address)) } };
};

function answerCredits<Body>(asked: Asked, { status }: Filter, present: Present<Body>) {
  return answer(asked, (address) => showCredits(address, status, present));
}

// FIDELITY: 401 does not ask for a key. It means that the user is flagged, and has its own body (published document).
// ASSUMED: an unregistered address is refused before that.
function answer<Body>({ state, now, path }: Asked, toBody: (address: Address) => Body) {
  const wallet = findWallet(state, path.address);
  if (!wallet) return refused<ErrorCode>('USER_NOT_FOUND');
  const flag = findFlag(wallet, now);
  if (flag) return { status: 401 as const, body: presentFlag(flag) };
  return { status: 200 as const, body: toBody(wallet.address) };
}

/** The view changes with the wallet's credits, and when the first of them expires. */
function showCredits<Body>(
  address: Address,
  status: Filter['status'],
  present: Present<Body>,
): TopicView<Reading, Body> {
  return new TopicView(address, status ?? '', ({ state, now }: Reading) => {
    const spendable = listSpendable(state, address, now);
    const shown = status === undefined ? spendable : spendable.filter((credit) => toStatus(credit, now) === status);
    return { value: present(shown, spendable, now), until: findFirstExpiry(spendable) };
  });
}

export const getCreditsStream: DocumentOperation<'getCreditsStream'> = (call) => answerStream(call, presentCredits);

export const getWireCreditsStream: WireOperation<'getCreditsStream'> = (call) => answerStream(call, presentWireCredits);

// FIDELITY: the whole list at once, and again after every change; never a part (npm client's readme).
// ASSUMED: a flagged user is refused as for the list; an open stream continues if the user is flagged later.
function answerStream(asked: Asked, present: Present<object>) {
  return answer(asked, (address) => new Stream(showCredits(address, undefined, present)));
}
