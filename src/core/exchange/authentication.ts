import type { Provider } from '../provider/provider.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { Failed } from '../wire/failure.ts';
import { toParsedRequest, type FoundExchange, type Key, type Refusing } from './exchange.ts';

/** Finds out who sent the request, unless the document opens the operation to everybody. */
export function authenticate(exchange: FoundExchange, provider: Provider): Refusing {
  const { sandbox, operation, credential, request } = exchange;
  if (operation.open) return undefined;
  const { method, url, headers } = request;
  const { operationId } = operation;
  const credentials = { ...toParsedRequest(exchange), method, url, headers, credential, operationId };
  const principal = provider.authenticate(credentials, sandbox.viewOf(provider.id));
  if (principal instanceof Failed) return principal.reason;
  exchange.principal = principal;
  return undefined;
}

/** The credentials that work. Each variable is tried: a provider does not say which of them holds a credential. */
export function listKeys(provider: Provider, sandbox: Sandbox): readonly Key[] {
  const view = sandbox.viewOf(provider.id);
  const isTaken = (credential: string | undefined): boolean => {
    try {
      return !(provider.authenticate({ ...NOTHING_SENT, credential }, view) instanceof Failed);
    } catch {
      return false;
    }
  };
  // A provider that takes requests without a credential has no keys.
  if (isTaken(undefined)) return [];
  return Object.entries(provider.env(view.state, ''))
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
