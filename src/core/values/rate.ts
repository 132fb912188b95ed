/** A number of requests in a window of milliseconds. */
export interface Rate {
  readonly limit: number;
  readonly window: number;
}

/** What a client has left after a request. */
export interface Window extends Rate {
  readonly remaining: number;
  /** Milliseconds until the window ends. */
  readonly rest: number;
  readonly exceeded: boolean;
}
