import type { components } from '../generated/emulator.ts';
import { Group, type AnswerOf, type BodyOf, type ControlApi, type QueryOf } from './control-api.ts';
import type { Naming, NamingSeveral, ProviderName } from './names.ts';

export type JournalEntry = components['schemas']['JournalEntry'];
export type LedgerEntry = components['schemas']['LedgerEntry'];
export type Account = components['schemas']['Account'];

/** Selects exchanges that match all filters. */
export type RequestFilters<P = ProviderName> = Omit<Naming<QueryOf<'listRequests'>, P>, 'body'> & {
  /** Each field must be equal in the request body. */
  readonly body?: object | undefined;
};
export type ArchiveFilters<P = ProviderName> = Omit<RequestFilters<P>, 'brief' | 'count'>;
export type LedgerFilters<P = ProviderName> = Naming<QueryOf<'listLedger'>, P>;
export type AccountFilters = Omit<QueryOf<'listAccounts'>, 'provider'> & { readonly provider?: ProviderName };

/** The exchanges that are expected, and how many: at least one if `count` is left out. */
export interface Expectation<P = ProviderName> {
  readonly match: NamingSeveral<BodyOf<'verifyRequests'>['match'], P>;
  readonly count?: BodyOf<'verifyRequests'>['count'];
}

/** The journal of a sandbox. */
export class Requests extends Group {
  /** Returns a page of exchanges, newest first. */
  list<P extends ProviderName = ProviderName>(filters: RequestFilters<P> = {}): Promise<AnswerOf<'listRequests'>> {
    return this.api.call('listRequests', { query: filters });
  }

  /** @param id the `X-Emulator-Request-Id` of the response */
  get(id: string): Promise<JournalEntry> {
    return this.api.call('getRequest', { path: { id } });
  }

  clear(): Promise<void> {
    return this.api.call('clearRequests', {});
  }

  /**
   * Verifies how many exchanges match.
   *
   * @throws {VerificationError} if more or fewer match, with the nearest misses and why
   */
  verify<P extends ProviderName = ProviderName>(expected: Expectation<P>): Promise<AnswerOf<'verifyRequests'>> {
    return this.api.call('verifyRequests', { body: expected as BodyOf<'verifyRequests'> });
  }

  /** Returns an archive in the format HAR 1.2, oldest first. */
  har<P extends ProviderName = ProviderName>(filters: ArchiveFilters<P> = {}): Promise<AnswerOf<'exportRequests'>> {
    return this.api.call('exportRequests', { query: filters });
  }
}

/** All balance changes of a sandbox. */
export class Ledger extends Group {
  /** Returns a page of entries, newest first. */
  list<P extends ProviderName = ProviderName>(filters: LedgerFilters<P> = {}): Promise<AnswerOf<'listLedger'>> {
    return this.api.call('listLedger', { query: filters });
  }
}

/** All balances of a sandbox. */
export class Accounts extends Group {
  list(filters: AccountFilters = {}): Promise<AnswerOf<'listAccounts'>> {
    return this.api.call('listAccounts', { query: filters });
  }
}

export type Webhook = components['schemas']['Webhook'];

/** Selects deliveries that match all filters. */
export type WebhookFilters = Omit<QueryOf<'listWebhooks'>, 'provider'> & {
  readonly provider?: ProviderName | undefined;
};

/** The webhook deliveries of a sandbox. */
export class Webhooks extends Group {
  /** Returns a page of deliveries, newest first. */
  list(filters: WebhookFilters = {}): Promise<AnswerOf<'listWebhooks'>> {
    return this.api.call('listWebhooks', { query: filters });
  }

  get(id: string): Promise<Webhook> {
    return this.api.call('getWebhook', { path: { id } });
  }

  /** Sends a delivery now, whatever its state. Resolves when the receiver has answered. */
  send(id: string): Promise<Webhook> {
    return this.api.call('sendWebhook', { path: { id } });
  }
}

export type Finding = components['schemas']['Finding'];
export type RuleName = Finding['rule'];

export interface AuditOptions {
  /** Only findings of these rules; of all rules if left out. */
  readonly rules?: readonly RuleName[] | undefined;
  /** Findings of all sandboxes, also of deleted ones. */
  readonly every?: boolean | undefined;
}

/** The client bugs found in a sandbox: `sandbox.audit()`. */
export interface Audit {
  /** Lists findings, gravest first. They outlive resets and the sandbox itself. */
  (options?: AuditOptions): Promise<AnswerOf<'listFindings'>>;
  /**
   * Allows rules from now on: their findings are counted but not listed. Replaces the rules allowed before; without any
   * rule, nothing is allowed. Ends with a reset, with an emptied journal and with `clear`.
   */
  allow(...rules: readonly RuleName[]): Promise<void>;
  /** Deletes all findings; only new exchanges are judged. */
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
