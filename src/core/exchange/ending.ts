import type { SentEvents } from '../sandbox/journal.ts';
import type { OpenStream } from '../wire/answer.ts';
import type { Reply } from '../wire/reply.ts';
import type { Refused } from './reasons.ts';

/** What the stages of an exchange have come to, before it becomes an answer. */
export interface Ending {
  readonly reply: Reply;
  /** Ways in which the reply does not fit the document. */
  readonly violations: readonly string[];
  readonly bug: string | undefined;
  /** The body as it goes on the wire, where it has been written before. */
  readonly text?: string;
  readonly refused?: Refused | undefined;
  /** Headers that a fault has the answer have. */
  readonly forced?: Readonly<Record<string, string>>;
  readonly stream?: Omit<OpenStream, 'reportEnd' | 'sent'> & {
    readonly sent: SentEvents;
    /** For the journal. */
    readonly first: Buffer;
    /** It ends like this. */
    noteEnd(how: string | undefined): void;
  };
}

/** By an operation, in a reply of its own. */
export const ANSWERED: Ending['refused'] = { cause: { kind: 'answered' }, isInjected: false };
export const LOST = { cause: { kind: 'notKept' }, isInjected: false } as const;
