import type { Context, Operation } from '../../core/provider/call.ts';
import type { ErrorCode } from './errors.ts';
import type { operations as HeadSpec } from '../../generated/openmonetize-head.ts';
import type { options } from './options.ts';
import type { collections, Customer } from './state.ts';
import type { operations as SeedSpec } from '../../generated/openmonetize.ts';

/** The types that make an operation one of OpenMonetize's. */
export interface OpenMonetize {
  spec: SeedSpec;
  variants: { head: HeadSpec };
  collections: typeof collections;
  principal: Customer;
  options: typeof options;
  code: ErrorCode;
}

/** Of the profile seed, named after the document: `SeedOperation<'grantCredits'>`. */
export type SeedOperation<Id extends keyof SeedSpec> = Operation<SeedSpec[Id], OpenMonetize>;
/** Of the profile head. */
export type HeadOperation<Id extends keyof HeadSpec> = Operation<HeadSpec[Id], OpenMonetize>;

/** What both profiles' operations of an authenticated customer have. */
export type Calling = Context<OpenMonetize> & { readonly principal: Customer };
