import { armedRules } from '../faults/armed-rules.ts';
import { dueItems } from '../store/due.ts';
import { deliveries, tallies } from './webhooks/delivery.ts';
import { openWindows } from './windows.ts';

/** Core's own collections, next to those of the providers: the rest of a sandbox's state. */
export const coreCollections = {
  due: dueItems,
  /** Scheduled items of providers that are not installed; they wait until these are. */
  sleeping: dueItems,
  rules: armedRules,
  windows: openWindows,
  /** Events sent to subscriptions. */
  deliveries,
  tallies,
};
