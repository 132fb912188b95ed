import type { JournalEntry } from '../core/sandbox/journal.ts';
import type { AccountOwner } from '../core/provider/provider.ts';
import { shorten } from '../core/values/quotation.ts';
import type { AuditedProvider } from './audited-provider.ts';

/** The client that sent an exchange, as far as the record shows. */
export interface ClientIdentity {
  /** Two exchanges with the same value were sent by one client. */
  readonly client: string;
  /** The same for people, without a secret. */
  readonly label: string;
  /** Whether the client names itself. */
  readonly isNamed: boolean;
  /** The credential of the request. */
  readonly credential: string | undefined;
  /** The tenant that the credential gives access to; "" if unknown. */
  readonly tenant: string;
}

const HEADER = 'x-emulator-client';

/**
 * Distinguishes clients: by `X-Emulator-Client`, else by the authenticated account and `User-Agent`. A credential that
 * was once accepted means the same account in requests that were not authenticated.
 */
export class Clients {
  /** The account of each accepted credential. */
  readonly #owners = new Map<string, AccountOwner>();
  /** The first credential of each account. An account that changes its credential stays the same client. */
  readonly #credentials = new Map<string, string>();

  find(
    { provider, requestHeaders: headers, principal, method, url }: JournalEntry,
    audited: AuditedProvider | undefined,
  ): ClientIdentity {
    const credential = audited?.service.credential?.({ method, url, headers, body: undefined, onLeave: NEVER });
    const bearer = `${provider} ${credential ?? ''}`;
    const authenticated = principal && audited?.identify?.(principal);
    if (authenticated && credential !== undefined) this.#owners.set(bearer, authenticated);
    const owner = authenticated ?? this.#owners.get(bearer);
    const { tenant = '', account = '' } = owner ?? {};
    const name = headers[HEADER];
    if (typeof name === 'string' && name.trim() !== '') {
      const client = name.trim();
      return { client, label: shorten(client), isNamed: true, credential, tenant };
    }
    const accountKey = JSON.stringify([provider, tenant, account]);
    const first = this.#credentials.get(accountKey) ?? (credential === undefined ? undefined : bearer);
    if (owner && first !== undefined) this.#credentials.set(accountKey, first);
    const agent = headers['user-agent'] ?? '';
    const label = [tenant, account].filter((part) => part !== '').join('/') || 'somebody';
    return {
      client: JSON.stringify([first ?? accountKey, agent]),
      label: shorten(agent === '' ? label : `${label} with ${agent}`),
      isNamed: false,
      ...{ credential, tenant },
    };
  }
}

const NEVER = (): (() => void) => () => undefined;
