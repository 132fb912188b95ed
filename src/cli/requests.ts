import type { JournalEntry, Sandbox } from '../client.ts';
import { renderRequestLine } from '../control/request-line.ts';
import { CLIENT_FLAGS, withSandbox, type ClientFlags } from './client.ts';
import { Following, listRequests, type Filters } from './follow.ts';
import { defineVerb, type Inputs } from './verb.ts';

/** Filters of GET /requests that are text. */
const FILTERS = {
  provider: { describe: 'Only of this provider' },
  operation: { describe: 'Only of this operation' },
  method: { describe: 'Only with this method' },
  path: { describe: "Only with this path, as the provider's real service sees it; * matches any characters" },
  status: { describe: 'Only with this response status' },
  subject: { describe: 'Only about this account' },
  fault: { describe: 'Only those that met this fault; * for any' },
  trace: { describe: 'Only with this trace id, as in traceparent' },
  since: { describe: 'Only from this instant of the sandbox on, or after this exchange id' },
} as const satisfies Inputs;

export const requests = defineVerb({
  name: 'requests',
  describe: 'List exchanges, newest last',
  flags: {
    ...CLIENT_FLAGS,
    ...FILTERS,
    unmatched: { type: 'boolean', describe: 'Only those that match no operation; --no-unmatched for the others' },
    limit: { type: 'count', default: '100', describe: 'Maximum number of exchanges' },
    follow: { type: 'boolean', describe: 'Print new exchanges as they come, until Ctrl-C' },
  },
  examples: [
    ['$0 requests --status 400', 'with the reasons of each'],
    '$0 requests --follow --sandbox checkout',
    ['$0 requests --json', 'one line of JSON each'],
  ],
  run: async (flags) => {
    const filters = toFilters(flags);
    const print = createPrinter(flags);
    await withSandbox(flags, async (sandbox) => {
      if (flags.follow) await follow(sandbox, filters, flags.limit, print);
      else print(await listRequests(sandbox, filters, flags.limit));
    });
  },
});

function toFilters(flags: ClientFlags & { readonly unmatched: boolean | undefined }): Filters {
  const given = Object.keys(FILTERS).flatMap((name) => {
    const value: unknown = Reflect.get(flags, name);
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  return {
    ...Object.fromEntries(given),
    ...(flags.unmatched === undefined ? {} : { unmatched: String(flags.unmatched) }),
    // A line shows no bodies.
    ...(flags.json ? {} : { brief: 'true' }),
  };
}

function createPrinter({ json }: ClientFlags): (entries: readonly JournalEntry[]) => void {
  const colours = !json && process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '';
  const render = json ? toSafeJson : (entry: JournalEntry): string => renderRequestLine(entry, { colours });
  return (entries) => {
    if (entries.length > 0) process.stdout.write(entries.map((entry) => `${render(entry)}\n`).join(''));
  };
}

/** Escapes characters that JSON allows and a terminal may interpret. */
function toSafeJson(entry: JournalEntry): string {
  return JSON.stringify(entry).replaceAll(
    /[\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Prints exchanges until a signal ends it, or until the reader closes standard output. */
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
    // Before the list, so that no exchange is missed in between.
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
