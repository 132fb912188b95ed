import { toAmount } from '../../core/values/decimal.ts';
import type { Context } from '../../core/provider/call.ts';
import { createId } from './identifiers.ts';
import type { OpenMonetize } from './operation.ts';
import {
  toOwnerKey,
  type CustomerId,
  type Owner,
  type State,
  type Team,
  type User,
  type UserId,
  type Wallet,
  type WalletId,
} from './state.ts';
import { addUser } from './users.ts';

type Acting = Pick<Context<OpenMonetize>, 'state' | 'now' | 'random' | 'ids'>;

/** Finds the oldest wallet of an owner. */
export function findWallet(state: State, owner: Owner): Wallet | undefined {
  return state.wallets.first('owner', toOwnerKey(owner));
}

/**
 * FIDELITY: found by the user alone, so a customer can read, and pay into, the wallet of another customer's user (real
 * server).
 */
export function findWalletOfUser(state: State, userId: string): Wallet | undefined {
  return state.wallets.first('user', [userId]);
}

export function openWallet({ state, now, random, ids }: Acting, owner: Owner): Wallet {
  const wallet: Wallet = {
    id: createId(random, 'wallet', state.wallets) as WalletId,
    ...owner,
    balance: toAmount(0),
    expiresAt: null,
    createdAt: now,
    place: ids.next('wallet'),
  };
  state.wallets.put(wallet);
  return wallet;
}

/** The owner of a wallet: a user, a team, or the customer itself. */
export function toOwner(customerId: CustomerId, holder: { readonly user?: User; readonly team?: Team }): Owner {
  const { user, team } = holder;
  return { customerId, userId: user?.id ?? null, teamId: user ? null : (team?.id ?? null) };
}

/**
 * Finds, or creates, the user that receives or burns credits.
 *
 * FIDELITY: in profile seed, the user must exist, although no operation creates one. In profile head, it is found by the
 * customer's own id and created if missing; that id must also be the service's id. So an id that another customer uses,
 * or that belongs to a user with a different service id, always breaks the call (real server).
 */
export function admitReceiver(
  context: Context<OpenMonetize>,
  customerId: CustomerId,
  userId: string,
): User | undefined {
  const { state, options } = context;
  const { profile, autoCreateUsers = profile === 'head' } = options;
  const known = state.users.find(userId);
  if (!autoCreateUsers || (known && profile === 'seed')) return known;
  if (known) return known.customerId === customerId && known.externalUserId === userId ? known : undefined;
  if (state.users.findBy('external', customerId, userId)) return undefined;
  // The same id for the customer and the service.
  return addUser(context, { id: userId as UserId, customerId, externalUserId: userId });
}
