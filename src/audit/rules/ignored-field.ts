import type { ContractOperation } from '../../core/contract/contract.ts';
import { findDistance } from '../../core/values/nearest.ts';
import { quote } from '../../core/values/quotation.ts';
import type { AuditedExchange } from '../audited-exchange.ts';
import type { AuditContext, AuditRule } from '../audit-rule.ts';

/** Letters by which a misspelt name may differ. */
const NEAR = 2;
/** Different mistakes that are reported. */
const KINDS = 500;
/** Fields of one request that are looked at. */
const LOOKED_AT = 256;

/**
 * An unknown field or parameter was sent while a known one within two letters of it was absent: the known one was meant, and the
 * service ignored it.
 *
 * Leaves alone: requests that may have any field; names that are near to no absent one. A name that another variant of the
 * service knows is reported as info.
 */
export const ignoredField: AuditRule = {
  name: 'ignored-field',
  watch: (context) => {
    const known = new Set<string>();
    const examine = (exchange: AuditedExchange, sent: object, declared: ReadonlySet<string>): void => {
      for (const name of Object.keys(sent).slice(0, LOOKED_AT)) {
        const meant = declared.has(name) ? undefined : findMeant(name, sent, declared);
        if (meant === undefined || known.size >= KINDS) continue;
        const mistake = JSON.stringify([exchange.entry.provider, exchange.entry.operation, name, exchange.client]);
        if (known.has(mistake)) continue;
        known.add(mistake);
        report(exchange, name, meant, context);
      }
    };
    return {
      exchange: (exchange) => {
        const { operation, audited, entry, isMerged } = exchange;
        if (!operation || !audited) return;
        const all = isMerged ? listMergedNames(operation) : operation.fieldNames;
        if (entry.url.includes('?')) {
          examine(
            exchange,
            isMerged ? { ...toObject(exchange.body), ...exchange.query } : exchange.query,
            isMerged ? all : operation.queryNames,
          );
        }
        if (operation.fieldNames.size === 0 || entry.requestSize === 0) return;
        const { body } = exchange;
        if (!Array.isArray(body)) examine(exchange, toObject(body), all);
      },
    };
  },
};

/** The names that a service that merges its parameters knows; none if the body may have any field. */
function listMergedNames({
  fieldNames,
  pathNames,
  queryNames,
  credentials,
  takesBody,
}: ContractOperation): ReadonlySet<string> {
  if (takesBody && fieldNames.size === 0) return fieldNames;
  return new Set([...pathNames, ...queryNames, ...fieldNames, ...credentials.flatMap(({ name }) => name)]);
}

function toObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

/** The nearest known name that is absent. */
function findMeant(name: string, sent: object, declared: ReadonlySet<string>): string | undefined {
  let meant: string | undefined;
  let least = NEAR + 1;
  for (const one of declared) {
    if (Object.hasOwn(sent, one)) continue;
    // Two short names always differ by two letters at most.
    const distance = Math.min(name.length, one.length) > NEAR ? findDistance(name, one, least) : undefined;
    if (distance === undefined) continue;
    least = distance;
    meant = one;
  }
  return meant;
}

function report(exchange: AuditedExchange, name: string, meant: string, context: AuditContext): void {
  const { entry, audited } = exchange;
  const isElsewhere = entry.operation !== undefined && audited?.namesElsewhere(entry.operation).has(name) === true;
  context.report({
    rule: 'ignored-field',
    certainty: 'certain',
    severity: isElsewhere ? 'info' : 'warning',
    exchanges: [exchange],
    subject: exchange.subject,
    what: `${entry.operation ?? ''} received ${quote(name)}, which ${isElsewhere ? `only another variant of ${entry.provider} knows` : 'is unknown'}, but not ${quote(meant)}`,
    advice: `Send ${quote(meant)}, or leave the field out.`,
  });
}
