import { Failed, Failure } from './failure.ts';
import { toReceived, type Exchange, type Stage } from './engine.ts';
import { createExample } from './fallback.ts';
import { parseBody } from './parse.ts';
import type { Contract } from './contract.ts';
import type { Provider, StageName } from './provider.ts';
import type { Service } from './engine.ts';

export interface ProviderServiceOptions {
  /** Answer 501 where there would be a generated example. */
  readonly strict: boolean;
}

/** A provider behind its document. */
export function createProviderService(
  provider: Provider,
  contract: Contract,
  options: ProviderServiceOptions,
): Service {
  const byName: Readonly<Record<StageName, Stage>> = {
    limit: ({ sandbox, request, at, headers }) => {
      const rate = provider.limit?.rate(sandbox.optionsOf(provider.id));
      if (!provider.limit || !rate) return;
      const window = sandbox.windows.take(`${provider.id} ${provider.limit.key(request)}`, rate, at);
      Object.assign(headers, provider.limit.headers(window));
      if (window.exceeded) throw new Failure({ kind: 'limited', retryAfter: provider.limit.retryAfter(window) });
    },
    parse: parseRequest,
    authenticate: (exchange) => {
      const { sandbox, credential, match, request } = exchange;
      const { operationId, open } = match.operation;
      if (open) return;
      exchange.principal = provider.authenticate(
        { ...toReceived(exchange), credential, headers: request.headers, operationId },
        { state: sandbox.stateOf(provider.id), options: sandbox.optionsOf(provider.id) },
      );
    },
    validate: validateRequest,
  };
  return {
    ...provider,
    contract,
    journalled: true,
    // What applies to every exchange is an entry of this list. Faults `before` will stand in
    // front of it and faults `after` behind it.
    stages: [...provider.stages.map((name) => byName[name]), (exchange) => runOperation(exchange, provider, options)],
  };
}

/** Reads the body where the document gives the operation one, and merges the parameters where the service does. */
export function parseRequest(exchange: Exchange): void | Promise<void> {
  const pending = readBody(exchange);
  if (exchange.service.parameters !== 'merged') return pending;
  if (!pending) {
    mergeParameters(exchange);
    return;
  }
  return pending.then(() => {
    mergeParameters(exchange);
  });
}

/** What is in the path beats what is in the body, and that what is in the query. A body that is no object has none. */
function mergeParameters(exchange: Exchange): void {
  const { query, body, match } = exchange;
  const fields = typeof body === 'object' && !Array.isArray(body) ? body : undefined;
  exchange.params = { ...query, ...fields, ...match.params };
}

function readBody(exchange: Exchange): void | Promise<void> {
  const { request, service, match } = exchange;
  const { takesBody, bodyRequired } = match.operation;
  if (!takesBody) return;
  if (request.body === undefined) throw new Failure({ kind: 'tooLarge', limit: service.body.limit });
  if (request.body.length === 0 && !bodyRequired && !isEmptyJson(exchange)) return;
  const body = parseBody(request.body, request.headers, service.body);
  if (!(body instanceof Promise)) {
    if (body === undefined && bodyRequired) throw new Failure({ kind: 'parse', cause: 'empty' });
    exchange.body = body;
    return;
  }
  return body.then((fields: unknown) => {
    exchange.body = fields;
  });
}

export function validateRequest({ service, match, query, request, body, params }: Exchange): void {
  const violations =
    service.parameters === 'merged'
      ? match.operation.validateParameters(params)
      : match.operation.validateRequest({ path: match.params, query, headers: request.headers, body });
  if (violations.length > 0) throw new Failure({ kind: 'invalid', violations });
}

function runOperation(exchange: Exchange, provider: Provider, options: ProviderServiceOptions): void | Promise<void> {
  const { sandbox, match, request, id, principal } = exchange;
  const { operationId } = match.operation;
  const operation = provider.operations[operationId];
  if (!operation) return makeUp(exchange, options);
  const cause = { operation: operationId, requestId: id, at: exchange.at, drop: request.method === 'HEAD' };
  const { result, changes, ledger } = sandbox.transaction(provider, cause, (context) =>
    operation({
      ...context,
      ...toReceived(exchange),
      principal: principal && provider.admit ? provider.admit({ ...context, principal }) : principal,
    }),
  );
  exchange.changes = changes;
  exchange.ledger = ledger;
  if (result instanceof Failed) throw new Failure({ kind: 'refused', code: result.code });
  exchange.reply = result;
}

function isEmptyJson({ request, service }: Exchange): boolean {
  return (
    service.body.refuseEmptyJson === true && request.headers['content-type']?.startsWith('application/json') === true
  );
}

async function makeUp(exchange: Exchange, { strict }: ProviderServiceOptions): Promise<void> {
  const { operation } = exchange.match;
  if (strict) throw new Failure({ kind: 'unwritten', operationId: operation.operationId });
  exchange.reply = await createExample(exchange.sandbox.randomSeed, operation, exchange.request.url);
}
