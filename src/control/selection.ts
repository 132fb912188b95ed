import { fits, type Condition } from '../core/faults/match.ts';
import { Recalled, toJournalConditions, type JournalMatch } from '../core/exchange/recalled.ts';
import type { JournalEntry } from '../core/sandbox/journal.ts';
import type { Sandbox } from '../core/sandbox/sandbox.ts';
import { findTraceId } from '../core/wire/trace.ts';
import { toMessage } from '../core/values/message.ts';
import type { Installation } from './endpoint.ts';
import { assertKnown } from './known-names.ts';
import { toFailure } from './problems.ts';

/** The journal of a sandbox, and what is needed to parse its requests again. */
export interface JournalContext {
  readonly sandbox: Sandbox;
  readonly installation: Installation;
}

/** The filters of lists of exchanges. */
export interface Filters extends Omit<JournalMatch, 'body' | 'query' | 'headers'> {
  /** A JSON object. */
  readonly body?: string;
  readonly fault?: string;
  readonly trace?: string;
  readonly unmatched?: boolean;
}

/**
 * Selects exchanges of the journal.
 *
 * @throws {Failure} for unknown names, and for a body that is not an object
 */
export async function selectExchanges(
  context: JournalContext,
  { fault, trace, unmatched, body, ...others }: Filters,
): Promise<(entry: JournalEntry) => boolean> {
  assertKnown(others, context.installation);
  const match: JournalMatch = { ...others, ...(body !== undefined && { body: parseFields(body) }) };
  const isOfKind = (entry: JournalEntry): boolean =>
    (fault === undefined || entry.faults.some(({ name }) => fault === '*' || name === fault)) &&
    (trace === undefined || findTraceId(entry.requestHeaders) === trace) &&
    (unmatched === undefined || (entry.operation === undefined && !entry.webhook) === unmatched);
  const conditions = toJournalConditions(match);
  if (match.body === undefined) return (entry) => isOfKind(entry) && fits(conditions, recall(context, entry));
  const fitting = new Set<string>();
  await recallAll(context, conditions, (recalled) => {
    if (isOfKind(recalled.entry) && fits(conditions, recalled)) fitting.add(recalled.entry.id);
  });
  return ({ id }) => fitting.has(id);
}

/** Visits every kept exchange, newest first; its body is parsed if a condition needs it. */
export async function recallAll(
  context: JournalContext,
  conditions: readonly Condition<Recalled>[],
  visit: (recalled: Recalled) => void,
): Promise<void> {
  const asksForBody = conditions.some(({ place: [part] }) => part === 'body');
  // A copy: while a form is parsed, other requests are handled.
  for (const entry of [...context.sandbox.journal.newest()]) {
    const recalled = recall(context, entry);
    const pending = asksForBody ? recalled.readBody() : undefined;
    if (pending) await pending;
    visit(recalled);
  }
}

function recall({ sandbox, installation }: JournalContext, entry: JournalEntry): Recalled {
  const service = installation.services.get(entry.provider);
  if (!service) throw new Error(`The journal has an exchange of the unknown provider "${entry.provider}".`);
  return new Recalled(entry, service, sandbox);
}

function parseFields(text: string): Readonly<Record<string, unknown>> {
  const detail = 'query/body must be a JSON object, such as {"amount":5}';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw toFailure('BAD_FILTER', `${detail}: ${toMessage(error)}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw toFailure('BAD_FILTER', `${detail}.`);
  return value as Readonly<Record<string, unknown>>;
}
