import type { Config } from '../config/config.ts';
import type { Service } from '../core/exchange/exchange.ts';
import { createProviderService } from '../core/exchange/stages.ts';
import type { Nameable, NameableProvider } from '../core/faults/fault-rule.ts';
import type { Provider } from '../core/provider/provider.ts';
import { bundled } from '../providers/index.ts';
import { getOwnContract, loadForeignContract } from './contracts.ts';

/** Provider services by id. */
export type Services = ReadonlyMap<string, Service>;

/** @throws {ConfigError} for the document of a provider from outside that does not fit its operations */
export async function loadServices(
  providers: readonly Provider[],
  { strict, bodyLimit }: Pick<Config, 'strict' | 'bodyLimit'>,
): Promise<Services> {
  const services = providers.map(async (provider): Promise<[string, Service]> => {
    const { id, document, coercion, failures } = provider;
    // The tests check the bundled documents, and no other provider can have the id of a bundled one.
    const isBundled = bundled.some((known) => known.provider.id === id);
    const contract = isBundled ? getOwnContract(document, { coercion, failures }) : await loadForeignContract(provider);
    const limited: Provider =
      bodyLimit === undefined ? provider : { ...provider, body: { ...provider.body, limit: bodyLimit } };
    return [id, createProviderService(limited, contract, { strict })];
  });
  return new Map(await Promise.all(services));
}

/** Services by the host names that the real ones have. */
export function toServicesByHost(providers: readonly Provider[], services: Services): Services {
  return new Map(
    providers.flatMap(({ id, hosts = [] }) => {
      const service = services.get(id);
      return service ? hosts.map((host) => [host, service] as const) : [];
    }),
  );
}

/** The names that fault rules may use. Operations are listed when a rule first asks, so that a start reads no document for them. */
export function toNameable(providers: readonly Provider[], services: Services): Nameable {
  return new Map(
    providers.map(({ id, codes = {} }) => {
      const names: NameableProvider = {
        get operations() {
          return (services.get(id)?.contract.operations ?? []).map(({ operationId }) => operationId);
        },
        codes: Object.keys(codes),
      };
      return [id, names];
    }),
  );
}
