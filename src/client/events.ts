import type { components } from '../generated/emulator.ts';
import { EmulatorError, toFailure } from './failures.ts';
import type { ControlResponse } from '../http/control-transport.ts';

type Schemas = components['schemas'];

interface EventData {
  readonly request: Schemas['RequestEvent'];
  readonly change: Schemas['ChangeEvent'];
  readonly fault: Schemas['FaultEvent'];
  readonly clock: Schemas['ClockEvent'];
  readonly reset: Schemas['ResetEvent'];
  readonly stream: Schemas['StreamEvent'];
  readonly webhook: Schemas['WebhookEvent'];
  /** Some are no longer kept. */
  readonly gap: Schemas['GapEvent'];
}

/** Something that happened in a sandbox. */
export type SandboxEvent = {
  [Name in keyof EventData]: {
    /** Its place among all that happened; `after` takes it. */
    readonly id: string;
    readonly event: Name;
    readonly data: EventData[Name];
  };
}[keyof EventData];

export interface EventOptions {
  /** The id of the last event that was seen; "0" for all that are kept; what comes from now on, if left out. */
  readonly after?: string | undefined;
  /** Without bodies, of requests, answers and events. */
  readonly brief?: boolean | undefined;
  /** Told of each connection: from then on nothing is missed. */
  readonly onOpen?: (() => void) | undefined;
  /** Times that a connection which broke is made anew before anything comes by it; 5 if left out. */
  readonly tries?: number | undefined;
  /** Ends it. */
  readonly signal?: AbortSignal | undefined;
}

const TRIES = 5;
/** Milliseconds before the first of them. */
const PAUSE = 100;

/**
 * All that comes, over connections that break: each new one goes on behind what was seen. Ends with the sandbox, the
 * emulator or the signal.
 *
 * @throws {EmulatorError} when it is refused
 * @throws {UnreachableError} when no emulator answers any more
 */
export async function* followEvents(
  open: (after: string | undefined) => Promise<ControlResponse>,
  { after, signal, onOpen, tries = TRIES }: EventOptions,
): AsyncGenerator<SandboxEvent, void, undefined> {
  let last = after;
  let isOpened = false;
  for (let failures = 0; ;) {
    try {
      const answer = await open(last);
      if (answer.status >= 300) throw toFailure(answer.status, await answer.text());
      isOpened = true;
      onOpen?.();
      for await (const event of parseEvents(answer.chunks())) {
        failures = 0;
        last = event.id;
        yield event;
      }
      return;
    } catch (error) {
      if (signal?.aborted) return;
      failures += 1;
      if (error instanceof EmulatorError || !isOpened || failures > tries) throw error;
      const pause = PAUSE * 2 ** (failures - 1);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

/** Events of the form that the control API sends: fields of one line each, and comments. */
async function* parseEvents(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<SandboxEvent> {
  const decoder = new TextDecoder();
  let pieces: string[] = [];
  let fields = new Map<string, string>();
  for await (const chunk of chunks) {
    const [first = '', ...rest] = decoder.decode(chunk, { stream: true }).split('\n');
    pieces.push(first);
    for (const piece of rest) {
      const line = pieces.join('');
      pieces = [piece];
      if (line !== '') {
        const colon = line.indexOf(':');
        fields.set(line.slice(0, colon), line.slice(colon + 1).replace(/^ /, ''));
        continue;
      }
      const [id, event, data] = ['id', 'event', 'data'].map((name) => fields.get(name));
      fields = new Map();
      if (id === undefined || event === undefined || data === undefined) continue;
      // The control API holds what it sends against its document.
      yield { id, event, data: JSON.parse(data) as unknown } as SandboxEvent;
    }
  }
}
