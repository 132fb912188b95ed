import type { AuditRule } from '../audit-rule.ts';
import { doubleEffect } from './double-effect.ts';
import { futileRetry } from './futile-retry.ts';
import { ignoredField } from './ignored-field.ts';
import { keyReuse } from './key-reuse.ts';
import { missingEffect } from './missing-effect.ts';
import { noKey } from './no-key.ts';
import { offContract } from './off-contract.ts';
import { overdrawn } from './overdrawn.ts';
import { pageLoop } from './page-loop.ts';
import { retryAfterIgnored } from './retry-after-ignored.ts';
import { retryStorm } from './retry-storm.ts';
import { secretInUrl } from './secret-in-url.ts';
import { staleWrite } from './stale-write.ts';
import { streamAbandoned } from './stream-abandoned.ts';
import { unseenEffect } from './unseen-effect.ts';

/** All audit rules. A new one is a file in this folder and a line here. */
export const RULES: readonly AuditRule[] = [
  doubleEffect,
  keyReuse,
  overdrawn,
  pageLoop,
  staleWrite,
  noKey,
  retryAfterIgnored,
  streamAbandoned,
  secretInUrl,
  ignoredField,
  unseenEffect,
  missingEffect,
  futileRetry,
  retryStorm,
  offContract,
];
