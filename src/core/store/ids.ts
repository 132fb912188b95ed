/** Integer ids. Each kind of record has its own count, which begins after the highest id of the seed. */
export interface IdSource {
  next(kind: string): number;
}

/** The ids of a seed, which may choose them. */
export interface SeedIds extends IdSource {
  /** Keeps `next` from giving this id or a lower one. */
  claim(kind: string, id: number): void;
}

/** Named counts of a transaction, as in a store. */
interface Counters {
  next(counter: string): number;
  raise(counter: string, value: number): void;
}

const IDS = 'ids ';

/**
 * Creates the counts of one provider. The store holds their state, so that a transaction's failure and a reset restore
 * them.
 */
export function createIds(store: Counters, provider: string): SeedIds {
  const toCounter = (kind: string): string => `${IDS}${provider}/${kind}`;
  return {
    next: (kind) => store.next(toCounter(kind)) + 1,
    claim: (kind, id) => {
      store.raise(toCounter(kind), id);
    },
  };
}

/** Returns the name of the count of a provider's draws from a random stream. */
export function toDraws(provider: string, stream: string): string {
  return `${provider}/${stream}`;
}

export function isOfDraws(counter: string): boolean {
  return counter.includes('/') && !counter.startsWith(IDS);
}
