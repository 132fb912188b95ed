import { armedRules } from '../faults/armed-rules.ts';
import { dueItems } from '../store/due.ts';
import { deliveries, tallies } from './webhooks/delivery.ts';
import { openWindows } from './windows.ts';

/** Core's own collections, beside those of the providers: what makes a sandbox go on as it would have. */
export const coreCollections = {
  due: dueItems,
  /** Due items of providers that are not there, which wait until they are. */
  sleeping: dueItems,
  rules: armedRules,
  windows: openWindows,
  /** What is sent to those who subscribed. */
  deliveries,
  tallies,
};
