import { listSubjects, type ProviderRequests as SampleRequests, type Subject } from '../../src/conformance/subject.ts';
import { Contract } from '../../src/core/contract/contract.ts';
import { readBundled } from '../../src/core/values/bundled-file.ts';
import { bundled } from '../../src/providers/index.ts';

/** What the conformance suite sends, and what the tests that send random commands know. */
export interface ProviderRequests extends SampleRequests {
  /** Parameters whose values answers give under another name. */
  readonly pools?: Readonly<Record<string, string>>;
  /**
   * Values that are known from the start, by the name of their pool: seeded passwords and tokens,
   * for example, which no answer shows. Parameters of such a pool that may be text mostly draw from it.
   */
  readonly values?: Readonly<Record<string, readonly string[]>>;
  /**
   * Documented statuses that only a fault, another caller or another option of the provider brings, by the
   * operationId of the document, a twin's own included. Random commands need not reach them.
   */
  readonly unreached?: Readonly<Record<string, readonly number[]>>;
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

export async function loadRequests(id: string): Promise<ProviderRequests> {
  return ((await import(`../providers/${id}/requests.ts`)) as { requests: ProviderRequests }).requests;
}

/** The bundled providers, each once for each of its variants. */
export async function loadSubjects(): Promise<readonly Subject<ProviderRequests>[]> {
  const subjects = bundled.map(async ({ provider }) => listSubjects(provider, await loadRequests(provider.id)));
  return (await Promise.all(subjects)).flat();
}

/** A document with its references resolved. */
export async function loadDocument(url: URL): Promise<Contract['document']> {
  return (await Contract.load((await readBundled(url)) as object, { check: false })).document;
}
