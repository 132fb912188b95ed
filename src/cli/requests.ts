import type { CommandModule } from 'yargs';

import type { JournalEntry, Sandbox } from '../client.ts';
import { renderRequestLine } from '../control/request-line.ts';
import { clientFlags, withSandbox, type ClientFlags } from './client.ts';
import { Following, listRequests, type Filters } from './follow.ts';
import { UsageError } from './report.ts';

/** Those of GET /requests that are text, with what each says. */
const FILTERS = {
  provider: 'Of this provider only',
  operation: 'Of this operation only',
  method: 'With this method only',
  path: "Under this path only, as the provider's real service sees it; * stands for anything",
  status: 'Answered with this status',
  subject: 'About this account',
  fault: 'That met this fault; * for any',
  trace: 'Part of this trace, by its traceparent',
  since: 'From an instant of the sandbox on, or behind the id of an exchange',
} as const;

interface RequestFlags extends ClientFlags, Readonly<Partial<Record<keyof typeof FILTERS, string>>> {
  readonly unmatched?: boolean | undefined;
  readonly limit: string;
  readonly follow: boolean;
}

export const requests: CommandModule<object, RequestFlags> = {
  command: 'requests',
  describe: 'List what came in and how it was answered, the newest last',
  builder: (yargs) => {
    const flags = clientFlags(yargs);
    for (const [name, describe] of Object.entries(FILTERS)) {
      flags.option(name, { type: 'string', requiresArg: true, describe });
    }
    return flags
      .option('unmatched', {
        type: 'boolean',
        describe: 'That are no operation; --no-unmatched for those that are one',
      })
      .option('limit', { type: 'string', default: '100', requiresArg: true, describe: 'How many, at most' })
      .option('follow', { type: 'boolean', default: false, describe: 'Go on with what comes, until Ctrl-C' })
      .example('$0 requests --status 400', 'with the reasons of each')
      .example('$0 requests --follow --sandbox checkout', '')
      .example('$0 requests --json', 'a line of JSON each');
  },
  handler: async (flags) => {
    const filters = toFilters(flags);
    const print = createPrinter(flags);
    const limit = parseLimit(flags.limit);
    await withSandbox(flags, async (sandbox) => {
      if (flags.follow) await follow(sandbox, filters, limit, print);
      else print(await listRequests(sandbox, filters, limit));
    });
  },
};

function toFilters({ unmatched, ...flags }: RequestFlags): Filters {
  const given = Object.keys(FILTERS).flatMap((name) => {
    const value: unknown = Reflect.get(flags, name);
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  return {
    ...Object.fromEntries(given),
    ...(unmatched === undefined ? {} : { unmatched: String(unmatched) }),
    // A line says nothing of bodies.
    ...(flags.json ? {} : { brief: 'true' }),
  };
}

function parseLimit(text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new UsageError(`--limit must be a whole number from 1 to 9999999, got "${text.slice(0, 100)}".`);
}

function createPrinter({ json }: ClientFlags): (entries: readonly JournalEntry[]) => void {
  const colours = !json && process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '';
  const render = json ? toSafeJson : (entry: JournalEntry): string => renderRequestLine(entry, { colours });
  return (entries) => {
    if (entries.length > 0) process.stdout.write(entries.map((entry) => `${render(entry)}\n`).join(''));
  };
}

/** What JSON leaves as it is although a terminal may heed it. */
function toSafeJson(entry: JournalEntry): string {
  return JSON.stringify(entry).replaceAll(
    /[\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Until a signal ends it, as it should; whoever reads may also go. */
async function follow(
  sandbox: Sandbox,
  filters: Filters,
  limit: number,
  print: (entries: readonly JournalEntry[]) => void,
): Promise<void> {
  const ending = new AbortController();
  const end = (): void => {
    ending.abort();
  };
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
  process.stdout.once('error', end);
  try {
    const report = (word: string): boolean => process.stderr.write(`${word}\n`);
    // Before the list, so that nothing comes between it and what follows.
    const following = await Following.open(sandbox, filters, { signal: ending.signal, report });
    const listed = await listRequests(sandbox, filters, limit);
    print(listed);
    for await (const batch of following.list(new Set(listed.map(({ id }) => id)))) print(batch);
  } finally {
    process.off('SIGINT', end);
    process.off('SIGTERM', end);
    process.stdout.off('error', end);
  }
}
