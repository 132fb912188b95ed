import type { Amount } from '../../core/values/decimal.ts';
import type { User } from './state.ts';
import type { components } from '../../generated/klaim.ts';

type Schemas = components['schemas'];

/** The first answer about a user: without the source, which only lists and details name (vendor docs, "add user"). */
export function presentCreatedUser(user: User): Schemas['CreatedUser'] {
  return {
    message: 'resource created successfully',
    user_id: user.userId,
    klaim_id: user.klaimId,
    email: user.email,
    credit_balance: 0,
    created_at: user.createdAt,
    ...presentProfile(user),
  };
}

export function presentUser(user: User): Schemas['User'] {
  return {
    klaim_id: user.klaimId,
    user_id: user.userId,
    email: user.email,
    credit_balance: presentCredits(user.creditBalance),
    created_at: user.createdAt,
    acquisition_source: user.acquisitionSource,
    ...presentProfile(user),
  };
}

/** The balance as a JSON number: the shortest one that means the decimal. */
export function presentCredits(balance: Amount): number {
  return Number(balance);
}

/** ASSUMED: what a user was never given is left out, as it would be missing in the vendor's table. */
function presentProfile({ name, metadata }: User): Pick<Schemas['User'], 'name' | 'metadata'> {
  return {
    ...(name === undefined ? undefined : { name }),
    ...(metadata === undefined ? undefined : { metadata }),
  };
}
