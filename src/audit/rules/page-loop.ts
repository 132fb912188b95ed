import { CORE } from '../../core/store/due.ts';
import { toCanonical } from '../canonical.ts';
import { Recent } from '../recent.ts';
import type { AuditedExchange } from '../audited-exchange.ts';
import type { AuditContext, AuditRule } from '../audit-rule.ts';

const LEAST = 3;
/** Exchanges of one page that are named. */
const NAMED = 20;
const FOLLOWED = 2000;
/** Cursors of one walk that are remembered. */
const CURSORS = 1000;

/** A chain of pages, each asked for by a cursor that one before had told. */
interface Walk {
  readonly told: ToldCursors;
  /** By the cursor of the contract, or else by what was told: who was told that page since anything was changed. */
  readonly pages: Map<string, AuditedExchange[]>;
  /** The newest change of the provider when the pages began. */
  since: number;
  isTold: boolean;
}

/**
 * In one walk through a list the same page was told three times, although nothing had changed: the walk does not end. A cursor
 * that was told and comes back under a name that nobody knows goes on with its walk.
 *
 * Leaves alone repeats after answers that were lost, and a new walk.
 */
export const pageLoop: AuditRule = {
  name: 'page-loop',
  watch: (course) => {
    const walks = new Recent<string, Walk>(FOLLOWED);
    /** By provider, the newest commit that changed something of it. */
    const changed = new Map<string, number>();
    return {
      commit: ({ seq, changes }) => {
        // What one transaction does itself is done to one provider.
        const own = changes.find(({ part, provider }) => part === 'own' && provider !== CORE);
        if (own) changed.set(own.provider, seq);
      },
      exchange: (exchange) => {
        const { terms, entry, subject, client } = exchange;
        if (!terms?.cursor || exchange.told !== 'told' || exchange.status >= 300) return;
        const place = `${entry.provider} ${entry.operation ?? ''} ${subject ?? ''} ${client}`;
        const cursor = toText(findSent(exchange, terms.cursor.in));
        const since = changed.get(entry.provider) ?? 0;
        const known = walks.get(place);
        const walk =
          known && goesOn(known, cursor, exchange)
            ? known
            : {
                told: new ToldCursors(terms.cursor.out),
                pages: new Map<string, AuditedExchange[]>(),
                since,
                isTold: false,
              };
        walks.set(place, walk);
        if (walk.since !== since) walk.pages.clear();
        walk.since = since;
        walk.told.add(exchange);
        // A service may take its cursor under other names, too: which page that is, only the answer says.
        const name = cursor === NONE ? entry.answer.body : cursor;
        const page = walk.pages.get(name) ?? [];
        if (page.length < NAMED) page.push(exchange);
        walk.pages.set(name, page);
        // What comes after is the same mistake, and proves it as well.
        if (page.length === LEAST && !walk.isTold) {
          walk.isTold = true;
          report(page, exchange, course);
        }
      },
    };
  },
};

const NONE = '';

/** The cursors that a walk has told. Answers are large, and most walks end with the first. */
class ToldCursors {
  readonly #field: string;
  readonly #read = new Set<string>();
  #unread: AuditedExchange[] = [];

  constructor(field: string) {
    this.#field = field;
  }

  add(exchange: AuditedExchange): void {
    this.#unread.push(exchange);
    if (this.#unread.length >= UNREAD) this.#readAll();
  }

  has(cursor: string): boolean {
    if (this.#unread.some(({ entry }) => mayTell(entry.answer.body, this.#field, cursor))) this.#readAll();
    return this.#read.has(cursor);
  }

  #readAll(): void {
    for (const exchange of this.#unread) {
      const next = findField(exchange.readAnswer(), this.#field);
      if (next !== undefined && next !== null && this.#read.size < CURSORS) this.#read.add(toText(next));
    }
    this.#unread = [];
  }
}

/** Whether a text of JSON may have a cursor in a field. Most have none, or another one. */
function mayTell(text: string, path: string, cursor: string): boolean {
  const field = `"${path.slice(path.lastIndexOf('.') + 1)}":`;
  const at = text.indexOf(field);
  if (at < 0) return false;
  // Where there are several, which one it is has to be found out.
  if (text.includes(field, at + 1)) return true;
  const from = at + field.length;
  if (text.startsWith('null', from)) return false;
  // One that is an object is written as its text.
  const isText = text.charAt(from) === '"';
  if (text.charAt(isText ? from + 1 : from) === '{') return cursor.startsWith('{');
  if (!isText) return true;
  const found = text.slice(from + 1, text.indexOf('"', from + 1));
  return found === cursor || found.includes('\\');
}

/** Answers of one walk that may wait to be read. */
const UNREAD = 20;

/** Whether a request asks for another page of a walk: by a cursor of it, under whatever name. */
function goesOn({ told }: Walk, cursor: string, { query, body }: AuditedExchange): boolean {
  if (cursor !== NONE) return told.has(cursor);
  const values: readonly unknown[] = [...Object.values(query), ...(Object.values(toObject(body)) as unknown[])];
  return values.some((value) => told.has(toText(value)));
}

function findSent({ query, body }: AuditedExchange, name: string): unknown {
  return query[name] ?? (Reflect.get(toObject(body), name) as unknown);
}

function toObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

/** A cursor may be an object, and is often sent as its JSON text. */
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

function report(page: readonly AuditedExchange[], exchange: AuditedExchange, course: AuditContext): void {
  const { entry, who, terms } = exchange;
  course.report({
    rule: 'page-loop',
    certainty: who.isNamed ? 'certain' : 'likely',
    severity: who.isNamed ? 'error' : 'warning',
    exchanges: page,
    subject: exchange.subject,
    what: `one walk through ${entry.operation ?? ''} was given the same page three times, and nothing had changed in between`,
    advice: `Send what the answer gives as ${terms?.cursor?.out ?? ''} back as ${terms?.cursor?.in ?? ''}, and end where there is none.`,
  });
}
