import type { Context, Operation } from '../../core/provider/call.ts';
import type { ErrorCode } from './errors.ts';
import type { options } from './options.ts';
import type { collections, Merchant } from './state.ts';
import type { operations } from '../../generated/inveterate.ts';

/** The types of an Inveterate operation. */
export interface Inveterate {
  spec: Omit<operations, 'MerchantController_findOneByAdmin' | 'MembersController_patch'>;
  collections: typeof collections;
  principal: Merchant;
  options: typeof options;
  code: ErrorCode;
}

/** Named after the document: `InveterateOperation<'CreditsController_create'>`. */
export type InveterateOperation<Id extends keyof Inveterate['spec']> = Operation<Inveterate['spec'][Id], Inveterate>;

/** The context of a transaction. */
export type Working = Context<Inveterate>;
