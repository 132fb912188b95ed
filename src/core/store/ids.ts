/** Integer ids. Each kind of record has a count of its own, which begins after the highest id of the seed. */
export interface IdSource {
  next(kind: string): number;
}

/** The ids of a seed, which may choose them. */
export interface SeedIds extends IdSource {
  /** Keeps `next` from giving this id or a lower one. */
  claim(kind: string, id: number): void;
}

/** Named counts of a transaction, as a store has them. */
interface Counters {
  next(counter: string): number;
  raise(counter: string, value: number): void;
}

const IDS = 'ids ';

/** One provider's counts. Their state is the store's, so that they go back with a transaction and a reset. */
export function createIds(store: Counters, provider: string): SeedIds {
  const toCounter = (kind: string): string => `${IDS}${provider}/${kind}`;
  return {
    next: (kind) => store.next(toCounter(kind)) + 1,
    claim: (kind, id) => {
      store.raise(toCounter(kind), id);
    },
  };
}

/** The count of what a provider's operations have drawn of a stream of chance. */
export function toDraws(provider: string, stream: string): string {
  return `${provider}/${stream}`;
}

export function isOfDraws(counter: string): boolean {
  return counter.includes('/') && !counter.startsWith(IDS);
}
