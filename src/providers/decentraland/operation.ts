import type { Operation } from '../../core/provider/call.ts';
import type { ErrorCode } from './errors.ts';
import type { options } from './options.ts';
import type { Signer } from './signatures/signer.ts';
import type { collections } from './state.ts';
import type { operations as DocumentSpec } from '../../generated/decentraland.ts';
import type { operations as WireSpec } from '../../generated/decentraland-wire.ts';

/** The types that make an operation one of Decentraland's. */
export interface Decentraland {
  spec: DocumentSpec;
  variants: { wire: WireSpec };
  collections: typeof collections;
  /** Who has signed the request, or says so where signatures are not checked. */
  principal: Signer;
  options: typeof options;
  code: ErrorCode;
}

/** Of the format document, named after it: `DocumentOperation<'getCredits'>`. */
export type DocumentOperation<Id extends keyof DocumentSpec> = Operation<DocumentSpec[Id], Decentraland>;
/** Of the format wire. */
export type WireOperation<Id extends keyof WireSpec> = Operation<WireSpec[Id], Decentraland>;
/** The same in both. */
export type SharedOperation<Id extends keyof DocumentSpec & keyof WireSpec> = DocumentOperation<Id> & WireOperation<Id>;
