import { toSequence, type JournalEntry } from '../../core/sandbox/journal.ts';
import type { Act } from '../act.ts';
import { takePage } from '../page.ts';
import { presentJournalEntry } from '../present.ts';
import { toFailure } from '../problems.ts';
import { quote } from '../../core/values/quotation.ts';

export const listRequests: Act<'listRequests'> = ({ sandbox, installation, query }) => {
  const { from } = sandbox.journal;
  const listing = {
    entries: sandbox.journal.newest(),
    sequence: ({ id }: JournalEntry) => toSequence(id),
    prefix: `${sandbox.name}-`,
    present: (entry: JournalEntry) => presentJournalEntry(entry, installation.redaction),
  };
  const { items, next } = takePage(listing, toFilter(query), query);
  return {
    status: 200,
    body: {
      requests: [...items],
      ...(next === undefined ? undefined : { next }),
      ...(from === undefined ? undefined : { from }),
    },
  };
};

export const clearRequests: Act<'clearRequests'> = ({ sandbox }) => {
  sandbox.journal.clear();
  return { status: 204 };
};

export const getRequest: Act<'getRequest'> = ({ sandbox, installation, path: { id } }) => {
  const entry = sandbox.journal.find(id);
  if (!entry) throw toFailure('NO_SUCH_REQUEST', `The journal of "${sandbox.name}" has no ${quote(id)}.`);
  return { status: 200, body: presentJournalEntry(entry, installation.redaction) };
};

interface Filter {
  readonly provider?: string;
  readonly operation?: string;
  readonly status?: number;
  readonly subject?: string;
  readonly fault?: string;
  readonly unmatched?: boolean;
}

function toFilter({
  provider,
  operation,
  status,
  subject,
  fault,
  unmatched,
}: Filter): (entry: JournalEntry) => boolean {
  return (entry) =>
    (provider === undefined || entry.provider === provider) &&
    (operation === undefined || entry.operation === operation) &&
    (status === undefined || entry.answer.status === status) &&
    (subject === undefined || entry.subject === subject) &&
    (fault === undefined || entry.faults.some(({ name }) => fault === '*' || name === fault)) &&
    (unmatched === undefined || (entry.operation === undefined) === unmatched);
}
