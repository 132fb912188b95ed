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

/** The oldest wallet of an owner. */
export function findWallet(state: State, owner: Owner): Wallet | undefined {
  return state.wallets.first('owner', toOwnerKey(owner));
}

/**
 * FIDELITY: looked for by the user alone, whoever asks: one customer can read, and pay into, the
 * wallet of another one's user (real server).
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

/** A customer's own wallet, that of one of its teams, or that of a user. */
export function toOwner(customerId: CustomerId, holder: { readonly user?: User; readonly team?: Team }): Owner {
  const { user, team } = holder;
  return { customerId, userId: user?.id ?? null, teamId: user ? null : (team?.id ?? null) };
}

/**
 * The user to whom credits go, or whose they are; made here where that is what happens.
 *
 * FIDELITY: in profile seed a user must be there already, though no call makes one. In profile head one
 * is looked for by the customer's own id for it and made where there is none; then that id must be
 * the service's, too. So an id that another customer uses, or one of a user who was made by hand,
 * breaks the call for good (real server).
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
  // Known by one id to both sides.
  return addUser(context, { id: userId as UserId, customerId, externalUserId: userId });
}
