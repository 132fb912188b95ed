import type { Provider } from '../core/provider/provider.ts';
import { ConfigError } from '../core/values/config-error.ts';

/** A request to a real host name is of one provider. @returns all of those names @throws {ConfigError} */
export function listHosts(providers: readonly Provider[]): readonly string[] {
  const owners = new Map<string, string>();
  for (const { id, hosts } of providers) {
    for (const host of hosts) {
      const owner = owners.get(host) ?? id;
      if (owner !== id) {
        throw new ConfigError(`${owner} and ${id} both have the host ${host}. Start one of them, with --providers.`);
      }
      owners.set(host, id);
    }
  }
  return [...owners.keys()];
}
