import type { IncomingHttpHeaders } from 'node:http';

import { quote } from '../../core/values/quotation.ts';
import type { ClientIdentity } from '../client-identity.ts';
import { Recent } from '../recent.ts';
import type { AuditedExchange } from '../audited-exchange.ts';
import type { AuditRule } from '../audit-rule.ts';

/** Characters of what is taken for a secret. */
const SHORTEST = 8;
const LONGEST = 1024;
/** Values that are followed. */
const FOLLOWED = 10_000;
/** Paths of which it is known that they were looked at. */
const PATHS = 20_000;
/** Levels of an answer that are looked through. */
const DEEPEST = 4;
const SCHEME = /^(?:bearer|basic|token) +/i;

/** Where in a URL something stood. */
interface UrlOccurrence {
  readonly exchange: AuditedExchange;
  readonly where: string;
}

/**
 * A value that was sent or issued as a secret stood as a whole component of a URL, where the contract has no such parameter: it
 * is now in the logs of whatever is on the way.
 *
 * Leaves alone parameters of the query that the contract has, short values, and values that are only a part of a component.
 */
export const secretInUrl: AuditRule = {
  name: 'secret-in-url',
  watch: (course) => {
    /** By value, under what name. */
    const secrets = new Map<string, string>();
    /** Components of URLs that may turn out to be secrets. */
    const components = new Map<string, UrlOccurrence>();
    const found = new Map<string, UrlOccurrence>();
    const headers = new SecretHeaders();
    const paths = new Recent<string, true>(PATHS);

    const learn = (name: string, value: unknown): void => {
      if (typeof value !== 'string') return;
      const secret = value.replace(SCHEME, '');
      if (secret.length < SHORTEST || secret.length > LONGEST || secrets.has(secret)) return;
      if (secrets.size < FOLLOWED) secrets.set(secret, name);
      const place = components.get(secret);
      if (place) found.set(secret, place);
    };
    const learnAll = (value: unknown, isSecret: (name: string) => boolean, depth: number): void => {
      if (typeof value !== 'object' || value === null || depth > DEEPEST) return;
      for (const name in value) {
        const inside: unknown = Reflect.get(value, name);
        if (typeof inside === 'object') learnAll(inside, isSecret, depth + 1);
        else if (isSecret(name)) learn(name, inside);
      }
    };
    const isKnown = (value: string): boolean => secrets.has(value) || found.has(value);
    const look = (component: string, exchange: AuditedExchange, where: string): void => {
      if (component.length < SHORTEST || component.length > LONGEST) return;
      if (secrets.has(component)) {
        if (!found.has(component)) found.set(component, { exchange, where });
      } else if (components.size < FOLLOWED && !components.has(component))
        components.set(component, { exchange, where });
    };
    return {
      exchange: (exchange) => {
        const { entry, who, terms } = exchange;
        for (const [name, value] of headers.list(entry.requestHeaders, who, secrets.size < FOLLOWED))
          learn(name, value);
        if (entry.requestSize > 0 && !exchange.glimpse) learnAll(exchange.body, who.isSecret, 0);
        const isIssuing = terms?.kind === 'session' || terms?.kind === 'create';
        if (isIssuing && exchange.status < 300) learnAll(exchange.readAnswer(), who.isSecret, 0);
        const { path } = exchange;
        // The same few come again and again, and what is learnt later is held against them all.
        if (paths.get(path) === undefined) {
          for (const segment of path.split('/')) look(toDecoded(segment), exchange, 'the path');
          if (components.size < FOLLOWED) paths.set(path, true);
        }
        if (!entry.url.includes('?')) return;
        for (const name in exchange.query) {
          const value = exchange.query[name];
          if (typeof value === 'string' && !isDeclared(name, exchange))
            look(value, exchange, `the parameter ${quote(name)}`);
        }
      },
      *end() {
        for (const [secret, { exchange, where }] of found) {
          yield;
          const { entry, path } = exchange;
          // It may hold others than that of which is told.
          const parts = [path, ...path.split('/').map(toDecoded)];
          const isSecret = parts.some((part) => isKnown(part) || part.includes(secret));
          course.report({
            rule: 'secret-in-url',
            ...{ certainty: 'certain', severity: 'warning', exchanges: [exchange] },
            what: `a value that is secret as ${quote(secrets.get(secret) ?? '')} stood in ${where} of ${entry.operation ?? `${entry.method} ${isSecret ? 'a path' : path}`}`,
            advice: 'Send secrets in a header or in the body, and make a new one of each that was in a URL.',
          });
        }
      },
    };
  },
};

/** The names of the headers that came last from a client, and the secret ones among them with what they were. */
interface Known {
  readonly names: readonly string[];
  readonly secret: Map<string, unknown>;
}

/** Tells which secret headers have come, but for those that had come from the same client just before. */
class SecretHeaders {
  readonly #known = new WeakMap<ClientIdentity, Known>();
  #last: IncomingHttpHeaders = {};

  /** @param isRemembered whether what had come is known, so that it need not be told again */
  list(
    headers: IncomingHttpHeaders,
    who: ClientIdentity,
    isRemembered: boolean,
  ): readonly (readonly [name: string, value: unknown])[] {
    if (headers === this.#last) return NONE;
    this.#last = headers;
    const known = isRemembered ? this.#known.get(who) : undefined;
    if (!known || !haveNames(headers, known.names)) {
      const names = Object.keys(headers);
      const secret = names.filter((name) => who.isSecret(name)).map((name): [string, unknown] => [name, headers[name]]);
      this.#known.set(who, { names, secret: new Map(secret) });
      return secret;
    }
    let found: [string, unknown][] | undefined;
    for (const [name, value] of known.secret) {
      if (headers[name] === value) continue;
      known.secret.set(name, headers[name]);
      (found ??= []).push([name, headers[name]]);
    }
    return found ?? NONE;
  }
}

const NONE: readonly never[] = [];

/** Whether these are their names, in that order. */
function haveNames(headers: IncomingHttpHeaders, names: readonly string[]): boolean {
  let count = 0;
  for (const name in headers) {
    if (name !== names[count]) return false;
    count += 1;
  }
  return count === names.length;
}

/** Where the contract puts it. */
function isDeclared(name: string, { operation, audited }: AuditedExchange): boolean {
  if (!operation) return false;
  if (operation.queryNames.has(name) || operation.credentials.some((place) => place.name === name)) return true;
  return audited?.service.parameters === 'merged' && operation.fieldNames.has(name);
}

function toDecoded(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
