import { IncomingMessage } from '../core/values/node-http.ts';

/** Bytes of a body that is taken as it is pushed: what one read of a connection brings in any case. */
const SHORT = 16_384;

/**
 * A request that can hand over a short body as the parser pushes it, without being read as a stream. The events of a
 * stream, and ending and closing it, are most of what Node does for a small PUT beside parsing and writing.
 *
 * That the parser gives a body to `push` is no promise of Node's, and a test fails where it does otherwise. Long bodies,
 * those of unknown length, and requests that are none of these, such as those of another server or behind Express, which
 * changes what a request is, are read as streams.
 */
export class PushedRequest extends IncomingMessage {
  #collected: Buffer[] | undefined;
  #done: ((body: Buffer) => void) | undefined;

  /** Bytes that the body will have; not a number where that is not said. */
  get length(): number {
    return Number(this.headers['content-length']);
  }

  /** Whether it may be collected. */
  get isShort(): boolean {
    return this.length <= SHORT && this.headers['transfer-encoding'] === undefined;
  }

  /** Calls `done` once, when the body has come; never, if the client leaves before. To be asked for before any of it is read. */
  collect(done: (body: Buffer) => void): void {
    this.#collected = [];
    this.#done = done;
  }

  override push(chunk: Buffer | null): boolean {
    if (!this.#collected) return super.push(chunk);
    if (chunk) this.#collected.push(chunk);
    else this.#finish(this.#collected);
    return true;
  }

  #finish(collected: readonly Buffer[]): void {
    const [first] = collected;
    const done = this.#done;
    this.#done = undefined;
    done?.(first && collected.length === 1 ? first : Buffer.concat(collected));
  }

  /** There is nothing to be read of one that is collected, as the server would have it once it is answered. */
  override resume(): this {
    return this.#collected ? this : super.resume();
  }
}
