import type { JournalEntry } from '../core/sandbox/journal.ts';
import type { Logger } from '../core/values/logger.ts';
import type { Redaction } from '../core/wire/redaction.ts';
import { presentSummary } from './present.ts';
import { renderRequestLine } from './request-line.ts';

export interface RequestLogOptions {
  /** Whether it says why requests are refused. */
  readonly explain: boolean;
  readonly redaction: Redaction;
}

/**
 * What the log says of each exchange: where people read it a line of all that it is asked for; else a line at the level
 * debug, and with `explain` one of each refusal. `undefined` where it says nothing.
 */
export function createRequestLog(
  logger: Logger,
  { explain, redaction }: RequestLogOptions,
): ((entry: JournalEntry) => void) | undefined {
  const { terminal, debug } = logger;
  if (!debug && !explain && terminal?.requests !== 'all') return undefined;
  return (entry) => {
    const isExplained = explain && entry.refusal !== undefined;
    if (terminal) {
      if (!isExplained && terminal.requests !== 'all') return;
      const { reasons, ...summary } = presentSummary(entry, redaction);
      terminal.write(renderRequestLine({ ...summary, reasons: explain ? reasons : [] }, terminal));
      return;
    }
    if (!isExplained && !debug) return;
    const { reasons, answer, ...summary } = presentSummary(entry, redaction);
    const fields = { ...summary, ...answer };
    debug?.(fields, 'answered');
    if (isExplained) logger.warn({ ...fields, reasons }, 'refused');
  };
}
