import type { Context, ProviderTypes } from '../provider/call.ts';
import type { Provider } from '../provider/provider.ts';
import { CORE, DUE } from '../store/due.ts';
import { createIds, toDraws } from '../store/ids.ts';
import type { Store } from '../store/store.ts';
import { Chance, toText } from '../values/random.ts';
import { coreCollections } from './core-collections.ts';

/** The part of a transaction's context that is the same for all transactions of one provider in one sandbox. */
export type Workspace = Omit<Context<ProviderTypes>, 'now'>;

function createWorkspace({ id, collections }: Provider, store: Store, options: Workspace['options']): Workspace {
  const { due } = store.open(CORE, coreCollections);
  return {
    state: store.open(id, collections),
    options,
    random: {
      text: (stream, alphabet, length) => {
        const name = toDraws(id, stream);
        return toText(new Chance(store.randomSeed, name, store.next(name)), alphabet, length);
      },
    },
    ids: createIds(store, id),
    note: (note) => {
      store.note(note);
    },
    schedule: (at, kind, payload) => {
      due.put({ at, seq: store.next(DUE), provider: id, kind, payload });
    },
  };
}

interface Offered {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly options: Readonly<Record<string, Workspace['options']>>;
}

/** The workspaces of one sandbox, each made on first use. */
export class Workspaces {
  readonly #offered: Offered;
  readonly #store: Store;
  readonly #made = new Map<string, Workspace>();

  constructor(offered: Offered, store: Store) {
    this.#offered = offered;
    this.#store = store;
  }

  get(provider: string): Workspace {
    const known = this.#made.get(provider);
    if (known) return known;
    const { providers, options } = this.#offered;
    const found = providers.get(provider);
    if (!found) throw new RangeError(`No provider "${provider}" is installed.`);
    const made = createWorkspace(found, this.#store, options[provider] ?? {});
    this.#made.set(provider, made);
    return made;
  }
}
