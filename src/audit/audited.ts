import type { Contract, ContractOperation } from '../core/contract/contract.ts';
import type { Service } from '../core/exchange/exchange.ts';
import type { AccountOwner, LimitPolicy, Provider } from '../core/provider/provider.ts';
import { SecretNames } from '../core/wire/secrets/names.ts';

/** What the audit has to know of a provider. */
export interface Audited {
  readonly service: Service;
  /** By canonical id. Of twins the first stands for all. */
  readonly operations: ReadonlyMap<string, ContractOperation>;
  /** Of the name of a header, a parameter or a field. */
  readonly isSecret: (name: string) => boolean;
  readonly limit: Pick<LimitPolicy<never>, 'key'> | undefined;
  identify?(principal: object): AccountOwner;
  /** The fields and parameters that its other variants give an operation. */
  namesElsewhere(operation: string): ReadonlySet<string>;
}

/** Made when first asked for, since a document need not have been read before. */
/** @param others the contracts of the provider's other variants */
export function createAudited(provider: Provider, service: Service, others: () => readonly Contract[]): Audited {
  let operations: ReadonlyMap<string, ContractOperation> | undefined;
  const { identify } = provider;
  return {
    service,
    get operations() {
      return (operations ??= new Map(
        service.contract.operations.toReversed().map((operation) => [operation.operationId, operation]),
      ));
    },
    isSecret: toSecrecy(provider.secrets),
    limit: provider.limit,
    ...(identify && { identify: (principal: object) => identify(principal) }),
    namesElsewhere: (operation) => {
      const same = others()
        .flatMap(({ operations }) => operations)
        .filter(({ operationId }) => operationId === operation);
      return new Set(same.flatMap(({ queryNames, fieldNames }) => [...queryNames, ...fieldNames]));
    },
  };
}

/** Names of which it is remembered whether they are secret. */
const NAMES = 1000;

/** Of what is known of no provider. */
export const isSecretAnywhere = toSecrecy([]);

function toSecrecy(secrets: readonly string[]): (name: string) => boolean {
  const names = new SecretNames(secrets);
  // The same few names come again and again.
  const asked = new Map<string, boolean>();
  return (name) => {
    const known = asked.get(name);
    if (known !== undefined) return known;
    const found = names.has(name);
    if (asked.size < NAMES) asked.set(name, found);
    return found;
  };
}
