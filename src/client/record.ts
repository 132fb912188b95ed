import type { components } from '../generated/emulator.ts';
import { Group, type AnswerOf, type BodyOf, type ControlApi, type QueryOf } from './control-api.ts';
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
export class Requests extends Group {
  /** A page of it, newest first. */
  list<P extends ProviderName = ProviderName>(filters: RequestFilters<P> = {}): Promise<AnswerOf<'listRequests'>> {
    return this.api.call('listRequests', { query: filters });
  }

  /** @param id the `X-Emulator-Request-Id` of its answer */
  get(id: string): Promise<JournalEntry> {
    return this.api.call('getRequest', { path: { id } });
  }

  clear(): Promise<void> {
    return this.api.call('clearRequests', {});
  }

  /**
   * Resolves where so many exchanges were like this.
   *
   * @throws {VerificationError} where they were not, with what came nearest and why
   */
  verify<P extends ProviderName = ProviderName>(expected: Expectation<P>): Promise<AnswerOf<'verifyRequests'>> {
    return this.api.call('verifyRequests', { body: expected as BodyOf<'verifyRequests'> });
  }

  /** As an archive in the format HAR 1.2, oldest first. */
  har<P extends ProviderName = ProviderName>(filters: ArchiveFilters<P> = {}): Promise<AnswerOf<'exportRequests'>> {
    return this.api.call('exportRequests', { query: filters });
  }
}

/** Every change of every balance in a sandbox. */
export class Ledger extends Group {
  /** A page of entries, newest first. */
  list<P extends ProviderName = ProviderName>(filters: LedgerFilters<P> = {}): Promise<AnswerOf<'listLedger'>> {
    return this.api.call('listLedger', { query: filters });
  }
}

/** Every balance in a sandbox. */
export class Accounts extends Group {
  list(filters: AccountFilters = {}): Promise<AnswerOf<'listAccounts'>> {
    return this.api.call('listAccounts', { query: filters });
  }
}

export type Webhook = components['schemas']['Webhook'];

/** Which deliveries; all that is given must fit. */
export type WebhookFilters = Omit<QueryOf<'listWebhooks'>, 'provider'> & {
  readonly provider?: ProviderName | undefined;
};

/** What providers send to those who subscribed. */
export class Webhooks extends Group {
  /** A page of deliveries, newest first. */
  list(filters: WebhookFilters = {}): Promise<AnswerOf<'listWebhooks'>> {
    return this.api.call('listWebhooks', { query: filters });
  }

  get(id: string): Promise<Webhook> {
    return this.api.call('getWebhook', { path: { id } });
  }

  /** Sends it now, out of its turn, whatever state it is in. Resolves when its receiver has answered. */
  send(id: string): Promise<Webhook> {
    return this.api.call('sendWebhook', { path: { id } });
  }
}

export type Finding = components['schemas']['Finding'];
export type RuleName = Finding['rule'];

export interface AuditOptions {
  /** Only what these rules have found; all of them, if left out. */
  readonly rules?: readonly RuleName[] | undefined;
  /** Of every sandbox that there is or was. */
  readonly every?: boolean | undefined;
}

/** What is wrong with the clients of a sandbox: `sandbox.audit()`. */
export interface Audit {
  /** Gravest first. Findings outlive resets, and the sandbox itself. */
  (options?: AuditOptions): Promise<AnswerOf<'listFindings'>>;
  /**
   * Says which mistakes are made on purpose from now on: what these rules find is counted, and not listed. In the place of
   * what was allowed before; without any rule, nothing is any more. Ends with a reset, an emptied journal and `clear`.
   */
  allow(...rules: readonly RuleName[]): Promise<void>;
  /** Forgets all findings; what comes from now on is judged. */
  clear(options?: Pick<AuditOptions, 'every'>): Promise<void>;
}

export function createAudit(api: ControlApi): Audit {
  const read = ({ rules, every }: AuditOptions = {}): Promise<AnswerOf<'listFindings'>> => {
    const query: QueryOf<'listFindings'> = {
      ...(rules && { rules: rules.join(',') }),
      ...(every !== undefined && { every }),
    };
    return api.call('listFindings', { query });
  };
  return Object.assign(read, {
    allow: (...rules: readonly RuleName[]): Promise<void> => api.call('allowFindings', { body: { rules: [...rules] } }),
    clear: ({ every }: Pick<AuditOptions, 'every'> = {}): Promise<void> =>
      api.call('clearFindings', { query: { every } }),
  });
}
