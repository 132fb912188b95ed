/** The suite that every provider passes, for vitest. */
export {
  describeProvider,
  type Check,
  type Conformance,
  type Envelope,
  type ProviderRequests,
  type SampleRequest,
  type Skipped,
} from './conformance/provider-suite.ts';
