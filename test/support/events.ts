import { request, type IncomingHttpHeaders } from 'node:http';

import { EventSource } from 'eventsource';
import { onTestFinished } from 'vitest';

/** Milliseconds in which an event that is waited for has to come. */
const DEADLINE = 45_000;
/** Milliseconds after which a client that lost its stream asks for it again, instead of three seconds. */
const RETRY = 10;

type Fields = Readonly<Record<string, string>>;

/** Events in the order in which they came, to be taken one by one. */
class Events<T> {
  readonly #untaken: T[] = [];
  #give: ((event: T) => void) | undefined;

  /** Those that came and that nobody has taken. */
  get untaken(): readonly T[] {
    return this.#untaken;
  }

  add(event: T): void {
    if (this.#give) this.#give(event);
    else this.#untaken.push(event);
  }

  /** The first that nobody has taken, as soon as there is one. */
  async next(): Promise<T> {
    if (this.#untaken.length > 0) return this.#untaken.shift() as T;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#give = undefined;
        reject(new Error(`No event came within ${DEADLINE} ms.`));
      }, DEADLINE);
      this.#give = (event) => {
        clearTimeout(timer);
        this.#give = undefined;
        resolve(event);
      };
    });
  }
}

/** A stream as a browser's `EventSource` sees it; closed when the test ends. */
export interface Listener<T> {
  readonly source: EventSource;
  readonly next: () => Promise<T>;
  /** Events that came and that nobody has taken. */
  readonly untaken: readonly T[];
  /** Statuses of answers that were no stream, and `undefined` for each stream that ended. */
  readonly errors: readonly (number | undefined)[];
}

export function listen<T>(url: string, headers: Fields = {}): Listener<T> {
  const events = new Events<T>();
  const errors: (number | undefined)[] = [];
  const source = new EventSource(url, {
    fetch: async (target, init) => hurry(await fetch(target, { ...init, headers: { ...init.headers, ...headers } })),
  });
  source.addEventListener('message', ({ data }) => {
    events.add(JSON.parse(String(data)) as T);
  });
  source.addEventListener('error', ({ code }) => errors.push(code));
  onTestFinished(() => {
    source.close();
  });
  return { source, next: () => events.next(), untaken: events.untaken, errors };
}

/** The same answer, with a line in front that tells the client to come back soon. */
function hurry({ body, status, headers }: Response): Response {
  const line = new TransformStream<Uint8Array, Uint8Array>({
    start: (controller) => {
      controller.enqueue(Buffer.from(`retry: ${RETRY}\n\n`));
    },
  });
  return new Response(status === 200 && body ? body.pipeThrough(line) : body, { status, headers });
}

/** An answer as it comes in, on a connection of its own; the client leaves when the test ends. */
export interface Followed<T> {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly next: () => Promise<T>;
  readonly untaken: readonly T[];
  /** All of the body so far. */
  readonly text: () => string;
  /** Has the client read nothing from now on. */
  readonly stop: () => void;
  readonly goOn: () => void;
  readonly leave: () => void;
  /** Whether the body came to its end or was broken off. */
  readonly ended: Promise<'whole' | 'broken'>;
}

export interface FollowOptions<T = never> {
  readonly method?: string;
  readonly headers?: Fields;
  /** Reads whole events; by default, the JSON of those that have nothing but data. */
  readonly parse?: (text: string) => readonly T[];
}

export function follow<T>(
  url: string,
  { method = 'GET', headers = {}, parse = parseData }: FollowOptions<T> = {},
): Promise<Followed<T>> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, agent: false }, (response) => {
      const events = new Events<T>();
      const complete: string[] = [];
      let chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        if (chunk.at(-1) !== LINE_FEED) return;
        const text = Buffer.concat(chunks).toString();
        if (!text.endsWith('\n\n')) return;
        chunks = [];
        complete.push(text);
        for (const event of parse(text)) events.add(event);
      });
      // What became of it is told by `ended`.
      response.on('error', () => undefined);
      const ended = new Promise<'whole' | 'broken'>((tell) => {
        response.on('close', () => {
          tell(response.complete ? 'whole' : 'broken');
        });
      });
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        next: () => events.next(),
        untaken: events.untaken,
        text: () => complete.join('') + Buffer.concat(chunks).toString(),
        stop: () => void response.pause(),
        goOn: () => void response.resume(),
        leave: () => void asked.destroy(),
        ended,
      });
    });
    asked.on('error', reject);
    asked.end();
    onTestFinished(() => void asked.destroy());
  });
}

const LINE_FEED = 10;

function parseData(text: string): readonly never[] {
  return text
    .split('\n\n')
    .filter((event) => event.startsWith('data: '))
    .map((event) => JSON.parse(event.slice('data: '.length)) as never);
}
