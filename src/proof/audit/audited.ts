import type { ContractOperation } from '../../core/contract/contract.ts';
import type { Service } from '../../core/exchange/exchange.ts';
import type { AccountOwner, LimitPolicy, Provider } from '../../core/provider/provider.ts';

/** What the audit has to know of a provider. */
export interface Audited {
  readonly service: Service;
  /** By canonical id. Of twins the first stands for all. */
  readonly operations: ReadonlyMap<string, ContractOperation>;
  /** Names of headers, parameters and fields whose values are secret. */
  readonly secrets: readonly string[];
  readonly limit: Pick<LimitPolicy<never>, 'key'> | undefined;
  identify?(principal: object): AccountOwner;
  /** The documents of its other variants, by path and method; empty where it has none. */
  readonly otherDocuments: readonly URL[];
}

/** Made when first asked for, since a document need not have been read before. */
export function createAudited(provider: Provider, service: Service): Audited {
  let operations: ReadonlyMap<string, ContractOperation> | undefined;
  const { identify } = provider;
  return {
    service,
    get operations() {
      return (operations ??= new Map(
        service.contract.operations.toReversed().map((operation) => [operation.operationId, operation]),
      ));
    },
    secrets: provider.secrets,
    limit: provider.limit,
    ...(identify && { identify: (principal: object) => identify(principal) }),
    otherDocuments: [],
  };
}
