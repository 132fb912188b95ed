/** A request to the control API before it is known how it travels. */
export interface ControlRequest {
  readonly method: string;
  /** Below `/_emulator`, with its query. */
  readonly path: string;
  /** The default one if left out. */
  readonly sandbox: string | undefined;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Its answer has no end, so that no time limits it. */
  readonly goesOn?: boolean;
}

/** Its answer, of which either the text or the chunks are read. */
export interface ControlResponse {
  readonly status: number;
  text(): Promise<string>;
  /** As they come. Ends with the answer, and throws where the connection breaks. */
  chunks(): AsyncIterable<Uint8Array>;
}

/** A way to a control API: over HTTP, or within the process. */
export interface Transport {
  /** @throws {UnreachableError} when nobody answers */
  send(request: ControlRequest): Promise<ControlResponse>;
  /** What is thrown where an answer cannot be an emulator's. */
  toStranger(): Error;
}
