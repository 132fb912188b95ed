import { toAmount } from '../../../core/values/decimal.ts';
import { submit } from '../changes.ts';
import { parseCursor, toCursor } from '../cursor.ts';
import { getMember } from '../members.ts';
import type { InveterateOperation } from '../operation.ts';
import { presentEntry, presentRedemption } from '../present.ts';
import type { Owner, State } from '../state.ts';
import { takePage } from '../page.ts';

/** Lists the ledger, newest first. ASSUMED: that order, and `lastCreditEntry` only if older entries follow. */
export const findCredits: InveterateOperation<'CreditsController_findOne'> = ({ path, query, state, principal }) => {
  const member = getMember(state, principal, path.id);
  const { items, last } = takePage(listLedger(state, member, query.lastCreditEntry), query.limit);
  return {
    status: 200,
    body: {
      message: 'Credits found',
      data: {
        credits: items.map(presentEntry),
        redemption: presentRedemption(member.redemption),
        ...(last && { lastCreditEntry: toCursor(last) }),
      },
    },
  };
};

/** ASSUMED: an empty `lastCreditEntry`, sent by clients that take it as required, asks for the first page. */
function listLedger(state: State, owner: Owner, lastCreditEntry = '') {
  const { merchantId, customerId } = owner;
  const after =
    lastCreditEntry === ''
      ? undefined
      : { after: [merchantId, customerId, parseCursor(lastCreditEntry, owner, state).sequence] };
  return state.entries.list('ledger', { within: [merchantId, customerId], reverse: true, ...after });
}

/** FIDELITY: responds before the effect and does not report it (published document). */
export const createCredits: InveterateOperation<'CreditsController_create'> = (call) => {
  const { path, body, state, principal } = call;
  const { amount, note = null, force = false } = body;
  submit(call, getMember(state, principal, path.id), { kind: 'credits', amount: toAmount(amount), note, force });
  return { status: 201, body: { message: 'Credits submitted', data: {} } };
};

/** ASSUMED: it takes an amount; the docs show no body, but a live client redeems a part. */
export const redeemCredits: InveterateOperation<'StorefrontCreditsController_redeem'> = (call) => {
  const { path, body, state, principal } = call;
  const amount = body?.amount === undefined ? null : toAmount(body.amount);
  submit(call, getMember(state, principal, path.id), { kind: 'redemption', amount });
  return { status: 201, body: { message: 'Redemption submitted', data: {} } };
};
