import { quote } from '../../core/values/quotation.ts';
import { withoutScheme } from '../../core/wire/secrets/names.ts';
import type { AuditedExchange } from '../audited-exchange.ts';
import type { AuditRule } from '../audit-rule.ts';

/** Characters of a secret. */
const SHORTEST = 8;
const LONGEST = 1024;
/** Values that are followed. */
const FOLLOWED = 10_000;
/** Levels of a body that are searched. */
const DEEPEST = 4;

/** Where in a URL a value was found. */
interface UrlOccurrence {
  readonly exchange: AuditedExchange;
  readonly where: string;
}

/**
 * A value that was sent or issued as a secret was a whole component of a URL, and the contract has no such parameter. Every log
 * on the way now holds it.
 *
 * Leaves alone: query parameters of the contract; short values; values that are only part of a component.
 */
export const secretInUrl: AuditRule = {
  name: 'secret-in-url',
  watch: (context) => {
    /** Secret values with the name of the field that first held them. */
    const secrets = new Map<string, string>();
    /** Components of URLs, which may turn out to be secrets. */
    const components = new Map<string, UrlOccurrence>();
    const found = new Map<string, UrlOccurrence>();

    const learn = (name: string, value: unknown): void => {
      if (typeof value !== 'string') return;
      const secret = withoutScheme(value);
      if (secret.length < SHORTEST || secret.length > LONGEST || secrets.has(secret)) return;
      if (secrets.size < FOLLOWED) secrets.set(secret, name);
      const occurrence = components.get(secret);
      if (occurrence) found.set(secret, occurrence);
    };
    const learnAll = (value: unknown, exchange: AuditedExchange, depth: number): void => {
      if (typeof value !== 'object' || value === null || depth > DEEPEST) return;
      for (const [name, inside] of Object.entries(value) as [string, unknown][]) {
        if (typeof inside === 'object') learnAll(inside, exchange, depth + 1);
        else if (exchange.isSecret(name)) learn(name, inside);
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
        const { entry, terms, path, query } = exchange;
        for (const [name, value] of Object.entries(entry.requestHeaders)) {
          if (exchange.isSecret(name)) learn(name, value);
        }
        if (entry.requestSize > 0) learnAll(exchange.body, exchange, 0);
        const isIssuing = terms?.kind === 'session' || terms?.kind === 'create';
        if (isIssuing && exchange.status < 300) learnAll(exchange.readAnswer(), exchange, 0);
        for (const segment of path.split('/')) look(toDecoded(segment), exchange, 'the path');
        for (const [name, value] of Object.entries(query)) {
          if (typeof value === 'string' && !isDeclared(name, exchange))
            look(value, exchange, `the parameter ${quote(name)}`);
        }
      },
      *end() {
        for (const [secret, { exchange, where }] of found) {
          yield;
          const { entry, path } = exchange;
          // The path may hold other secrets, too, which no finding may show.
          const parts = [path, ...path.split('/').map(toDecoded)];
          const isSecret = parts.some((part) => isKnown(part) || part.includes(secret));
          context.report({
            rule: 'secret-in-url',
            ...{ certainty: 'certain', severity: 'warning', exchanges: [exchange] },
            what: `a secret value of ${quote(secrets.get(secret) ?? '')} was in ${where} of ${entry.operation ?? (isSecret ? `a ${entry.method} request` : `${entry.method} ${path}`)}`,
            advice: 'Send secrets in a header or in the body, and replace each one that was in a URL.',
          });
        }
      },
    };
  },
};

/** Whether the contract has a parameter with this name. */
function isDeclared(name: string, { operation, isMerged }: AuditedExchange): boolean {
  if (!operation) return false;
  if (operation.queryNames.has(name) || operation.credentials.some((credential) => credential.name === name))
    return true;
  return isMerged && operation.fieldNames.has(name);
}

function toDecoded(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
