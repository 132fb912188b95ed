import type { Provider } from '../../src/core/provider/provider.ts';
import { toVariant } from '../../src/core/provider/variant.ts';

/** A request that succeeds, as the conformance suite sends it. */
export interface SampleRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
  /** The answer is a stream that goes on: its first event is read, and then the client leaves. */
  readonly stream?: true;
}

export interface ProviderRequests {
  /** Sent with every request: credentials of the default fixtures. */
  readonly headers: Readonly<Record<string, string>>;
  /** One for each operationId of the document. */
  readonly operations: Readonly<Record<string, SampleRequest>>;
  /** Parameters whose values answers give under another name. */
  readonly pools?: Readonly<Record<string, string>>;
  /**
   * Values that are known from the start, by the name of their pool: seeded passwords and tokens,
   * for example, which no answer shows. Parameters of such a pool that may be text mostly draw from it.
   */
  readonly values?: Readonly<Record<string, readonly string[]>>;
  /**
   * Documented statuses that only a fault or another option of the provider brings, by the
   * operationId of the document, a twin's own included. Random commands must not reach them.
   */
  readonly unreached?: Readonly<Record<string, readonly number[]>>;
  /** The field of a record in which every call is counted, which is no change of the call's own. */
  readonly counted?: string;
  /** Another caller of random commands. */
  readonly stranger?: Stranger;
  /** Options that random commands are sent with, as `set` takes them. */
  readonly set?: readonly string[];
  /** What is sent to each variant of the provider, by its name. Nothing is taken over from the default. */
  readonly variants?: Readonly<Record<string, ProviderRequests>>;
}

interface Stranger {
  /** Instead of the usual ones. A value "$pool:name" stands for any of that pool, such as keys that answers have shown. */
  readonly headers: Readonly<Record<string, string>>;
  /** Operations that are left to it, since they would spoil the usual caller's credentials; of others it sends a few. */
  readonly only: readonly string[];
}

/** A provider in one of its contracts, with what is sent to it. */
export interface Subject {
  /** The id of the provider, and which variant it is if not the default: `openmonetize.profile=head`. */
  readonly title: string;
  readonly provider: Provider;
  readonly requests: ProviderRequests;
  /** The options that choose the contract. */
  readonly set: readonly string[];
}

/**
 * The provider as it is by default, and in each of its variants.
 *
 * @throws where there are no requests for a variant, or requests for none
 */
export function listSubjects(provider: Provider, requests: ProviderRequests): readonly Subject[] {
  const { id } = provider;
  const { option, byValue } = provider.variants ?? { option: '', byValue: {} };
  const given = requests.variants ?? {};
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(byValue, name));
  if (unknown !== undefined) throw new Error(`${id} has no variant "${unknown}", but requests for it.`);
  const ofVariants = Object.keys(byValue).map((name): Subject => {
    const title = `${id}.${option}=${name}`;
    const own = given[name];
    if (!own) throw new Error(`There are no requests for ${title}.`);
    return { title, provider: toVariant(provider, { [option]: name }), requests: own, set: [title] };
  });
  return [{ title: id, provider, requests, set: [] }, ...ofVariants];
}

export async function loadRequests(id: string): Promise<ProviderRequests> {
  return ((await import(`../providers/${id}/requests.ts`)) as { requests: ProviderRequests }).requests;
}
