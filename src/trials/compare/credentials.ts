import type { Service } from '../../core/exchange/exchange.ts';
import type { Sandbox } from '../../core/sandbox/sandbox.ts';
import { Redaction } from '../../core/wire/redaction.ts';
import { SecretNames } from '../../core/wire/secrets/names.ts';
import type { Outgoing } from './sender.ts';
import { splitUrl, type Read } from './reads.ts';
import { Showing } from './showing.ts';
import { isReserved } from './remote-service.ts';

/** Headers that belong to a connection, to the emulator, or to a proxy before it. */
const NOT_SENT = /^(?:keep-alive|proxy-.*|prefer|if-.*|range|forwarded|x-forwarded-.*|x-emulator-.*)$/;

/** The credentials for both sides: keys of the seed for the emulator, given headers for the service. */
export class CredentialBook {
  readonly #service: Service;
  readonly #given: Readonly<Record<string, string>>;
  readonly #secrets: SecretNames;
  readonly #redaction: Redaction;
  /** Names of all credential headers in the document, in lower case. */
  readonly #headers: ReadonlySet<string>;
  readonly #parameters: ReadonlySet<string>;

  /** @param given headers by lower-case name; they replace every credential of a read */
  constructor(service: Service, secrets: readonly string[], given: Readonly<Record<string, string>>) {
    const places = service.contract.operations.flatMap(({ credentials }) => credentials);
    const inPart = (part: string): ReadonlySet<string> =>
      new Set(places.flatMap(({ where, name }) => (where === part ? [name.toLowerCase()] : [])));
    this.#service = service;
    this.#given = given;
    this.#secrets = new SecretNames(secrets);
    this.#redaction = new Redaction(secrets);
    this.#headers = inPart('header');
    this.#parameters = inPart('query');
  }

  isSecret(name: string): boolean {
    return this.#secrets.has(name);
  }

  /** Whether the read has a credential. */
  #isSigned({ url, headers }: Read): boolean {
    return Object.keys(headers).some((name) => this.#isCredential(name)) || listPairs(url).some(this.#isSigning);
  }

  #isCredential(name: string): boolean {
    return this.#headers.has(name) || this.#secrets.has(name);
  }

  /** Whether a pair of a query is a credential. */
  readonly #isSigning = (pair: string): boolean => {
    const { name } = parsePair(pair);
    return this.#parameters.has(name) || this.#secrets.has(name);
  };

  /** Makes what shows a read without the credentials of either side. */
  createShowing(...outgoing: readonly Pick<Outgoing, 'url' | 'headers'>[]): Showing {
    const secrets = outgoing.flatMap(({ url, headers }) => [
      ...Object.entries(headers).flatMap(([name, value]) => (this.#isCredential(name) ? [value] : [])),
      ...listPairs(url).flatMap((pair) => {
        const { value, written } = parsePair(pair);
        return this.#isSigning(pair) ? [value, written] : [];
      }),
    ]);
    return new Showing(this.#redaction, [...Object.values(this.#given), ...secrets]);
  }

  /** The request for the emulator. An example without a credential gets a key of the seed; an open operation gets what the service gets. */
  toOurs(read: Read, sandbox: Sandbox): Outgoing {
    const headers = withoutOwn(read.headers);
    const place = read.operation.credentials.find(({ where }) => where === 'header');
    if (read.at !== undefined || read.operation.open || !place || this.#isSigned(read)) return { ...read, headers };
    const key = this.#service.listKeys?.(sandbox)[0]?.value;
    if (key === undefined) return { ...read, headers: { ...headers, ...this.#given } };
    const value = place.scheme === undefined ? key : `${place.scheme} ${key}`;
    return { ...read, headers: { ...headers, [place.name.toLowerCase()]: value } };
  }

  toTheirs(read: Read): Outgoing {
    const headers = withoutOwn(read.headers);
    const isReplaced = Object.keys(this.#given).some((name) => this.#isCredential(name));
    if (!isReplaced) return { ...read, headers: { ...headers, ...this.#given } };
    const others = Object.entries(headers).filter(([name]) => !this.#isCredential(name));
    return {
      ...read,
      url: this.#withoutParameters(read),
      headers: { ...Object.fromEntries(others), ...this.#given },
    };
  }

  /** Keeps parameters of the operation, such as the token of a game, unless they are credentials. */
  #withoutParameters({ url, operation }: Read): string {
    const { path } = splitUrl(url);
    const declared = new Set([...operation.queryNames].map((name) => name.toLowerCase()));
    const kept = listPairs(url).filter((pair) => {
      const { name } = parsePair(pair);
      return !this.#isSigning(pair) || (declared.has(name) && !this.#parameters.has(name));
    });
    return kept.length === 0 ? path : `${path}?${kept.join('&')}`;
  }
}

function listPairs(url: string): readonly string[] {
  return splitUrl(url)
    .query.split('&')
    .filter((pair) => pair !== '');
}

/** The name in lower case, and the value both decoded and as written. */
function parsePair(pair: string): { readonly name: string; readonly value: string; readonly written: string } {
  const [[name, value] = ['', '']] = [...new URLSearchParams(pair)];
  const at = pair.indexOf('=');
  return { name: name.toLowerCase(), value, written: at < 0 ? '' : pair.slice(at + 1) };
}

function withoutOwn(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !isReserved(name) && !NOT_SENT.test(name)));
}
