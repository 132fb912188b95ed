import { CORE } from '../../core/store/due.ts';
import { toCanonical } from '../canonical.ts';
import { RecentMap } from '../recent-map.ts';
import type { AuditedExchange } from '../audited-exchange.ts';
import type { AuditContext, AuditRule } from '../audit-rule.ts';

const LEAST = 3;
/** Exchanges of one page that are named. */
const NAMED = 20;
const FOLLOWED = 2000;
/** Cursors of one walk that are remembered. */
const CURSORS = 1000;

/** A chain of pages: each was requested by a cursor that an earlier one told. */
interface Walk {
  /** The cursors that were told. */
  readonly told: Set<string>;
  /** The exchanges that were told each page since the last change, by cursor; without a cursor, by response. */
  readonly pages: Map<string, AuditedExchange[]>;
  /** The newest change of the provider when the pages began. */
  since: number;
  isReported: boolean;
}

/**
 * In one walk through a list, the same page was told three times although nothing had changed: the walk does not end. A
 * request continues a walk if it sends a cursor of it, even in a parameter that the document does not name.
 *
 * Leaves alone: repeats after lost responses; a new walk.
 */
export const pageLoop: AuditRule = {
  name: 'page-loop',
  watch: (context) => {
    const walks = new RecentMap<string, Walk>(FOLLOWED);
    /** By provider, the newest commit that changed its state. */
    const changed = new Map<string, number>();
    return {
      commit: ({ seq, changes }) => {
        // A transaction has own changes of one provider only.
        const own = changes.find(({ part, provider }) => part === 'own' && provider !== CORE);
        if (own) changed.set(own.provider, seq);
      },
      exchange: (exchange) => {
        const { terms, entry, subject, client } = exchange;
        if (!terms?.cursor || exchange.told !== 'told' || exchange.status >= 300) return;
        const list = `${entry.provider} ${entry.operation ?? ''} ${subject ?? ''} ${client}`;
        const cursor = toText(exchange.query[terms.cursor.in] ?? Reflect.get(toObject(exchange.body), terms.cursor.in));
        const since = changed.get(entry.provider) ?? 0;
        const known = walks.get(list);
        const walk: Walk =
          known && continues(known, cursor, exchange)
            ? known
            : { told: new Set(), pages: new Map(), since, isReported: false };
        walks.set(list, walk);
        if (walk.since !== since) walk.pages.clear();
        walk.since = since;
        const next = findField(exchange.readAnswer(), terms.cursor.out);
        if (next !== undefined && next !== null && walk.told.size < CURSORS) walk.told.add(toText(next));
        // The service may know its cursor under other names. Then only the response says which page it is.
        const name = cursor === NONE ? entry.answer.body : cursor;
        const page = walk.pages.get(name) ?? [];
        if (page.length < NAMED) page.push(exchange);
        walk.pages.set(name, page);
        // Later repeats join the page that was reported.
        if (page.length === LEAST && !walk.isReported) {
          walk.isReported = true;
          report(page, exchange, context);
        }
      },
    };
  },
};

const NONE = '';

/** Whether a request asks for another page of a walk: by one of its cursors, under any name. */
function continues({ told }: Walk, cursor: string, { query, body }: AuditedExchange): boolean {
  if (cursor !== NONE) return told.has(cursor);
  const values: readonly unknown[] = [...Object.values(query), ...(Object.values(toObject(body)) as unknown[])];
  return values.some((value) => told.has(toText(value)));
}

function toObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

/** A cursor may be an object, which clients often send as JSON text. */
function toText(value: unknown): string {
  if (value === undefined || value === null || value === 'null') return NONE;
  const parsed = typeof value === 'string' ? parseObject(value) : value;
  return typeof parsed === 'string' ? parsed : toCanonical(parsed, () => false);
}

function parseObject(text: string): unknown {
  if (!text.startsWith('{')) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function findField(value: unknown, path: string): unknown {
  let found = value;
  for (const name of path.split('.')) found = Reflect.get(toObject(found), name) as unknown;
  return found;
}

function report(page: readonly AuditedExchange[], exchange: AuditedExchange, context: AuditContext): void {
  const { entry, who, terms } = exchange;
  context.report({
    rule: 'page-loop',
    certainty: who.isNamed ? 'certain' : 'likely',
    severity: who.isNamed ? 'error' : 'warning',
    exchanges: page,
    subject: exchange.subject,
    what: `one walk through ${entry.operation ?? ''} received the same page three times although nothing had changed`,
    advice: `Send the ${terms?.cursor?.out ?? ''} of each response as ${terms?.cursor?.in ?? ''} of the next request, and stop if it is missing.`,
  });
}
