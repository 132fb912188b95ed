import { effect, signal } from '@preact/signals';

import { EmulatorError, type SandboxEvent } from '../client.ts';
import { toWallTime } from './instant.ts';
import {
  connection,
  link,
  lose,
  refresh,
  refreshAudit,
  reload,
  resume,
  sandbox,
  show,
  takeIn,
  type Stale,
} from './store.ts';

/** Milliseconds before each new try; the last one again and again. */
const PAUSES = [100, 500, 1000, 2000, 5000];
/** Milliseconds of each frame that events may take, so that typing stays smooth. */
const SHARE = 8;
/** Milliseconds between two looks at what events do not tell. */
const LOOK = 150;
/** Milliseconds between two looks at findings, at least and at most, and by how much more than one takes: to judge is work. */
const AUDIT = 1000;
const AUDIT_MOST = 10_000;
const AUDIT_SHARE = 10;
/** Milliseconds after which a hidden tab gives its connection back: a browser has six for an origin. */
const HIDDEN = 30_000;

/** Whether nobody has looked for a while. */
const isAway = signal(false);

/** What is shown: up to which event. */
let seen: string | undefined;

/** Follows the sandbox that is looked at, until the page is left. */
export function startFeed(): void {
  watchHiding();
  effect(() => {
    if (isAway.value) return undefined;
    const abort = new AbortController();
    // What is read here is what it begins anew with.
    void follow([connection.value, sandbox.value], abort.signal);
    return () => abort.abort();
  });
}

function watchHiding(): void {
  let leaving: ReturnType<typeof setTimeout> | undefined;
  const look = (): void => {
    clearTimeout(leaving);
    if (document.hidden) leaving = setTimeout(() => (isAway.value = true), HIDDEN);
    else isAway.value = false;
  };
  document.addEventListener('visibilitychange', look);
  look();
}

async function follow(_of: readonly unknown[], signal: AbortSignal): Promise<void> {
  const isLeft = (): boolean => signal.aborted;
  let failures = 0;
  while (!isLeft()) {
    failures += 1;
    try {
      await followOnce(signal, () => (failures = 0));
    } catch (error) {
      if (isLeft()) return;
      const isRefused = error instanceof EmulatorError && error.status === 401;
      // A connection may break where the emulator goes on; one that cannot be made tells.
      if (failures > 0) lose(isRefused ? 'token' : 'gone', toWallTime());
      if (isRefused) return;
    }
    const pause = PAUSES[Math.min(failures, PAUSES.length - 1)] ?? 0;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/**
 * One connection: it goes on behind what was seen. Otherwise it listens first and then asks for all there is, so that
 * nothing falls in between.
 */
async function followOnce(signal: AbortSignal, onLive: () => void): Promise<void> {
  const once = new AbortController();
  // One that outlived its connection would stay for as long as the page does.
  signal.addEventListener('abort', () => once.abort(), { signal: once.signal });
  const isCurrent = (): boolean => !once.signal.aborted;
  const queue = new Queue(isCurrent);
  // Nothing is shown yet, and what was seen is of another sandbox.
  if (link.peek() === 'opening') seen = undefined;
  const after = seen;
  let failure: Error | undefined;
  let isResuming = after !== undefined;
  const begin = async (): Promise<void> => {
    queue.isHeld = true;
    try {
      const isSame = isResuming && (await resume(isCurrent));
      isResuming = false;
      if (!isCurrent()) return;
      if (!isSame) {
        // Where the lists do not come, the next connection does not go on behind what they would have told.
        seen = undefined;
        await reload(isCurrent);
        if (!isCurrent()) return;
      }
      queue.release();
      queue.audit();
      onLive();
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
      once.abort();
    }
  };
  queue.onStale = () => void begin();
  try {
    const options = { after, brief: true, tries: 0, signal: once.signal, onOpen: () => void begin() };
    for await (const event of sandbox.value.events(options)) queue.add(event);
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
  #isLooking = false;
  #auditing = false;
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
    const last = this.#events[at - 1];
    if (last) seen = last.id;
    this.#events = this.#events.slice(at);
    show();
    if (this.#stale.all) {
      this.#stale = toFresh();
      // What comes behind it is told by the lists, too.
      this.onStale();
      return;
    }
    this.#look();
    if (this.#stale.audit) this.audit();
    this.#plan();
  }

  /** Has the clients be judged by what they have done so far; again, where that is asked for meanwhile. */
  audit(): void {
    this.#stale.audit = this.#auditing;
    if (this.#auditing) return;
    this.#auditing = true;
    const began = performance.now();
    refreshAudit()
      .catch(() => undefined)
      .then(() => {
        // Who slept meanwhile does not wait ten times as long.
        const pause = Math.min(Math.max(AUDIT, AUDIT_SHARE * (performance.now() - began)), AUDIT_MOST);
        return new Promise((resolve) => setTimeout(resolve, pause));
      })
      .then(
        () => {
          this.#auditing = false;
          if (this.#stale.audit && this.#isCurrent()) this.audit();
        },
        () => undefined,
      );
  }

  /** One look at a time, so that no answer comes behind a newer one; what changed meanwhile is looked at again. */
  #look(): void {
    const { accounts, rules, streams } = this.#stale;
    if (this.#isLooking || !(accounts || rules || streams)) return;
    this.#isLooking = true;
    setTimeout(() => {
      const stale = this.#stale;
      this.#stale = { ...toFresh(), audit: stale.audit };
      this.#refresh(stale)
        .catch(() => undefined)
        .finally(() => {
          this.#isLooking = false;
          this.#look();
        });
    }, LOOK);
  }

  async #refresh(stale: Stale): Promise<void> {
    if (this.#isCurrent() && link.value === 'live') await refresh(stale, this.#isCurrent);
  }
}

function toFresh(): Stale {
  return { all: false, audit: false, accounts: false, rules: false, streams: false };
}
