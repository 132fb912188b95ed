import { setTimeout as wait } from 'node:timers/promises';

import type { ContractOperation } from '../../core/contract/contract.ts';
import { compareAnswers, type Seen } from './answers.ts';
import type { CredentialBook } from './credentials.ts';
import type { Difference } from './difference.ts';
import type { Emulated } from './emulated.ts';
import { Identities } from './identities.ts';
import type { PassedOver, Read, Reading } from './reads.ts';
import type { Outgoing, Unanswered } from './sender.ts';

/** How a service is asked. */
export interface Manner {
  /** Milliseconds that one answer may take. */
  readonly patience: number;
  /** Milliseconds between one answer and the next request. */
  readonly pause: number;
  /** How many reads are sent at most. */
  readonly limit: number;
  readonly onRead?: () => void;
}

/** A read that both have answered. */
export interface Compared {
  readonly request: string;
  readonly operation: string;
  /** Of ours. */
  readonly status: number;
  readonly differences: readonly Difference[];
}

export interface Comparison {
  readonly compared: readonly Compared[];
  /** Sent, and not answered so that it could be compared. */
  readonly unanswered: readonly PassedOver[];
  readonly passedOver: readonly PassedOver[];
  readonly repeated: number;
  /** Differences that are counted and not listed. */
  readonly more: number;
}

/** Differences that are listed. */
const MOST = 1000;
/** So many reads in a row without an answer, and the service is not asked any more. */
const PATIENT = 3;

/**
 * Asks both sides for the same, one read after another.
 *
 * @param ask sends one to the real service
 * @throws {ConfigError} for a bundle whose state cannot be put in
 */
export async function runComparison(
  { scenes, passedOver, repeated }: Reading,
  { ours, book, ask }: Sides,
  manner: Manner,
): Promise<Comparison> {
  const compared: Compared[] = [];
  const unanswered: PassedOver[] = [];
  const skipped = [...passedOver];
  const identities = new Identities();
  let [sent, silent, listed, more] = [0, 0, 0, 0];
  for (const scene of scenes.filter(({ reads }) => reads.length > 0)) {
    await ours.enter(scene);
    for (const read of scene.reads) {
      const named = toNamed(read);
      const refuse = (reason: string): void => void skipped.push({ ...named, reason });
      manner.onRead?.();
      if (silent >= PATIENT) refuse(`${PATIENT} in a row were not answered`);
      else if (sent >= manner.limit) refuse(`${manner.limit} reads were sent, and no more are`);
      else {
        const own = await ours.ask(read, book.toOurs(read, ours.sandbox), manner.patience);
        if ('reason' in own) {
          refuse(own.reason);
          continue;
        }
        if (sent > 0) await wait(manner.pause);
        sent += 1;
        const other = toBusy(await ask(book.toTheirs(read)), own);
        if ('reason' in other) {
          silent += 1;
          unanswered.push({ ...named, reason: other.reason });
          continue;
        }
        silent = 0;
        const terms = {
          ...{ operation: read.operation, identities, named: new Set(read.params) },
          isHead: read.method === 'HEAD',
          isSecret: (name: string) => book.isSecret(name),
        };
        const all = compareAnswers(own, other, terms);
        const differences = all.slice(0, MOST - listed);
        listed += differences.length;
        more += all.length - differences.length;
        compared.push({ ...named, status: own.status, differences });
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

function toNamed({ method, url, operation }: Read): { readonly request: string; readonly operation: string } {
  return { request: `${method} ${url}`, operation: toOperationName(operation) };
}

function toOperationName({ operationId }: ContractOperation): string {
  return operationId;
}

/** A service that asks to be left alone for now says nothing of the read. */
function toBusy(theirs: Seen | Unanswered, { status }: Seen): Seen | Unanswered {
  if ('reason' in theirs || theirs.status !== 429 || status === 429) return theirs;
  return { reason: 'it takes no more requests for now (429); a longer --pause may help' };
}
