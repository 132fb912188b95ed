import { toSequence, type JournalEntry } from '../../core/sandbox/journal.ts';
import type { Endpoint } from '../endpoint.ts';
import { presentArchive, presentArchived } from '../archive.ts';
import { describeUnknown, findUnknownOfExchanges } from '../known-names.ts';
import { describePage, takePage, type Listing } from '../page.ts';
import { presentExchange, presentJournalEntry } from '../present.ts';
import { toFailure } from '../problems.ts';
import { selectExchanges, type JournalContext } from '../selection.ts';
import { quote } from '../../core/values/quotation.ts';
import type { components } from '../../generated/emulator.ts';

type Presented = components['schemas']['JournalEntry'];

export const listRequests: Endpoint<'listRequests'> = async ({ sandbox, installation, query }) => {
  const { redaction } = installation;
  const present = (entry: JournalEntry): Presented => presentExchange(entry, redaction, query.brief);
  const fits = await selectExchanges({ sandbox, installation }, query);
  const { items, ...page } = takePage(toListing({ sandbox, installation }, present), fits, query);
  const { from } = sandbox.journal;
  return {
    status: 200,
    body: {
      requests: [...items],
      ...describePage(page),
      ...(from === undefined ? undefined : { from }),
      ...describeUnknown(items.length > 0 ? [] : findUnknownOfExchanges(sandbox, query)),
    },
  };
};

/** An archive is written to a file, so it may be long. */
const ARCHIVED = 10_000;

export const exportRequests: Endpoint<'exportRequests'> = async ({ sandbox, installation, approach, query }) => {
  const fits = await selectExchanges({ sandbox, installation }, query);
  const places = installation.addresses.seenFrom(approach);
  const present = (entry: JournalEntry): object => presentArchived(entry, installation.redaction, places);
  const listing = toListing({ sandbox, installation }, present);
  const { items, next } = takePage(listing, fits, { ...query, limit: query.limit ?? ARCHIVED });
  return { status: 200, body: presentArchive(items.toReversed(), next, installation.version) };
};

function toListing<P>({ sandbox }: JournalContext, present: (entry: JournalEntry) => P): Listing<JournalEntry, P> {
  return {
    entries: sandbox.journal.newest(),
    sequence: ({ id }) => toSequence(id),
    prefix: `${sandbox.name}-`,
    present,
  };
}

export const clearRequests: Endpoint<'clearRequests'> = ({ sandbox }) => {
  sandbox.journal.clear();
  return { status: 204 };
};

export const getRequest: Endpoint<'getRequest'> = ({ sandbox, installation, path: { id } }) => {
  const entry = sandbox.journal.find(id);
  if (!entry) throw toFailure('NO_SUCH_REQUEST', `The journal of "${sandbox.name}" has no ${quote(id)}.`);
  return { status: 200, body: presentJournalEntry(entry, installation.redaction) };
};
