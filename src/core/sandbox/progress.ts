import { Faults, type Armed } from '../faults/armed-rules.ts';
import type { FaultRule } from '../faults/fault-rule.ts';
import type { StateOf } from '../store/collection.ts';
import { CORE, DUE, type DueItem } from '../store/due.ts';
import { isOfDraws } from '../store/ids.ts';
import type { Store } from '../store/store.ts';
import { coreCollections } from './core-collections.ts';
import type { Instant } from '../values/clock.ts';
import type { Delivery } from './webhooks/delivery.ts';
import { Queue } from './webhooks/queue.ts';
import type { OpenWindow } from './windows.ts';

/**
 * State of a sandbox in addition to the records of its providers, so that another one can go on from there. A property
 * that is left out stays as the records have it.
 */
export interface Progress {
  readonly randomSeed?: number | undefined;
  /** Counters of ids and of random streams, by name. */
  readonly counters?: Readonly<Record<string, number>> | undefined;
  readonly due?: readonly DueItem[] | undefined;
  /** The rules in order; those without `armed` are armed when this is applied. */
  readonly rules?: readonly { readonly rule: FaultRule; readonly armed?: Armed }[] | undefined;
  readonly windows?: readonly OpenWindow[] | undefined;
  readonly webhooks?: readonly Delivery[] | undefined;
}

type CoreState = StateOf<typeof coreCollections>;

export function toProgress(store: Store): Progress {
  const { due, rules, windows, deliveries } = store.open(CORE, coreCollections);
  return {
    randomSeed: store.randomSeed,
    counters: Object.fromEntries([...store.counters].sort(([a], [b]) => (a < b ? -1 : 1))),
    due: [...due.list('at')],
    rules: [...rules.list('place')].map(({ rule, expiresAt, passed, fired }) => ({
      rule,
      armed: { expiresAt, passed, fired },
    })),
    windows: [...windows.list('start')],
    webhooks: [...deliveries.list('seq')],
  };
}

/** Replaces the state of the same kinds. Runs inside a transaction. */
export function applyProgress(store: Store, { counters, due, rules, windows, webhooks }: Progress, now: Instant): void {
  const state: CoreState = store.open(CORE, coreCollections);
  if (due) {
    for (const { seq } of [...state.due.values()]) state.due.delete(String(seq));
    for (const item of due) state.due.put(item);
  }
  if (rules) {
    const faults = new Faults(store, state.rules);
    faults.clear();
    for (const { rule, armed } of rules) faults.put(rule, now, armed);
  }
  if (windows) {
    for (const { client } of [...state.windows.values()]) state.windows.delete(client);
    for (const window of windows) state.windows.put(window);
  }
  if (webhooks) new Queue(store, state.deliveries, state.tallies).fill(webhooks);
  for (const [name, value] of Object.entries(counters ?? {})) {
    // Numbers never go back below those that the records use already.
    if (isOfDraws(name)) store.setCounter(name, value);
    else store.raise(name, value);
  }
  for (const { seq } of state.due.values()) store.raise(DUE, seq + 1);
}
