/** A request that succeeds, as the conformance suite sends it. */
export interface SampleRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

export interface ProviderRequests {
  /** Sent with every request: credentials of the default fixtures. */
  readonly headers: Readonly<Record<string, string>>;
  /** One for each operationId of the document. */
  readonly operations: Readonly<Record<string, SampleRequest>>;
  /** Parameters whose values answers give under another name. */
  readonly pools?: Readonly<Record<string, string>>;
  /**
   * Values that are known from the start, by the name of their pool: seeded passwords and tokens,
   * for example, which no answer shows. Parameters of such a pool that may be text mostly draw from it.
   */
  readonly values?: Readonly<Record<string, readonly string[]>>;
  /**
   * Documented statuses that only an option of the provider brings, by the operationId of the
   * document, a twin's own included. A run with default options must not reach them.
   */
  readonly unreached?: Readonly<Record<string, readonly number[]>>;
}
