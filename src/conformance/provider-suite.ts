import { describeBehaviour, type Skipped } from './behaviour.ts';
import { describeFaults, type Envelope } from './faults.ts';
import type { ProviderRequests, SampleRequest } from './subject.ts';
import type { Provider } from '../core/provider/provider.ts';

export type { Check, Skipped } from './behaviour.ts';
export type { Envelope, ProviderRequests, SampleRequest };

export interface Conformance {
  readonly requests: ProviderRequests;
  /** What every failure looks like where the document says nothing of its status; any object of JSON if left out. */
  readonly envelope?: Envelope;
  /** Checks that the provider does not pass, each with the reason. */
  readonly skip?: readonly Skipped[];
}

/** For a file of vitest's tests: the suite that the bundled providers pass, for a provider of one's own. */
export function describeProvider(provider: Provider, { requests, envelope, skip }: Conformance): void {
  describeBehaviour(provider, requests, skip);
  describeFaults(provider, requests, envelope);
}
