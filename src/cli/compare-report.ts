import { writeFile } from 'node:fs/promises';

import { toMessage } from '../core/values/message.ts';
import { shortenTo } from '../core/values/quotation.ts';
import { compareWithService } from '../trials/compare/compare.ts';
import type { PassedOver } from '../trials/compare/reads.ts';
import type { Report, ReportedDifference } from '../trials/compare/report.ts';
import { toOneLine } from './findings/text.ts';
import { Progress } from './progress.ts';
import { NotVerified } from './report.ts';
import { renderTable } from './table.ts';

/** As they were written. */
interface CompareFlags {
  readonly provider: string;
  readonly target: string;
  readonly header: string | readonly string[] | undefined;
  readonly bundle: string | undefined;
  readonly keep: string | undefined;
  readonly set: string | readonly string[] | undefined;
  readonly pause: number;
  readonly timeout: number;
  readonly limit: number;
  readonly format: 'text' | 'json' | undefined;
  readonly json: boolean | undefined;
}

/** @throws {NotVerified} if the two differ, if a response is missing, or if nothing was compared */
export async function runCompare(flags: CompareFlags): Promise<void> {
  const { provider, target, header, bundle, keep, set } = flags;
  const isJson = flags.format === undefined ? flags.json : flags.format === 'json';
  const progress = isJson || !process.stderr.isTTY ? undefined : new Progress('Comparing');
  let done = 0;
  const report = await compareWithService({
    ...{ provider, target, bundle },
    headers: [header ?? []].flat(),
    set: [set ?? []].flat(),
    pause: flags.pause,
    patience: flags.timeout,
    limit: flags.limit,
    onRead: (count) => {
      done += 1;
      progress?.tell(done / count);
    },
  }).finally(() => progress?.end());
  // Printed first, so that the result is not lost if the file cannot be written.
  process.stdout.write(isJson ? `${JSON.stringify(report)}\n` : render(report));
  if (keep !== undefined) {
    await writeFile(keep, `${JSON.stringify(report, undefined, 2)}\n`).catch((error: unknown) => {
      throw new NotVerified(`${keep} cannot be written: ${toMessage(error)}`);
    });
  }
  const { differences, unanswered, compared } = report;
  if (differences.length > 0 || unanswered.length > 0 || compared === 0) throw new NotVerified('');
}

function render(report: Report): string {
  const { target, compared, same, differences, more, repeated, unanswered, passedOver } = report;
  const shown = [...groupByRead(differences)].map(([read, own]) => `${toOneLine(read)}\n${renderDifferences(own)}\n`);
  const others = [renderReasons('No response', unanswered), renderReasons('Not sent', passedOver)];
  const once = repeated === 0 ? '' : ` ${repeated} repeated reads were sent once.`;
  const rest = more === 0 ? '' : ` ${more} more differences are not listed.`;
  const total = differences.length + more;
  const places = total === 1 ? '1 place' : `${total} places`;
  const verdict = same === compared ? 'all the same' : `${same} the same, ${compared - same} differ in ${places}`;
  const summary =
    compared === 0
      ? `Nothing was compared with ${target}.\n`
      : `${compared} ${compared === 1 ? 'read' : 'reads'} compared with ${target}: ${verdict}.${rest}${once}\n`;
  const shut = isShut(report) ? 'The service refused every request: pass its credentials with --header.\n' : '';
  return [...shown, ...others, summary, shut].join('');
}

/** Whether the service refused every request for its credentials. */
function isShut({ compared, differences }: Report): boolean {
  const refused = differences.filter(({ kind, theirs }) => kind === 'status' && (theirs === 401 || theirs === 403));
  return compared > 0 && refused.length === compared;
}

function groupByRead(differences: readonly ReportedDifference[]): ReadonlyMap<string, readonly ReportedDifference[]> {
  const groups = new Map<string, ReportedDifference[]>();
  for (const difference of differences) {
    const read = `${difference.request}  ${difference.operation}`;
    const group = groups.get(read);
    if (group) group.push(difference);
    else groups.set(read, [difference]);
  }
  return groups;
}

/** Characters that are shown of a value. */
const WIDEST = 60;

function renderDifferences(differences: readonly ReportedDifference[]): string {
  const rows = differences.map(({ where, kind, ours, theirs }) => [
    ...[`  ${toOneLine(where)}`, kind, `ours ${toShown(ours)}`, `theirs ${toShown(theirs)}`],
  ]);
  return renderTable(rows);
}

function toShown(value: unknown): string {
  return value === undefined ? 'nothing' : shortenTo(WIDEST, toOneLine(JSON.stringify(value)));
}

function renderReasons(title: string, reads: readonly PassedOver[]): string {
  if (reads.length === 0) return '';
  const lines = reads.map(({ request, reason }) => `  ${toOneLine(`${request}  ${reason}`)}\n`);
  return `${title}:\n${lines.join('')}\n`;
}
