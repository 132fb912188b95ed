import type { Amount } from '../../core/values/decimal.ts';
import type { User } from './state.ts';
import type { components } from '../../generated/klaim.ts';

type Schemas = components['schemas'];

/** Presents a new user, without the source, which only lists and details have (vendor docs, "add user"). */
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

/** Presents the balance as the shortest JSON number equal to the decimal. */
export function presentCredits(balance: Amount): number {
  return Number(balance);
}

/** ASSUMED: fields that were never set are absent, as in a table of the vendor's. */
function presentProfile({ name, metadata }: User): Pick<Schemas['User'], 'name' | 'metadata'> {
  return {
    ...(name === undefined ? undefined : { name }),
    ...(metadata === undefined ? undefined : { metadata }),
  };
}
