import type { EndpointId } from '../../src/control/endpoint.ts';
import type { Act } from './act.ts';
import { EMULATOR_ACTS } from './emulator-acts.ts';
import { PROOF_ACTS } from './proof-acts.ts';
import { RECORD_ACTS } from './record-acts.ts';
import { SANDBOX_ACTS } from './sandbox-acts.ts';

/** What each endpoint answers, success first. What the document declares for all endpoints alike is left out. */
export const ACTS: Readonly<Record<EndpointId, readonly [Act, ...Act[]]>> = {
  ...EMULATOR_ACTS,
  ...SANDBOX_ACTS,
  ...RECORD_ACTS,
  ...PROOF_ACTS,
};
