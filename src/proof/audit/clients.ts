import type { IncomingHttpHeaders } from 'node:http';

import type { JournalEntry } from '../../core/sandbox/journal.ts';
import type { AccountOwner } from '../../core/provider/provider.ts';
import { shorten } from '../../core/values/quotation.ts';
import { SecretNames } from '../../core/wire/secrets/names.ts';
import type { Audited } from './audited.ts';

/** Who has sent an exchange, as far as can be told. */
export interface Who {
  /** Two exchanges with the same one are one client's. */
  readonly client: string;
  /** The same, for people. */
  readonly label: string;
  /** Whether the client says its name itself. */
  readonly isNamed: boolean;
  /** What it showed to be let in. */
  readonly credential: string | undefined;
  /** The tenant that it was let in for; "" where that is not known. */
  readonly tenant: string;
  readonly isSecret: (name: string) => boolean;
}

const HEADER = 'x-emulator-client';
/** Names of which it is remembered whether they are secret. */
const NAMES = 1000;

/**
 * Tells clients apart: by the name that one gives itself in `X-Emulator-Client`, else by who was let in and by what
 * program. A credential that was let in once stands for the same one where it was not looked at.
 */
export class Clients {
  readonly #secrets = new Map<string, (name: string) => boolean>();
  /** By provider and credential. */
  readonly #owners = new Map<string, AccountOwner>();
  /** By provider, tenant and account. */
  readonly #known = new Map<string, string>();
  /** The last one: clients send the same headers with every request, and those are kept once. */
  #last:
    | {
        readonly headers: IncomingHttpHeaders;
        readonly principal: object | undefined;
        readonly owner: AccountOwner | undefined;
        readonly who: Who;
      }
    | undefined;
  #lastProvider = '';
  #lastUrl = '';

  find({ provider, requestHeaders: headers, principal, method, url }: JournalEntry, audited: Audited | undefined): Who {
    const last = this.#last;
    const isSame = last?.headers === headers && this.#lastProvider === provider;
    // A credential may be in the query, too.
    const isAlike = isSame && (url === this.#lastUrl || !url.includes('?'));
    if (isAlike && last.principal === principal) return last.who;
    const owner = principal && audited?.identify?.(principal);
    // Its record is another one after each change.
    if (isAlike && last.owner && owner?.tenant === last.owner.tenant && owner.account === last.owner.account) {
      return last.who;
    }
    const credential = audited?.service.credential?.({
      ...{ method, url, headers, body: undefined },
      onLeave: () => () => undefined,
    });
    const who = this.#toWho(provider, headers, credential, owner, audited);
    this.#last = { headers, principal, owner, who };
    this.#lastProvider = provider;
    this.#lastUrl = url;
    return who;
  }

  #toWho(
    provider: string,
    headers: IncomingHttpHeaders,
    credential: string | undefined,
    owner: AccountOwner | undefined,
    audited: Audited | undefined,
  ): Who {
    const place = `${provider} ${credential ?? ''}`;
    const known = owner ?? this.#owners.get(place);
    if (owner && credential !== undefined) this.#owners.set(place, owner);
    const { tenant = '', account = '' } = known ?? {};
    const isSecret = this.#isSecretOf(provider, audited);
    const named = headers[HEADER];
    if (typeof named === 'string' && named.trim() !== '') {
      const client = named.trim();
      return { client, label: shorten(client), isNamed: true, credential, tenant, isSecret };
    }
    const agent = headers['user-agent'] ?? '';
    const owning = JSON.stringify([provider, tenant, account]);
    // Whoever comes with a credential that nobody has looked at yet is who is let in with it later.
    const first = this.#known.get(owning) ?? (credential === undefined ? undefined : place);
    if (known && first !== undefined) this.#known.set(owning, first);
    const client = JSON.stringify([first ?? owning, agent]);
    const name = [tenant, account].filter((part) => part !== '').join('/') || 'somebody';
    return {
      client,
      label: shorten(agent === '' ? name : `${name} with ${agent}`),
      isNamed: false,
      credential,
      tenant,
      isSecret,
    };
  }

  #isSecretOf(provider: string, audited: Audited | undefined): (name: string) => boolean {
    let isSecret = this.#secrets.get(provider);
    if (!isSecret) {
      const names = new SecretNames(audited?.secrets ?? []);
      // The same few names come again and again.
      const asked = new Map<string, boolean>();
      isSecret = (name) => {
        const known = asked.get(name);
        if (known !== undefined) return known;
        const found = names.has(name);
        if (asked.size < NAMES) asked.set(name, found);
        return found;
      };
      this.#secrets.set(provider, isSecret);
    }
    return isSecret;
  }
}
