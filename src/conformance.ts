/** The suite that every provider passes, for vitest. */
import { describeBehaviour, type Skipped } from './conformance/behaviour.ts';
import { describeFaults, type Envelope } from './conformance/faults.ts';
import type { ProviderRequests, SampleRequest } from './conformance/subject.ts';
import type { Provider } from './core/provider/provider.ts';

export type { Check, Skipped } from './conformance/behaviour.ts';
export type { Envelope, ProviderRequests, SampleRequest };

export interface Conformance {
  readonly requests: ProviderRequests;
  /** The form of every failure whose status is not in the document; any JSON object if left out. */
  readonly envelope?: Envelope;
  /** Checks that the provider does not pass, each with the reason. */
  readonly skip?: readonly Skipped[];
}

/** Defines the suite that the bundled providers pass, for another provider, in a test file of vitest. */
export function describeProvider(provider: Provider, { requests, envelope, skip }: Conformance): void {
  describeBehaviour(provider, requests, skip);
  describeFaults(provider, requests, envelope);
}
