/** What an operation may add to the ledger entries that are derived from its changes. */
export interface Note {
  readonly key?: string | undefined;
  readonly memo?: string | undefined;
}
