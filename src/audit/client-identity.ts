import type { JournalEntry } from '../core/sandbox/journal.ts';
import type { AccountOwner } from '../core/provider/provider.ts';
import { shorten } from '../core/values/quotation.ts';
import { isSecretAnywhere, type Audited } from './audited.ts';

/** Who has sent an exchange, as far as can be told. */
export class ClientIdentity {
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
  /** Stands for the client at one provider. */
  readonly place: string;
  readonly #provider: string;
  readonly #accounts = new Map<string, string>();

  constructor(
    { label, isNamed, client }: Caller,
    {
      provider,
      credential,
      tenant,
      isSecret,
    }: Pick<ClientIdentity, 'credential' | 'tenant' | 'isSecret'> & {
      readonly provider: string;
    },
  ) {
    this.client = client;
    this.label = label;
    this.isNamed = isNamed;
    this.credential = credential;
    this.tenant = tenant;
    this.isSecret = isSecret;
    this.place = `${provider} ${client}`;
    this.#provider = provider;
  }

  /** Stands for the client at one provider with one subject. Texts that are made once are found sooner than new ones. */
  accountOf(subject: string): string {
    const known = this.#accounts.get(subject);
    if (known !== undefined) return known;
    if (this.#accounts.size >= ACCOUNTS) this.#accounts.clear();
    const account = `${this.#provider} ${subject} ${this.client}`;
    this.#accounts.set(subject, account);
    return account;
  }
}

type Caller = Pick<ClientIdentity, 'client' | 'label' | 'isNamed'>;

const HEADER = 'x-emulator-client';
/** Of one client. */
const ACCOUNTS = 10_000;

/** What came with one credential, or without any. */
interface Bearer {
  /** Stands for it among the credentials of all providers. */
  readonly name: string;
  readonly provider: string;
  readonly credential: string | undefined;
  /** Whom those below were let in for. */
  owner: AccountOwner | undefined;
  /** Stands for that, and for what was known by then of who that is. */
  owning: string;
  first: string | undefined;
  readonly byName: Map<string, ClientIdentity>;
  readonly byAgent: Map<string, ClientIdentity>;
}

/**
 * Tells clients apart: by the name that one gives itself in `X-Emulator-Client`, else by who was let in and by what
 * program. A credential that was let in once stands for the same one where it was not looked at.
 */
export class Clients {
  /** By provider, then by credential. */
  readonly #bearers = new Map<string, Map<string | undefined, Bearer>>();
  /** By provider and credential. */
  readonly #owners = new Map<string, AccountOwner>();
  /** By provider, tenant and account. */
  readonly #known = new Map<string, string>();
  /** The one before, whose headers are often the same ones. */
  #last: { readonly entry: JournalEntry; readonly who: ClientIdentity } | undefined;

  find(entry: JournalEntry, audited: Audited | undefined): ClientIdentity {
    const last = this.#last;
    if (last && isAlike(last.entry, entry)) return last.who;
    const who = this.#find(entry, audited);
    this.#last = { entry, who };
    return who;
  }

  #find(
    { provider, requestHeaders: headers, principal, method, url }: JournalEntry,
    audited: Audited | undefined,
  ): ClientIdentity {
    const owner = principal && audited?.identify?.(principal);
    const credential = audited?.service.credential?.({ method, url, headers, body: undefined, onLeave: NEVER });
    const bearer = this.#findBearer(provider, credential);
    if (owner && credential !== undefined && !isSame(owner, bearer.owner)) this.#owners.set(bearer.name, owner);
    const known = owner ?? this.#owners.get(bearer.name);
    if (!isSame(known, bearer.owner) || this.#known.get(bearer.owning) !== bearer.first) this.#restart(bearer, known);
    const named = headers[HEADER];
    const isNamed = typeof named === 'string' && named.trim() !== '';
    const text = isNamed ? named : (headers['user-agent'] ?? '');
    const similar = isNamed ? bearer.byName : bearer.byAgent;
    const met = similar.get(text);
    if (met) return met;
    const { isSecret } = audited ?? NOT_AUDITED;
    const caller = isNamed ? toNamed(text.trim()) : this.#toUnnamed(text, bearer);
    const who = new ClientIdentity(caller, { provider, credential, tenant: known?.tenant ?? '', isSecret });
    similar.set(text, who);
    return who;
  }

  /** Somebody else comes with the credential, or more is known of who that is. */
  #restart(bearer: Bearer, owner: AccountOwner | undefined): void {
    bearer.byName.clear();
    bearer.byAgent.clear();
    bearer.owner = owner;
    bearer.owning = JSON.stringify([bearer.provider, owner?.tenant ?? '', owner?.account ?? '']);
    bearer.first = this.#known.get(bearer.owning);
  }

  #toUnnamed(agent: string, bearer: Bearer): Caller {
    const { owner, owning } = bearer;
    // Whoever comes with a credential that nobody has looked at yet is who is let in with it later.
    const first = bearer.first ?? (bearer.credential === undefined ? undefined : bearer.name);
    if (owner && first !== undefined) {
      this.#known.set(owning, first);
      bearer.first = first;
    }
    const { tenant = '', account = '' } = owner ?? {};
    const name = [tenant, account].filter((part) => part !== '').join('/') || 'somebody';
    return {
      client: JSON.stringify([first ?? owning, agent]),
      label: shorten(agent === '' ? name : `${name} with ${agent}`),
      isNamed: false,
    };
  }

  #findBearer(provider: string, credential: string | undefined): Bearer {
    let bearers = this.#bearers.get(provider);
    if (!bearers) this.#bearers.set(provider, (bearers = new Map<string | undefined, Bearer>()));
    let bearer = bearers.get(credential);
    if (!bearer) bearers.set(credential, (bearer = toBearer(provider, credential)));
    return bearer;
  }
}

const NOT_AUDITED: Pick<Audited, 'isSecret'> = { isSecret: isSecretAnywhere };
const NEVER = (): (() => void) => () => undefined;

function toBearer(provider: string, credential: string | undefined): Bearer {
  return {
    ...{ name: `${provider} ${credential ?? ''}`, provider, credential, owner: undefined, first: undefined },
    ...{ owning: JSON.stringify([provider, '', '']), byName: new Map(), byAgent: new Map() },
  };
}

/** Clients send the same headers with every request, and those are kept once. A credential may be in the query, too. */
function isAlike(one: JournalEntry, other: JournalEntry): boolean {
  if (one.requestHeaders !== other.requestHeaders || one.provider !== other.provider) return false;
  return one.principal === other.principal && !one.url.includes('?') && !other.url.includes('?');
}

function isSame(one: AccountOwner | undefined, other: AccountOwner | undefined): boolean {
  return one === other || (one?.tenant === other?.tenant && one?.account === other?.account);
}

function toNamed(client: string): Caller {
  return { client, label: shorten(client), isNamed: true };
}
