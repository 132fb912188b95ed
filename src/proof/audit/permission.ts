import type { JournalEntry } from '../../core/sandbox/journal.ts';

const HEADER = 'x-emulator-audit';
const NONE: ReadonlySet<string> = new Set();

/** The rules whose findings an exchange allows: `X-Emulator-Audit: allow=double-effect,no-key`. */
export function findAllowed({ requestHeaders }: JournalEntry): ReadonlySet<string> {
  const written = requestHeaders[HEADER];
  if (typeof written !== 'string') return NONE;
  const allowed = written
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith('allow='))
    .flatMap((part) => part.slice('allow='.length).split(','));
  return new Set(allowed.map((rule) => rule.trim().toLowerCase()));
}
