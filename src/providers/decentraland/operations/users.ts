import { assert } from '../errors.ts';
import type { SharedOperation } from '../operation.ts';
import { register } from '../wallets.ts';
import { toAddress } from '../state.ts';

// FIDELITY: the body may be empty, for the signed request says who it is (documentation site). ASSUMED: a body
// that says it goes before; who is registered already is told so again.
export const registerUser: SharedOperation<'registerUser'> = (call) => {
  const address = call.body?.address ?? call.principal.address;
  assert(address !== undefined, 'ADDRESS_REQUIRED');
  register(call, toAddress(address));
  return { status: 200, body: { ok: true } };
};
