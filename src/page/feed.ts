import { effect } from '@preact/signals';

import { EmulatorError, type SandboxEvent } from '../client.ts';
import { toWallTime } from './instant.ts';
import { connection, link, lose, refresh, reload, sandbox, show, takeIn, type Stale } from './store.ts';

/** Milliseconds before each new try; the last one again and again. */
const PAUSES = [500, 1000, 2000, 5000];
/** Milliseconds of each frame that events may take, so that typing stays smooth. */
const SHARE = 8;
/** Milliseconds between two looks at what events do not tell. */
const LOOK = 150;

/** Follows the sandbox that is looked at, until the page is left. */
export function startFeed(): void {
  effect(() => {
    const abort = new AbortController();
    // What is read here is what it begins anew with.
    void follow([connection.value, sandbox.value], abort.signal);
    return () => abort.abort();
  });
}

async function follow(_of: readonly unknown[], signal: AbortSignal): Promise<void> {
  const isLeft = (): boolean => signal.aborted;
  let failures = 0;
  while (!isLeft()) {
    try {
      await followOnce(signal, () => (failures = 0));
    } catch (error) {
      if (isLeft()) return;
      const isRefused = error instanceof EmulatorError && error.status === 401;
      lose(isRefused ? 'token' : 'gone', toWallTime());
      if (isRefused) return;
    }
    const pause = PAUSES[Math.min(failures, PAUSES.length - 1)] ?? 0;
    failures += 1;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** One connection: first it listens, then it asks for all there is, so that nothing falls in between. */
async function followOnce(signal: AbortSignal, onEvent: () => void): Promise<void> {
  const once = new AbortController();
  signal.addEventListener('abort', () => once.abort(), { once: true });
  const queue = new Queue(() => !once.signal.aborted);
  const isCurrent = (): boolean => !once.signal.aborted;
  let failure: Error | undefined;
  const loadAll = (): Promise<void> => {
    queue.isHeld = true;
    return reload(isCurrent)
      .then(() => queue.release())
      .catch((error: unknown) => {
        failure = error instanceof Error ? error : new Error(String(error));
        once.abort();
      });
  };
  queue.onStale = () => void loadAll();
  try {
    const events = sandbox.value.events({ brief: true, signal: once.signal, onOpen: () => void loadAll() });
    for await (const event of events) {
      onEvent();
      queue.add(event);
    }
  } finally {
    once.abort();
  }
  if (failure) throw failure;
}

/** Events on their way to what is shown: as many each frame as there is time for. */
class Queue {
  isHeld = true;
  onStale: () => void = () => undefined;
  readonly #isCurrent: () => boolean;
  #events: SandboxEvent[] = [];
  #isDrawing = false;
  #looking: ReturnType<typeof setTimeout> | undefined;
  #stale: Stale = toFresh();

  constructor(isCurrent: () => boolean) {
    this.#isCurrent = isCurrent;
  }

  add(event: SandboxEvent): void {
    this.#events.push(event);
    this.#plan();
  }

  release(): void {
    this.isHeld = false;
    this.#plan();
  }

  #plan(): void {
    if (this.isHeld || this.#isDrawing || this.#events.length === 0) return;
    this.#isDrawing = true;
    // A tab that is hidden has no frames.
    if (document.hidden) setTimeout(() => this.#drain(), 100);
    else requestAnimationFrame(() => this.#drain());
  }

  #drain(): void {
    this.#isDrawing = false;
    if (!this.#isCurrent() || this.isHeld) return;
    const end = performance.now() + SHARE;
    let at = 0;
    while (at < this.#events.length && performance.now() < end) {
      const event = this.#events[at];
      if (event) takeIn(event, this.#stale);
      at += 1;
    }
    this.#events = this.#events.slice(at);
    show();
    if (this.#stale.all) {
      this.#stale = toFresh();
      // What comes behind it is told by the lists, too.
      this.onStale();
      return;
    }
    if (this.#stale.accounts || this.#stale.rules || this.#stale.streams) this.#look();
    this.#plan();
  }

  #look(): void {
    this.#looking ??= setTimeout(() => {
      this.#looking = undefined;
      const stale = this.#stale;
      this.#stale = toFresh();
      if (this.#isCurrent() && link.value === 'live') refresh(stale).catch(() => undefined);
    }, LOOK);
  }
}

function toFresh(): Stale {
  return { all: false, accounts: false, rules: false, streams: false };
}
