import type { Contract } from '../contract/contract.ts';
import type { Provider, StageName } from '../provider/provider.ts';
import { authenticate, listKeys } from './authentication.ts';
import type { Exchange, FoundExchange, Refusing, Service, Stage } from './exchange.ts';
import { faultsAfter, faultsBefore, identify } from './fault-stages.ts';
import { runOperation, type OperationOptions } from './operation-run.ts';
import { parseRequest } from './parse-request.ts';

/** A provider with its document as a service. */
export function createProviderService(provider: Provider, contract: Contract, options: OperationOptions): Service {
  return {
    ...provider,
    contract,
    journalled: true,
    listKeys: (sandbox) => listKeys(provider, sandbox),
    stages: listStages(provider, options),
  };
}

/** Everything that an exchange with a provider passes, in order. The engine then sends the answer. */
function listStages(provider: Provider, options: OperationOptions): readonly Stage[] {
  return [
    // Reads the body here if a fault rule or a magic subject needs it.
    (exchange) => identify(exchange, provider),
    faultsBefore,
    findOperation,
    ...listOwnStages(provider),
    // Runs in a transaction, which commits.
    (exchange) => runOperation(exchange, provider, options),
    faultsAfter,
  ];
}

/** The stages that each provider puts in the order of the real service. */
function listOwnStages(provider: Provider): readonly Stage[] {
  const byName: Readonly<Record<StageName, Stage>> = {
    limit: (exchange) => limit(exchange, provider),
    parse: (exchange) => {
      const refusing = exchange.operation.keyFirst ? authenticate(exchange, provider) : undefined;
      return refusing ?? (exchange.isRead ? exchange.unreadable : parseRequest(exchange));
    },
    authenticate: (exchange) => (exchange.operation.keyFirst ? undefined : authenticate(exchange, provider)),
    validate: validateRequest,
  };
  return provider.stages.map((name) => byName[name]);
}

/** Refuses an unknown route, a method that the route does not take, and a path that cannot be decoded. */
export function findOperation({ missing }: Exchange): Refusing {
  return missing;
}

function limit(exchange: Exchange, provider: Provider): Refusing {
  const { sandbox, request, at } = exchange;
  const { limit: policy } = provider;
  const rate = policy?.rate(sandbox.optionsOf(provider.id));
  if (!policy || !rate) return undefined;
  const window = sandbox.windows.take(`${provider.id} ${policy.key(request)}`, rate, at);
  exchange.headers = { ...exchange.headers, ...policy.headers(window) };
  return window.exceeded ? { kind: 'limited', retryAfter: policy.retryAfter(window), rate } : undefined;
}

export function validateRequest(exchange: FoundExchange): Refusing {
  const { service, operation, pathParams, query, request, body, params } = exchange;
  const violations =
    service.parameters === 'merged'
      ? operation.validateParameters(params)
      : operation.validateRequest({ path: pathParams, query, headers: request.headers, body });
  return violations.length > 0 ? { kind: 'invalid', violations } : undefined;
}
