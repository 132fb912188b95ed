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
  /** Some events are no longer kept. */
  readonly gap: Schemas['GapEvent'];
}

/** An event of a sandbox. */
export type SandboxEvent = {
  [Name in keyof EventData]: {
    /** Its position in the feed; pass it as `after` to resume. */
    readonly id: string;
    readonly event: Name;
    readonly data: EventData[Name];
  };
}[keyof EventData];

export interface EventOptions {
  /** The id of the last event received; "0" for all kept events; only new events if left out. */
  readonly after?: string | undefined;
  /** Leaves out the bodies of requests, responses and events. */
  readonly brief?: boolean | undefined;
  /** Called when a connection opens: from then on no event is missed. */
  readonly onOpen?: (() => void) | undefined;
  /** How often to reconnect in a row without receiving an event; 5 if left out. */
  readonly tries?: number | undefined;
  /** Ends the stream. */
  readonly signal?: AbortSignal | undefined;
}

const TRIES = 5;
/** Milliseconds before the first reconnection. */
const PAUSE = 100;

/**
 * Returns all events, also when connections break: each new connection resumes after the last event received. Ends with
 * the sandbox, the emulator or the signal.
 *
 * @throws {EmulatorError} if the emulator refuses
 * @throws {UnreachableError} if the emulator no longer answers
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

/** Parses events as the control API sends them: fields of one line each, and comments. */
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
      // The control API validates its events against its document.
      yield { id, event, data: JSON.parse(data) as unknown } as SandboxEvent;
    }
  }
}
