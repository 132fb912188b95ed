import type { Contract, ContractOperation } from '../core/contract/contract.ts';
import type { Service } from '../core/exchange/exchange.ts';
import type { AccountOwner, LimitPolicy, Provider } from '../core/provider/provider.ts';
import type { JournalEntry } from '../core/sandbox/journal.ts';
import type { Redaction } from '../core/wire/redaction.ts';
import { SecretNames } from '../core/wire/secrets/names.ts';

/** What the audit needs to know about a provider. */
export interface AuditedProvider {
  readonly service: Service;
  /** By operation id. If several operations share an id, the first. */
  readonly operations: ReadonlyMap<string, ContractOperation>;
  /** Whether the value of a header, parameter or field with this name is secret. */
  readonly isSecret: (name: string) => boolean;
  /** Hides the secrets of a path that was sent with these headers. */
  hide(path: string, headers: JournalEntry['requestHeaders']): string;
  readonly limit: Pick<LimitPolicy<never>, 'key'> | undefined;
  identify?(principal: object): AccountOwner;
  /** The fields and parameters that the provider's other variants give an operation. */
  namesElsewhere(operation: string): ReadonlySet<string>;
}

interface AuditedProviderOptions {
  /** The contracts of the provider's other variants. */
  readonly others: () => readonly Contract[];
  readonly redaction: Redaction;
}

export function createAuditedProvider(
  provider: Provider,
  service: Service,
  { others, redaction }: AuditedProviderOptions,
): AuditedProvider {
  let operations: ReadonlyMap<string, ContractOperation> | undefined;
  const { identify } = provider;
  const secrets = new SecretNames(provider.secrets);
  return {
    service,
    // Reads the document, which a start does not need.
    get operations() {
      return (operations ??= new Map(
        service.contract.operations.toReversed().map((operation) => [operation.operationId, operation]),
      ));
    },
    isSecret: (name) => secrets.has(name),
    hide: (path, headers) => redaction.url(path, headers),
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
