import { refused } from '../../../core/wire/failure.ts';
import type { KlaimOperation } from '../operation.ts';
import { presentCredits } from '../present.ts';
import { changeBalance } from '../rules.ts';
import { findUserById } from '../users.ts';

export const getUserCredits: KlaimOperation<'getUserCredits'> = ({ path, state, principal }) => {
  const user = findUserById(state, principal.appId, path.user_id);
  if (!user) return refused('NO_SUCH_USER');
  return {
    status: 200,
    body: { message: 'fetch resource successfully', credit_balance: presentCredits(user.creditBalance) },
  };
};

// FIDELITY: there is no idempotency key, so a repeated request applies twice; an unknown user is
// 404 and is not created (vendor docs, "update credit balance").
export const updateUserCredits: KlaimOperation<'updateUserCredits'> = (call) => {
  const { path, body, state, principal, options } = call;
  const user = findUserById(state, principal.appId, path.user_id);
  if (!user) return refused('NO_SUCH_USER');
  const creditBalance = changeBalance(user.creditBalance, body.credit_delta, options.overdraft);
  state.users.put({ ...user, creditBalance });
  // No operation of Klaim's returns the description; it is kept in the emulator's ledger.
  // FIDELITY: null is accepted, because the docs give two causes for a 400 and this is neither (vendor docs, "update credit balance").
  call.note({ memo: body.description ?? undefined });
  return {
    status: 200,
    body: { message: 'resource updated successfully', credit_balance: presentCredits(creditBalance) },
  };
};
