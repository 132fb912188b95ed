/** A request to the control API, independent of its transport. */
export interface ControlRequest {
  readonly method: string;
  /** The path below `/_emulator`, with its query. */
  readonly path: string;
  /** The default one if left out. */
  readonly sandbox: string | undefined;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Whether its answer never ends, so that no timeout applies. */
  readonly goesOn?: boolean;
}

/** An answer, of which either the text or the chunks are read. */
export interface ControlResponse {
  readonly status: number;
  text(): Promise<string>;
  /** Yields chunks as they arrive. Ends with the answer, and throws if the connection breaks. */
  chunks(): AsyncIterable<Uint8Array>;
}

/** A transport to a control API: over HTTP, or within the process. */
export interface Transport {
  /** @throws {UnreachableError} if no server answers */
  send(request: ControlRequest): Promise<ControlResponse>;
  /** Returns the error for an answer that is not an emulator's. */
  toStranger(): Error;
}
