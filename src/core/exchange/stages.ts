import { Failed, Failure } from '../wire/failure.ts';
import { createExample } from './fallback.ts';
import { createFaultsBefore, faultsAfter } from './fault-stages.ts';
import { parseRequest } from './parse-request.ts';
import type { Contract } from '../contract/contract.ts';
import type { Provider, StageName } from '../provider/provider.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Request, RequestHead } from '../wire/request.ts';
import { toParsedRequest, type Exchange, type Key, type Service, type Stage } from './exchange.ts';

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
      if (window.exceeded) throw new Failure({ kind: 'limited', retryAfter: provider.limit.retryAfter(window), rate });
    },
    parse: (exchange) => {
      if (!exchange.isRead) return parseRequest(exchange);
      if (exchange.unreadable !== undefined) throw exchange.unreadable as Error;
      return undefined;
    },
    authenticate: (exchange) => {
      const { sandbox, credential, found, request } = exchange;
      const { operationId, open } = found.operation;
      if (open) return;
      exchange.principal = provider.authenticate(
        { ...toParsedRequest(exchange), ...toHead(request), credential, operationId },
        { state: sandbox.stateOf(provider.id), options: sandbox.optionsOf(provider.id) },
      );
    },
    validate: validateRequest,
  };
  return {
    ...provider,
    contract,
    journalled: true,
    listKeys: (sandbox) => listKeys(provider, sandbox),
    // What applies to every exchange is an entry of this list.
    stages: [
      createFaultsBefore(provider),
      assertFound,
      ...provider.stages.map((name) => byName[name]),
      (exchange) => runOperation(exchange, provider, options),
      faultsAfter,
    ],
  };
}

/** Tried out, since a provider says only what its variables are, and not which of them is a credential. */
function listKeys(provider: Provider, sandbox: Sandbox): readonly Key[] {
  const context = { state: sandbox.stateOf(provider.id), options: sandbox.optionsOf(provider.id) };
  const isTaken = (credential: string | undefined): boolean => {
    try {
      provider.authenticate({ ...NOTHING_SENT, credential }, context);
      return true;
    } catch {
      return false;
    }
  };
  // Who lets everybody in has no keys.
  if (isTaken(undefined)) return [];
  return Object.entries(provider.env(context.state, ''))
    .map(([variable, value]) => ({ variable, value }))
    .filter(({ value }) => value !== '' && isTaken(value));
}

const toHead = ({ method, url, headers }: Request): RequestHead => ({ method, url, headers });

const NOTHING_SENT = {
  method: 'GET',
  url: '/',
  headers: {},
  path: {},
  query: {},
  body: undefined,
  params: {},
  basePath: '',
  operationId: '',
};

/** @throws {Failure} for an unknown route, a method that it does not take or a path that cannot be read */
export function assertFound(exchange: Exchange): void {
  exchange.assertFound();
}

export function validateRequest({ service, found, query, request, body, params }: Exchange): void {
  const violations =
    service.parameters === 'merged'
      ? found.operation.validateParameters(params)
      : found.operation.validateRequest({ path: found.params, query, headers: request.headers, body });
  if (violations.length > 0) throw new Failure({ kind: 'invalid', violations });
}

function runOperation(exchange: Exchange, provider: Provider, options: ProviderServiceOptions): void | Promise<void> {
  const { sandbox, found, request, id, principal } = exchange;
  const { operationId } = found.operation;
  const operation = provider.operations[operationId];
  if (!operation) return answerExample(exchange, options);
  const cause = { kind: 'request', provider: provider.id, operation: operationId, requestId: id } as const;
  const { result, commit } = sandbox.transaction(
    provider,
    cause,
    (context, surround) => {
      const admitted =
        principal && provider.admit ? surround(() => provider.admit?.({ ...context, principal })) : principal;
      return operation({ ...context, ...toParsedRequest(exchange), principal: admitted });
    },
    { at: exchange.at, drop: request.method === 'HEAD', brought: request.body?.length ?? 0 },
  );
  exchange.commit = commit;
  if (result instanceof Failed) throw new Failure({ kind: 'refused', code: result.code });
  exchange.reply = result;
}

async function answerExample(exchange: Exchange, { strict }: ProviderServiceOptions): Promise<void> {
  const { operation } = exchange.found;
  if (strict) throw new Failure({ kind: 'unwritten', operationId: operation.operationId });
  exchange.reply = await createExample(exchange.sandbox.randomSeed, operation, exchange.request.url);
}
