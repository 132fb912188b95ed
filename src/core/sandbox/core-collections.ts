import { armedRules } from '../faults/armed-rules.ts';
import { dueItems } from '../store/due.ts';
import { openWindows } from './windows.ts';

/** Core's own collections, beside those of the providers: what makes a sandbox go on as it would have. */
export const coreCollections = { due: dueItems, rules: armedRules, windows: openWindows };
