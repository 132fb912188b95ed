import type { components } from '../../../generated/decentraland.ts';
import { renderInstant } from '../../../core/values/clock.ts';
import { assert } from '../errors.ts';
import type { SharedOperation } from '../operation.ts';
import { toWeek } from '../rules.ts';
import { toAddress, type Wallet } from '../state.ts';
import { findSeason, getWallet, register } from '../wallets.ts';

// FIDELITY: the body may be empty, because the signed request names the wallet (documentation site); a user that has
// left the program joins it again (account client). ASSUMED: an address in the body takes precedence, unless signatures
// are checked; a registered user gets the same response again.
export const registerUser: SharedOperation<'registerUser'> = (call) => {
  const { body, principal, state, options } = call;
  const address = body?.address ?? principal.address;
  assert(address !== undefined, 'ADDRESS_REQUIRED');
  assert(options.signatures === 'off' || toAddress(address) === principal.address, 'NOT_THE_SIGNER');
  const wallet = register(call, toAddress(address));
  if (wallet.optedOutAt !== null) state.wallets.put({ ...wallet, optedOutAt: null });
  return { status: 200, body: { ok: true } };
};

// FIDELITY: a client asks before the user is registered (account client). ASSUMED: 200 for an unregistered user.
export const getEnrolment: SharedOperation<'getEnrolment'> = ({ state, path }) => ({
  status: 200,
  body: presentEnrolment(state.wallets.find(toAddress(path.address))),
});

/** FIDELITY: the form and the three words (account client). */
function presentEnrolment(wallet: Wallet | undefined): components['schemas']['EnrolmentAnswer'] {
  if (!wallet) return { data: { status: 'not_registered', optedOutAt: null } };
  if (wallet.optedOutAt === null) return { data: { status: 'enrolled', optedOutAt: null } };
  return { data: { status: 'opted_out', optedOutAt: renderInstant(wallet.optedOutAt) } };
}

// FIDELITY: a user that has claimed this week may not leave, and credits stay (account client). ASSUMED: the week is that
// of the current season; leaving twice changes nothing.
export const leaveProgram: SharedOperation<'leaveProgram'> = ({ state, path, now }) => {
  const wallet = getWallet(state, path.address);
  const season = findSeason(state, now);
  if (season) {
    const { start } = toWeek(season, now);
    const claims = [...state.credits.list('claims', { within: [wallet.address, season.id] })];
    const hasClaimed = claims.some(({ claimedAt }) => claimedAt !== null && claimedAt >= start && claimedAt <= now);
    assert(!hasClaimed, 'CLAIMED_THIS_WEEK');
  }
  if (wallet.optedOutAt === null) state.wallets.put({ ...wallet, optedOutAt: now });
  return { status: 204 };
};
