import { shorten } from '../../core/values/quotation.ts';
import type { AuditedExchange } from '../audited-exchange.ts';
import type { AuditRule } from '../audit-rule.ts';

/** What browsers and those who watch over services ask anybody for. */
const PROBES =
  /^\/(?:favicon\.ico|robots\.txt|apple-touch-icon[^/]*\.png|\.well-known\/.*|health|healthz|health-?check|livez?|readyz?|ping|status|metrics)?$/i;
/** Ways of asking for what is not there that are told of. */
const KINDS = 500;
/** Exchanges of one kind that are named. */
const NAMED = 20;

/**
 * A request met no operation of the contract. What was refused because it does not fit its operation is told of, too, where this
 * rule is asked for by its name.
 *
 * Leaves alone preflights, what browsers ask for by themselves, and health probes.
 */
export const offContract: AuditRule = {
  name: 'off-contract',
  watch: (context) => {
    const kinds = new Map<string, AuditedExchange[]>();
    const take = (place: string, exchange: AuditedExchange): void => {
      const known = kinds.get(place);
      if (known) {
        if (known.length < NAMED) known.push(exchange);
      } else if (kinds.size < KINDS) kinds.set(place, [exchange]);
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
              ? `${shorten(entry.method)} ${shorten(path)} is no operation of ${entry.provider}, and was answered ${status}${times}`
              : `${entry.operation} was called with what it does not take, and was answered ${status}${times}`,
            advice: isUnknown
              ? 'Compare method and path with the contract; GET /_emulator/providers lists its operations.'
              : 'The reasons in the journal name the field; compare it with the contract.',
          });
        }
      },
    };
  },
};
