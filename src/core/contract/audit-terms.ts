/** What the audit has to know of an operation, as its document says it under `x-audit`. */
export interface AuditTerms {
  /**
   * What it does: looks (`read`), adds to what there is (`add`), puts a value in the place of another (`set`), makes a
   * record that is kept (`create`), lets somebody in (`session`), or changes something otherwise (`other`).
   */
  readonly kind: AuditKind;
  /** What an answer that succeeds tells of: the account that it is about, all of a tenant's, or none. */
  readonly shows: 'subject' | 'tenant' | 'none';
  /** Where the contract has the idempotency key: a field of the body, or `list[].field` for one of each item. */
  readonly key?: string;
  /** Among whose keys one has to be new; a tenant's, if left out. */
  readonly keyScope?: 'tenant' | 'global';
  /** The parameter that takes a cursor, and the field of the answer that tells the next one, with dots between names. */
  readonly cursor?: { readonly in: string; readonly out: string };
  /** Whether its effect may come after its answer. */
  readonly settles?: boolean;
  /** Fields of the body that a client makes anew for each attempt. */
  readonly attemptFields?: readonly string[];
}

export type AuditKind = 'read' | 'add' | 'set' | 'create' | 'session' | 'other';
