import type { Context, Operation } from '../../core/provider/call.ts';
import type { ErrorCode } from './errors.ts';
import type { operations as HeadSpec } from '../../generated/openmonetize-head.ts';
import type { options } from './options.ts';
import type { collections, Customer } from './state.ts';
import type { operations as SeedSpec } from '../../generated/openmonetize.ts';

/** The types of OpenMonetize's operations. */
export interface OpenMonetize {
  spec: SeedSpec;
  variants: { head: HeadSpec };
  collections: typeof collections;
  principal: Customer;
  options: typeof options;
  code: ErrorCode;
}

/** An operation of profile seed: `SeedOperation<'grantCredits'>`. */
export type SeedOperation<Id extends keyof SeedSpec> = Operation<SeedSpec[Id], OpenMonetize>;
/** An operation of profile head. */
export type HeadOperation<Id extends keyof HeadSpec> = Operation<HeadSpec[Id], OpenMonetize>;

/** What an operation of an authenticated customer gets, in both profiles. */
export type Calling = Context<OpenMonetize> & { readonly principal: Customer };
