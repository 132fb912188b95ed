import type { Operation } from '../../core/provider/call.ts';
import type { ErrorCode } from './errors.ts';
import type { options } from './options.ts';
import type { Signer } from './signatures/signer.ts';
import type { collections } from './state.ts';
import type { operations as DocumentSpec } from '../../generated/decentraland.ts';
import type { operations as WireSpec } from '../../generated/decentraland-wire.ts';

/** The types of a Decentraland operation. */
export interface Decentraland {
  spec: DocumentSpec;
  variants: { wire: WireSpec };
  collections: typeof collections;
  /** The signer of the request; if signatures are not checked, the claimed one. */
  principal: Signer;
  options: typeof options;
  code: ErrorCode;
}

/** An operation of the format document: `DocumentOperation<'getCredits'>`. */
export type DocumentOperation<Id extends keyof DocumentSpec> = Operation<DocumentSpec[Id], Decentraland>;
/** An operation of the format wire. */
export type WireOperation<Id extends keyof WireSpec> = Operation<WireSpec[Id], Decentraland>;
/** An operation that is the same in both formats. */
export type SharedOperation<Id extends keyof DocumentSpec & keyof WireSpec> = DocumentOperation<Id> & WireOperation<Id>;
