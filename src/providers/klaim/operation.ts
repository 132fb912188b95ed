import type { Operation } from '../../core/provider/call.ts';
import type { ErrorCode } from './errors.ts';
import type { options } from './options.ts';
import type { App, collections } from './state.ts';
import type { operations } from '../../generated/klaim.ts';

/** The types of Klaim's operations. */
export interface Klaim {
  spec: Omit<operations, 'getUserByGet' | 'getUserCreditsByGet'>;
  collections: typeof collections;
  principal: App;
  options: typeof options;
  code: ErrorCode;
}

/** An operation by its operationId: `KlaimOperation<'updateUserCredits'>`. */
export type KlaimOperation<Id extends keyof Klaim['spec']> = Operation<Klaim['spec'][Id], Klaim>;
