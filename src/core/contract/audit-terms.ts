/** What the document says about an operation for the audit, under `x-audit`. */
export interface AuditTerms {
  /**
   * What it does: reads (`read`), adds to a value (`add`), replaces a value (`set`), makes a record that is kept
   * (`create`), signs in (`session`), or makes another change (`other`).
   */
  readonly kind: AuditKind;
  /** Which balances a successful answer shows: that of its account, all of the tenant's, or none. */
  readonly shows: 'subject' | 'tenant' | 'none';
  /** The place of the idempotency key: a field of the body, or `list[].field` for one in each item. */
  readonly key?: string;
  /** The scope in which a key has to be new; if left out, the tenant. */
  readonly keyScope?: 'tenant' | 'global';
  /** The parameter that takes a cursor, and the field of the answer with the next one, with dots between names. */
  readonly cursor?: { readonly in: string; readonly out: string };
  /** Whether its effect may come after its answer. */
  readonly settles?: boolean;
  /** Fields of the body that a client makes again for each attempt. */
  readonly attemptFields?: readonly string[];
}

export type AuditKind = 'read' | 'add' | 'set' | 'create' | 'session' | 'other';
