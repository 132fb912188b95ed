import { setTimeout as wait } from 'node:timers/promises';

import { compareAnswers, type Seen } from './answers.ts';
import type { CredentialBook } from './credentials.ts';
import type { Difference } from './difference.ts';
import type { Emulated } from './emulated.ts';
import { MOST_LISTED } from './findings.ts';
import { Identities } from './identities.ts';
import type { PassedOver, Reading } from './reads.ts';
import type { Outgoing, Unanswered } from './sender.ts';

/** How requests are sent to a service. */
export interface Manner {
  /** Maximum milliseconds for one response. */
  readonly patience: number;
  /** Milliseconds between a response and the next request. */
  readonly pause: number;
  /** Maximum number of reads. */
  readonly limit: number;
  readonly onRead?: () => void;
}

/** A read that both sides answered. */
export interface Compared {
  readonly request: string;
  readonly operation: string;
  /** The emulator's status. */
  readonly status: number;
  /** A HEAD has no body to compare. */
  readonly isHead: boolean;
  /** The listed differences. */
  readonly differences: readonly Difference[];
  /** Whether there is no difference, listed or not. */
  readonly isSame: boolean;
  /** Whether the service behaves differently, beyond having other data. */
  readonly isDiffering: boolean;
}

/** The result of a comparison, without credentials, so that it may be printed. */
export interface Comparison {
  readonly compared: readonly Compared[];
  /** Reads without a response that can be compared. */
  readonly unanswered: readonly PassedOver[];
  readonly passedOver: readonly PassedOver[];
  readonly repeated: number;
  /** The number of differences that are not listed. */
  readonly more: number;
}

/** Reads in a row without a response after which the comparison stops. */
const PATIENT = 3;

/**
 * Sends the same reads to both sides, one after another.
 *
 * @param ask sends a read to the real service
 * @throws {ConfigError} for a bundle whose state cannot be imported
 */
export async function runComparison(
  { scenes, passedOver, repeated }: Reading,
  { ours, book, ask }: Sides,
  manner: Manner,
): Promise<Comparison> {
  const compared: Compared[] = [];
  const unanswered: PassedOver[] = [];
  const skipped = passedOver.map((one) => {
    const url = one.request.slice(one.request.indexOf(' ') + 1);
    return { ...one, request: book.createShowing({ url, headers: {} }).text(one.request) };
  });
  const identities = new Identities();
  let [sent, silent, listed, more] = [0, 0, 0, 0];
  for (const scene of scenes.filter(({ reads }) => reads.length > 0)) {
    await ours.enter(scene);
    for (const read of scene.reads) {
      const [toOurs, toTheirs] = [book.toOurs(read, ours.sandbox), book.toTheirs(read)];
      const showing = book.createShowing(toOurs, toTheirs);
      const { method, url, operation } = read;
      const named = { request: showing.text(`${method} ${url}`), operation: operation.operationId };
      const refuse = (reason: string): void => void skipped.push({ ...named, reason });
      manner.onRead?.();
      if (silent >= PATIENT) refuse(`the service did not respond to ${PATIENT} reads in a row`);
      else if (sent >= manner.limit) refuse(`${manner.limit} reads were sent, and no more are`);
      else {
        const own = await ours.ask(read, toOurs, manner.patience);
        if ('reason' in own) {
          refuse(own.reason);
          continue;
        }
        if (sent > 0) await wait(manner.pause);
        sent += 1;
        const other = toBusy(await ask(toTheirs), own);
        if ('reason' in other) {
          silent += 1;
          unanswered.push({ ...named, reason: showing.words(other.reason) });
          continue;
        }
        silent = 0;
        const terms = {
          ...{ operation, identities, showing, named: new Set(read.params) },
          isHead: method === 'HEAD',
          isSecret: (name: string) => book.isSecret(name),
        };
        const found = compareAnswers(own, other, terms);
        const { count, isDiffering } = found;
        const differences = found.listed.slice(0, MOST_LISTED - listed);
        listed += differences.length;
        more += count - differences.length;
        const { status } = own;
        compared.push({ ...named, status, isHead: terms.isHead, differences, isSame: count === 0, isDiffering });
      }
    }
  }
  return { compared, unanswered, passedOver: skipped, repeated, more };
}

export interface Sides {
  readonly ours: Emulated;
  readonly book: CredentialBook;
  readonly ask: (outgoing: Outgoing) => Promise<Seen | Unanswered>;
}

/** A service that limits its rate says nothing about the read. */
function toBusy(theirs: Seen | Unanswered, { status }: Seen): Seen | Unanswered {
  if ('reason' in theirs || theirs.status !== 429 || status === 429) return theirs;
  return { reason: 'it takes no more requests for now (429); a longer --pause may help' };
}
