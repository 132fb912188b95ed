import { shorten } from '../../core/values/quotation.ts';
import type { AuditedExchange } from '../audited-exchange.ts';
import type { AuditRule } from '../audit-rule.ts';

/** Paths that browsers and monitoring request from any service. */
const PROBES =
  /^\/(?:favicon\.ico|robots\.txt|apple-touch-icon[^/]*\.png|\.well-known\/.*|health|healthz|health-?check|livez?|readyz?|ping|status|metrics)?$/i;
/** Different mistakes that are reported. */
const KINDS = 500;
/** Exchanges of one mistake that are named. */
const NAMED = 20;

/**
 * A request met no operation of the contract. If this rule is requested by name, it also reports requests that were refused
 * because they do not fit their operation.
 *
 * Leaves alone: preflights; what browsers request by themselves; health probes.
 */
export const offContract: AuditRule = {
  name: 'off-contract',
  watch: (context) => {
    const kinds = new Map<string, AuditedExchange[]>();
    const take = (mistake: string, exchange: AuditedExchange): void => {
      const known = kinds.get(mistake);
      if (known) {
        if (known.length < NAMED) known.push(exchange);
      } else if (kinds.size < KINDS) kinds.set(mistake, [exchange]);
    };
    return {
      exchange: (exchange) => {
        const { entry, client } = exchange;
        if (entry.operation === undefined) {
          const { path } = exchange;
          if (entry.method === 'OPTIONS' || PROBES.test(path)) return;
          take(JSON.stringify([entry.provider, entry.method, path, client]), exchange);
        } else if (entry.refusal?.isMisfit === true) {
          take(JSON.stringify([entry.provider, entry.operation, null, client]), exchange);
        }
      },
      *end() {
        for (const exchanges of kinds.values()) {
          yield;
          const [first] = exchanges;
          if (!first) continue;
          const { entry, path, status, subject } = first;
          const isUnknown = entry.operation === undefined;
          const times = exchanges.length === 1 ? '' : `, ${exchanges.length} times`;
          context.report({
            rule: 'off-contract',
            ...{ certainty: 'certain', severity: 'info', exchanges, subject, isExtra: !isUnknown },
            what: isUnknown
              ? `${shorten(entry.method)} ${shorten(path)} is not an operation of ${entry.provider} and got a ${status}${times}`
              : `${entry.operation} was sent a request that does not fit it and got a ${status}${times}`,
            advice: isUnknown
              ? 'Compare method and path with the contract; GET /_emulator/providers lists its operations.'
              : 'The reasons in the journal name the field; compare it with the contract.',
          });
        }
      },
    };
  },
};
