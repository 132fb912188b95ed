import { findDistance } from '../../core/values/nearest.ts';
import { quote } from '../../core/values/quotation.ts';
import type { AuditedExchange } from '../audited-exchange.ts';
import type { AuditContext, AuditRule } from '../audit-rule.ts';

/** Letters by which a name may differ from the one that is meant. */
const NEAR = 2;
/** Mistakes that are told of; each once. */
const KINDS = 500;
/** Fields of one body that are looked at. */
const LOOKED_AT = 256;

/**
 * A field or a parameter came that nobody knows, while a known one within two letters of it was absent: it was meant, and ignored.
 *
 * Leaves alone bodies in which any name is good, and names that are near to none that is absent. Of a name that another variant
 * of the service knows it says so, and no more.
 */
export const ignoredField: AuditRule = {
  name: 'ignored-field',
  watch: (course) => {
    const known = new Set<string>();
    const examine = (exchange: AuditedExchange, sent: object, declared: ReadonlySet<string>): void => {
      if (declared.size === 0) return;
      let count = 0;
      for (const name in sent) {
        if ((count += 1) > LOOKED_AT) return;
        if (declared.has(name)) continue;
        const meant = findMeant(name, sent, declared);
        if (meant === undefined || known.size >= KINDS) continue;
        const place = JSON.stringify([exchange.entry.provider, exchange.entry.operation, name, exchange.client]);
        if (known.has(place)) continue;
        known.add(place);
        report(exchange, name, meant, course);
      }
    };
    return {
      exchange: (exchange) => {
        const { operation, audited, entry, isMerged, fieldNames: all } = exchange;
        if (!operation || !audited) return;
        if (entry.url.includes('?')) {
          examine(
            exchange,
            isMerged ? { ...toObject(exchange.body), ...exchange.query } : exchange.query,
            isMerged ? all : operation.queryNames,
          );
        }
        if (operation.fieldNames.size === 0 || entry.requestSize === 0 || exchange.glimpse) return;
        const { body } = exchange;
        if (typeof body === 'object' && body !== null && !Array.isArray(body)) examine(exchange, body, all);
      },
    };
  },
};

function toObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

function findMeant(name: string, sent: object, declared: ReadonlySet<string>): string | undefined {
  let meant: string | undefined;
  let least = NEAR + 1;
  for (const one of declared) {
    if (Object.hasOwn(sent, one)) continue;
    // Of a short name any other is within two letters.
    const distance = Math.min(name.length, one.length) > NEAR ? findDistance(name, one, least) : undefined;
    if (distance === undefined) continue;
    least = distance;
    meant = one;
  }
  return meant;
}

function report(exchange: AuditedExchange, name: string, meant: string, course: AuditContext): void {
  const { entry, audited } = exchange;
  const isElsewhere = entry.operation !== undefined && audited?.namesElsewhere(entry.operation).has(name) === true;
  course.report({
    rule: 'ignored-field',
    certainty: 'certain',
    severity: isElsewhere ? 'info' : 'warning',
    exchanges: [exchange],
    subject: exchange.subject,
    what: `${entry.operation ?? ''} was sent ${quote(name)}, which ${isElsewhere ? `only another variant of ${entry.provider} knows` : 'nobody knows'}, and not ${quote(meant)}`,
    advice: `Write ${quote(meant)}, or leave the field out.`,
  });
}
