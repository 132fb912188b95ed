import type { Provider } from '../core/provider/provider.ts';
import { toVariant } from '../core/provider/variant.ts';

/** A request that succeeds, or one that is right all the same, where the service can do nothing but fail. */
export interface SampleRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
  /** The answer is a stream that goes on: its first event is read, and then the client leaves. */
  readonly stream?: true;
  /** What it is answered where the operation never succeeds. */
  readonly status?: number;
}

/** Whether an answer is the one that the sample is to have. */
export function isExpected({ status }: Pick<SampleRequest, 'status'>, answered: number): boolean {
  return status === undefined ? Math.floor(answered / 100) === 2 : answered === status;
}

/** What is sent to a provider. */
export interface ProviderRequests {
  /** Sent with every request: credentials of the provider's seed. */
  readonly headers: Readonly<Record<string, string>>;
  /** One for each operationId of the document, that succeeds on the provider's seed. */
  readonly operations: Readonly<Record<string, SampleRequest>>;
  /** The field of a record in which every call is counted, which is no change of the call's own. */
  readonly counted?: string;
  /** What is sent to each variant of the provider, by its name. Nothing is taken over from the default. */
  readonly variants?: Readonly<Record<string, ProviderRequests>>;
}

/** A provider in one of its contracts, with what is sent to it. */
export interface Subject<R extends ProviderRequests = ProviderRequests> {
  /** The id of the provider, and which variant it is if not the default: `acme.profile=next`. */
  readonly title: string;
  readonly provider: Provider;
  /** As it was defined, before an option chose its contract. */
  readonly defined: Provider;
  readonly requests: R;
  /** The options that choose the contract. */
  readonly set: readonly string[];
}

/**
 * The provider as it is by default, and in each of its variants.
 *
 * @throws where there are no requests for a variant, or requests for none
 */
export function listSubjects<R extends ProviderRequests>(
  provider: Provider,
  requests: R & { readonly variants?: Readonly<Record<string, R>> },
): readonly Subject<R>[] {
  const { id } = provider;
  const { option, byValue } = provider.variants ?? { option: '', byValue: {} };
  const given = requests.variants ?? {};
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(byValue, name));
  if (unknown !== undefined) throw new Error(`${id} has no variant "${unknown}", but requests for it.`);
  const ofVariants = Object.keys(byValue).map((name): Subject<R> => {
    const title = `${id}.${option}=${name}`;
    const own = given[name];
    if (!own) throw new Error(`There are no requests for ${title}.`);
    const varied = toVariant(provider, { [option]: name });
    return { title, provider: varied, defined: provider, requests: own, set: [title] };
  });
  return [{ title: id, provider, defined: provider, requests, set: [] }, ...ofVariants];
}
