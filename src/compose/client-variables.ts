import type { Installation } from '../control/endpoint.ts';
import type { Provider } from '../core/provider/provider.ts';
import type { Seed } from '../core/sandbox/seed.ts';
import { DEFAULT_SANDBOX, type Sandboxes } from '../core/sandbox/sandboxes.ts';
import type { Catalog } from '../core/store/roots.ts';
import { Store } from '../core/store/store.ts';
import { Clock } from '../core/values/clock.ts';
import type { Addresses } from '../http/addresses.ts';

interface Parts {
  readonly providers: readonly Provider[];
  readonly catalog: Catalog;
  readonly seed: Seed;
  readonly sandboxes: Sandboxes;
  readonly addresses: Addresses;
}

/** The name of a variable that holds a credential. */
const CREDENTIAL = /(?:KEY|TOKEN|SECRET|PASSWORD)$/;

/** The environment variables that point clients at a sandbox. */
export class ClientVariables {
  readonly #parts: Parts;
  /** The state of a new sandbox, for sandboxes that do not exist yet. */
  #seeded: Store;
  #keys: ReadonlySet<string> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#seeded = toStore(parts.catalog, parts.seed);
  }

  /** Fixtures were loaded again. */
  reseed(seed: Seed): void {
    this.#seeded = toStore(this.#parts.catalog, seed);
    this.#keys = undefined;
  }

  /** Whether a value is a credential that `env` prints for a new sandbox. */
  isKey(value: string): boolean {
    this.#keys ??= new Set(
      this.#parts.providers
        .flatMap(({ id, collections, env }) => Object.entries(env(this.#seeded.open(id, collections), '')))
        .flatMap(([name, one]) => (CREDENTIAL.test(name) ? [one] : [])),
    );
    return this.#keys.has(value);
  }

  readonly ofAll: Installation['environment'] = (approach) => ({
    CREDITS_EMULATOR_URL: this.#parts.addresses.seenFrom(approach).shared,
    ...Object.fromEntries(this.#parts.providers.flatMap(({ id }) => Object.entries(this.of(id, approach)))),
  });

  readonly of: Installation['environmentOf'] = (id, approach) => {
    const { providers, sandboxes, addresses } = this.#parts;
    const provider = providers.find((one) => one.id === id);
    if (!provider) return {};
    // To ask for a sandbox's variables does not make the sandbox.
    const sandbox = sandboxes.find(approach?.sandbox ?? DEFAULT_SANDBOX);
    const state = sandbox?.stateOf(id) ?? this.#seeded.open(id, provider.collections);
    return provider.env(state, addresses.seenFrom(approach).of(id));
  };
}

function toStore(catalog: Catalog, seed: Seed): Store {
  return new Store(catalog, seed.roots(new Clock(seed.clock).now()));
}
