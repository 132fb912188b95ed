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
}
