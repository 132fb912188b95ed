import type { Provider } from '../core/provider/provider.ts';
import { ConfigError } from '../core/values/config-error.ts';

/** Lists the real host names, each of which must belong to one provider. @throws {ConfigError} */
export function listHosts(providers: readonly Provider[]): readonly string[] {
  const owners = new Map<string, string>();
  for (const { id, hosts } of providers) {
    for (const host of hosts) {
      const owner = owners.get(host) ?? id;
      if (owner !== id) {
        throw new ConfigError(
          `${owner} and ${id} both serve the host ${host}. Start only one of them, with --providers.`,
        );
      }
      owners.set(host, id);
    }
  }
  return [...owners.keys()];
}
