import type { JournalEntry } from '../core/sandbox/journal.ts';
import type { Logger } from '../core/values/logger.ts';
import type { Redaction } from '../core/wire/redaction.ts';
import { presentSummary } from './present.ts';
import { renderRequestLine } from './request-line.ts';

export interface RequestLogOptions {
  /** Whether the log gives the reasons of refusals. */
  readonly explain: boolean;
  readonly redaction: Redaction;
}

/**
 * Logs exchanges. On a terminal: a line for each exchange that the log level asks for. Otherwise: a line at the level
 * debug, and with `explain` one for each refusal. `undefined` if nothing is to be logged.
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
