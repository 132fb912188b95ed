import { frameHeaders } from '../wire/answer.ts';
import { Failed } from '../wire/failure.ts';
import { createExample } from './fallback.ts';
import { createFaultsBefore, faultsAfter } from './fault-stages.ts';
import { parseRequest } from './parse-request.ts';
import type { Contract } from '../contract/contract.ts';
import type { Provider, StageName } from '../provider/provider.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { AnyCall, Context, Credentials, ProviderTypes } from '../provider/call.ts';
import type { Exchange, Key, Refusing, Service, Stage } from './exchange.ts';

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
    limit: (exchange) => {
      const { sandbox, request, at } = exchange;
      const rate = provider.limit?.rate(sandbox.optionsOf(provider.id));
      if (!provider.limit || !rate) return undefined;
      const window = sandbox.windows.take(`${provider.id} ${provider.limit.key(request)}`, rate, at);
      exchange.headers = { ...exchange.headers, ...provider.limit.headers(window) };
      return window.exceeded ? { kind: 'limited', retryAfter: provider.limit.retryAfter(window), rate } : undefined;
    },
    parse: (exchange) => {
      const refusing = exchange.found.operation.keyFirst ? authenticate(exchange, provider) : undefined;
      return refusing ?? (exchange.isRead ? exchange.unreadable : parseRequest(exchange));
    },
    authenticate: (exchange) => (exchange.found.operation.keyFirst ? undefined : authenticate(exchange, provider)),
    validate: validateRequest,
  };
  frameHeaders(provider.headers);
  return {
    ...provider,
    contract,
    journalled: true,
    listKeys: (sandbox) => listKeys(provider, sandbox),
    // What applies to every exchange is an entry of this list.
    stages: [
      createFaultsBefore(provider),
      findMissing,
      ...provider.stages.map((name) => byName[name]),
      (exchange) => runOperation(exchange, provider, options),
      faultsAfter,
    ],
  };
}

function authenticate(exchange: Exchange, provider: Provider): Refusing {
  const { sandbox, found } = exchange;
  if (found.operation.open) return undefined;
  const context = { state: sandbox.stateOf(provider.id), options: sandbox.optionsOf(provider.id) };
  const principal = provider.authenticate(toCredentials(exchange), context);
  if (principal instanceof Failed) return principal.reason;
  exchange.principal = principal;
  return undefined;
}

/** Tried out, since a provider says only what its variables are, and not which of them is a credential. */
function listKeys(provider: Provider, sandbox: Sandbox): readonly Key[] {
  const context = { state: sandbox.stateOf(provider.id), options: sandbox.optionsOf(provider.id) };
  const isTaken = (credential: string | undefined): boolean => {
    try {
      return !(provider.authenticate({ ...NOTHING_SENT, credential }, context) instanceof Failed);
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

/** Refuses an unknown route, a method that it does not take and a path that cannot be read. */
export function findMissing({ missing }: Exchange): Refusing {
  return missing;
}

export function validateRequest({ service, found, query, request, body, params }: Exchange): Refusing {
  const violations =
    service.parameters === 'merged'
      ? found.operation.validateParameters(params)
      : found.operation.validateRequest({ path: found.params, query, headers: request.headers, body });
  return violations.length > 0 ? { kind: 'invalid', violations } : undefined;
}

/** What a provider is asked about who has sent an exchange. */
function toCredentials({ found, query, body, params, basePath = '', credential, request }: Exchange): Credentials {
  const { operation, params: path } = found;
  const { method, url, headers } = request;
  return { method, url, headers, path, query, body, params, basePath, credential, operationId: operation.operationId };
}

/** One object with all fields at once: to spread three of them into one takes a microsecond. */
function toCall(
  { state, options, random, ids, note, schedule, now }: Context<ProviderTypes>,
  { found, query, body, params, basePath = '' }: Exchange,
  principal: object | undefined,
): AnyCall {
  const path = found.params;
  return { state, options, random, ids, note, schedule, now, path, query, body, params, basePath, principal };
}

function runOperation(
  exchange: Exchange,
  provider: Provider,
  options: ProviderServiceOptions,
): Refusing | Promise<Refusing> {
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
      return operation(toCall(context, exchange, admitted));
    },
    { at: exchange.at, drop: request.method === 'HEAD', brought: request.body?.length ?? 0 },
  );
  exchange.commit = commit;
  exchange.seen = commit?.seq ?? sandbox.seq;
  if (result instanceof Failed) return result.reason;
  exchange.reply = result;
  return undefined;
}

function answerExample(exchange: Exchange, { strict }: ProviderServiceOptions): Refusing | Promise<Refusing> {
  const { operation } = exchange.found;
  if (strict) return { kind: 'unwritten', operationId: operation.operationId };
  return createExample(exchange.sandbox.randomSeed, operation, exchange.request.url).then((reply) => {
    exchange.reply = reply;
    return undefined;
  });
}
