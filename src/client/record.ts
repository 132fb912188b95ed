import type { components } from '../generated/emulator.ts';
import type { ControlApi, AnswerOf, BodyOf, QueryOf } from './control-api.ts';
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
  readonly #api: ControlApi;

  constructor(api: ControlApi) {
    this.#api = api;
  }

  /** A page of it, newest first. */
  list<P extends ProviderName = ProviderName>(filters: RequestFilters<P> = {}): Promise<AnswerOf<'listRequests'>> {
    return this.#api.call('listRequests', { query: filters });
  }

  /** @param id the `X-Emulator-Request-Id` of its answer */
  get(id: string): Promise<JournalEntry> {
    return this.#api.call('getRequest', { path: { id } });
  }

  clear(): Promise<void> {
    return this.#api.call('clearRequests', {});
  }

  /**
   * Resolves where so many exchanges were like this.
   *
   * @throws {VerificationError} where they were not, with what came nearest and why
   */
  verify<P extends ProviderName = ProviderName>(expected: Expectation<P>): Promise<AnswerOf<'verifyRequests'>> {
    return this.#api.call('verifyRequests', { body: expected as BodyOf<'verifyRequests'> });
  }

  /** As an archive in the format HAR 1.2, oldest first. */
  har<P extends ProviderName = ProviderName>(filters: ArchiveFilters<P> = {}): Promise<AnswerOf<'exportRequests'>> {
    return this.#api.call('exportRequests', { query: filters });
  }
}

/** Every change of every balance in a sandbox. */
export class Ledger {
  readonly #api: ControlApi;

  constructor(api: ControlApi) {
    this.#api = api;
  }

  /** A page of entries, newest first. */
  list<P extends ProviderName = ProviderName>(filters: LedgerFilters<P> = {}): Promise<AnswerOf<'listLedger'>> {
    return this.#api.call('listLedger', { query: filters });
  }
}

/** Every balance in a sandbox. */
export class Accounts {
  readonly #api: ControlApi;

  constructor(api: ControlApi) {
    this.#api = api;
  }

  list(filters: AccountFilters = {}): Promise<AnswerOf<'listAccounts'>> {
    return this.#api.call('listAccounts', { query: filters });
  }
}
