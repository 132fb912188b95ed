import type { components } from '../generated/emulator.ts';
import type { Acts, AnswerOf, BodyOf, QueryOf } from './acts.ts';
import type { Naming, NamingSeveral, ProviderName } from './names.ts';

export type JournalEntry = components['schemas']['JournalEntry'];
export type LedgerEntry = components['schemas']['LedgerEntry'];
export type Account = components['schemas']['Account'];

/** Which exchanges; all that is given must fit. */
export type RequestFilters<P = ProviderName> = Omit<Naming<QueryOf<'listRequests'>, P>, 'body'> & {
  /** Each field must be equal in the body of the request. */
  readonly body?: object | undefined;
};
export type ArchiveFilters<P = ProviderName> = Omit<RequestFilters<P>, 'brief' | 'count'>;
export type LedgerFilters<P = ProviderName> = Naming<QueryOf<'listLedger'>, P>;
export type AccountFilters = Omit<QueryOf<'listAccounts'>, 'provider'> & { readonly provider?: ProviderName };

/** What exchanges there should have been, and how many: at least one if nothing is said. */
export interface Expectation<P = ProviderName> {
  readonly match: NamingSeveral<BodyOf<'verifyRequests'>['match'], P>;
  readonly count?: BodyOf<'verifyRequests'>['count'];
}

/** The journal of a sandbox. */
export class Requests {
  readonly #acts: Acts;

  constructor(acts: Acts) {
    this.#acts = acts;
  }

  /** A page of it, newest first. */
  list<P extends ProviderName = ProviderName>(filters: RequestFilters<P> = {}): Promise<AnswerOf<'listRequests'>> {
    return this.#acts.call('listRequests', { query: filters });
  }

  /** @param id the `X-Emulator-Request-Id` of its answer */
  get(id: string): Promise<JournalEntry> {
    return this.#acts.call('getRequest', { path: { id } });
  }

  clear(): Promise<void> {
    return this.#acts.call('clearRequests', {});
  }

  /**
   * Resolves where so many exchanges were like this.
   *
   * @throws {VerificationError} where they were not, with what came nearest and why
   */
  verify<P extends ProviderName = ProviderName>(expected: Expectation<P>): Promise<AnswerOf<'verifyRequests'>> {
    return this.#acts.call('verifyRequests', { body: expected as BodyOf<'verifyRequests'> });
  }

  /** As an archive in the format HAR 1.2, oldest first. */
  har<P extends ProviderName = ProviderName>(filters: ArchiveFilters<P> = {}): Promise<AnswerOf<'exportRequests'>> {
    return this.#acts.call('exportRequests', { query: filters });
  }
}

/** Every change of every balance in a sandbox. */
export class Ledger {
  readonly #acts: Acts;

  constructor(acts: Acts) {
    this.#acts = acts;
  }

  /** A page of entries, newest first. */
  list<P extends ProviderName = ProviderName>(filters: LedgerFilters<P> = {}): Promise<AnswerOf<'listLedger'>> {
    return this.#acts.call('listLedger', { query: filters });
  }
}

/** Every balance in a sandbox. */
export class Accounts {
  readonly #acts: Acts;

  constructor(acts: Acts) {
    this.#acts = acts;
  }

  list(filters: AccountFilters = {}): Promise<AnswerOf<'listAccounts'>> {
    return this.#acts.call('listAccounts', { query: filters });
  }
}
