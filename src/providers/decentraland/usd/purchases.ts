import type { Context } from '../../../core/provider/call.ts';
import { toLater } from '../../../core/values/clock.ts';
import { CONTRACT, sign, signExternal, toSalt } from '../credit-signature.ts';
import { assert } from '../errors.ts';
import { createCreditId, createUuid } from '../identifiers.ts';
import type { Decentraland, SharedOperation } from '../operation.ts';
import { getSigner, type Signer } from '../signatures/signer.ts';
import { toAddress, type Address, type Purchase } from '../state.ts';
import { register } from '../wallets.ts';
import { presentPurchase, toSeconds } from './present.ts';
import { addCents, findCents, listHeld, release } from './purses.ts';
import { takePage, toCredits, toHeldCents, toWei } from './rules.ts';

interface Wanted {
  readonly usdPriceCents: number;
  readonly tradeId?: string;
  readonly contractAddress?: string;
  readonly itemId?: string;
  readonly name?: string;
}

interface Poor {
  readonly error: 'Insufficient credits';
  readonly balanceCents: number;
  readonly requiredCents: number;
}

interface Held {
  readonly purchase: Purchase;
  readonly signature: string;
  readonly salt: string;
}

// FIDELITY: the cap is the value of the credit at the rate in the same response (shop and Unity clients).
export const authorize: SharedOperation<'authorize'> = (call) => {
  const { contractAddress, itemId } = call.body;
  // FIDELITY: a contract and an item are a pair (shop client).
  assert((contractAddress === undefined) === (itemId === undefined), 'BAD_REQUEST');
  const held = hold(call, getSigner(call.principal), call.body);
  if ('error' in held) return { status: 402, body: held };
  const { amount, usdCents } = held.purchase;
  return {
    status: 200,
    body: {
      credit: { ...toCredit(held), availableAmount: amount, contract: CONTRACT },
      maxCreditedValue: amount,
      usdCents,
      oracleRate: String(call.options.oracleRate),
    },
  };
};

// FIDELITY: a credit, and the signature of the call that it is for (npm client).
export const authorizePublication: SharedOperation<'authorizePublication'> = (call) => {
  const { usdPriceCents, ...signed } = call.body;
  const address = getSigner(call.principal);
  const held = hold(call, address, { usdPriceCents });
  if ('error' in held) return { status: 402, body: held };
  return { status: 200, body: { credit: toCredit(held), externalCallSignature: signExternal(address, signed) } };
};

function toCredit({ purchase: { amount, expiresAt }, signature, salt }: Held) {
  return { id: salt, amount, expiresAt: toSeconds(expiresAt), signature };
}

/** Subtracts the cents from the balance until the purchase is settled or the hold ends. */
function hold(call: Context<Decentraland>, address: Address, wanted: Wanted): Held | Poor {
  const { state, now, random, ids, options, schedule } = call;
  const usdCents = toHeldCents(wanted.usdPriceCents);
  const balanceCents = findCents(state, address);
  if (balanceCents < usdCents) return { error: 'Insufficient credits', balanceCents, requiredCents: usdCents };
  const id = createCreditId(state, random);
  const amount = toWei(usdCents, options.oracleRate);
  const expiresAt = toLater(now, options.authorizationLife);
  const { salt, signature } = sign({ id, address, amount, expiresAt });
  const purchase: Purchase = {
    id,
    address,
    usdCents,
    amount,
    status: 'PENDING',
    // FIDELITY: the game sends an empty one (Unity client).
    tradeId: toGivenText(wanted.tradeId),
    contractAddress: toGivenText(wanted.contractAddress),
    itemId: toGivenText(wanted.itemId),
    name: toGivenText(wanted.name),
    createdAt: now,
    expiresAt,
    submittedTxHash: null,
    txHash: null,
    place: ids.next('purchase'),
  };
  state.purchases.put(purchase);
  addCents(call, address, -usdCents);
  schedule(expiresAt, 'release', { id });
  return { purchase, signature, salt };
}

function toGivenText(written: string | undefined): string | null {
  return written === undefined || written === '' ? null : written;
}

// FIDELITY: only pending ones of the signer (shop client).
export const cancelAuthorizations: SharedOperation<'cancelAuthorizations'> = (call) => {
  const pending = listPending(call, call.body.salts);
  for (const purchase of pending) release(call, purchase);
  return { status: 200, body: { released: pending.length } };
};

// FIDELITY: the state does not change (shop client).
export const submitAuthorizations: SharedOperation<'submitAuthorizations'> = (call) => {
  const { salts, txHash } = call.body;
  const pending = listPending(call, salts);
  for (const purchase of pending) call.state.purchases.put({ ...purchase, submittedTxHash: txHash });
  return { status: 200, body: { recorded: pending.length } };
};

type Signed = Pick<Context<Decentraland>, 'state'> & { readonly principal: Signer };

function listPending({ state, principal }: Signed, salts: readonly string[]): readonly Purchase[] {
  const asked = new Set(salts.map((salt) => salt.toLowerCase()));
  return listHeld(state, getSigner(principal)).filter(({ id }) => asked.has(toSalt(id)));
}

// FIDELITY: without `all`, only settled ones (shop client).
export const listPurchases: SharedOperation<'listPurchases'> = ({ state, path, query }) => {
  const address = toAddress(path.address);
  const settled: Purchase['status'] = 'SETTLED';
  const records =
    query.status === 'all'
      ? state.purchases.list('owner', { within: [address], reverse: true })
      : state.purchases.list('status', { within: [address, settled], reverse: true });
  const { page, total } = takePage(records, query);
  return { status: 200, body: { purchases: page.map(presentPurchase), total } };
};

export const mintUsd: SharedOperation<'mintUsd'> = (call) => {
  const { options, random, body } = call;
  assert(options.dev, 'NOT_FOUND');
  const { address } = register(call, toAddress(body.address));
  const { cents } = addCents(call, address, body.usdCents);
  const id = createUuid(random, 'top-up', () => false);
  return { status: 200, body: { id, usdCents: body.usdCents, balanceCents: cents, credits: toCredits(cents) } };
};
