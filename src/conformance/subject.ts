import type { Provider } from '../core/provider/provider.ts';
import { toVariant } from '../core/provider/variant.ts';

/** A request that succeeds, or a valid one if the service always fails. */
export interface SampleRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
  /** The answer is an endless stream: its first event is read, and then the client leaves. */
  readonly stream?: true;
  /** The expected status if the operation never succeeds. */
  readonly status?: number;
}

/** Whether an answer is the expected one for the sample. */
export function isExpected({ status }: Pick<SampleRequest, 'status'>, answered: number): boolean {
  return status === undefined ? Math.floor(answered / 100) === 2 : answered === status;
}

/** The requests for a provider. */
export interface ProviderRequests {
  /** Sent with every request: credentials of the provider's seed. */
  readonly headers: Readonly<Record<string, string>>;
  /** One request for each operationId of the document, which succeeds on the provider's seed. */
  readonly operations: Readonly<Record<string, SampleRequest>>;
  /** The field of a record in which every call is counted; its changes are ignored. */
  readonly counted?: string;
  /** The requests for each variant of the provider, by its name. The default's are not inherited. */
  readonly variants?: Readonly<Record<string, ProviderRequests>>;
}

/** A provider in one of its contracts, with its requests. */
export interface Subject<R extends ProviderRequests = ProviderRequests> {
  /** The id of the provider, and its variant if not the default: `acme.profile=next`. */
  readonly title: string;
  readonly provider: Provider;
  /** As it was defined, before an option chose its contract. */
  readonly defined: Provider;
  readonly requests: R;
  /** The options that choose the contract. */
  readonly set: readonly string[];
}

/**
 * Lists the provider in its default form, and in each of its variants.
 *
 * @throws if a variant has no requests, or requests have no variant
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
    if (!own) throw new Error(`${title} has no requests.`);
    const varied = toVariant(provider, { [option]: name });
    return { title, provider: varied, defined: provider, requests: own, set: [title] };
  });
  return [{ title: id, provider, defined: provider, requests, set: [] }, ...ofVariants];
}
