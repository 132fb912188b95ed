import type { Exchange } from './exchange.ts';
import { Failure } from '../wire/failure.ts';
import { parseBody } from '../wire/body.ts';

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

/** The request is read before its turn, to find what it is about. What cannot be read is refused in its turn. */
export function readEarly(exchange: Exchange): void | Promise<void> {
  const keep = (error: unknown): void => {
    exchange.unreadable = error;
  };
  if (!exchange.operation) return undefined;
  exchange.isRead = true;
  try {
    return parseRequest(exchange)?.catch(keep);
  } catch (error) {
    keep(error);
    return undefined;
  }
}

/** What is in the path beats what is in the body, and that what is in the query. A body that is no object has none. */
function mergeParameters(exchange: Exchange): void {
  const { query, body, found } = exchange;
  const fields = typeof body === 'object' && !Array.isArray(body) ? body : undefined;
  exchange.params = { ...query, ...fields, ...found.params };
}

function readBody(exchange: Exchange): void | Promise<void> {
  const { request, service, found } = exchange;
  const { takesBody, bodyRequired } = found.operation;
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

function isEmptyJson({ request, service }: Exchange): boolean {
  return (
    service.body.refuseEmptyJson === true && request.headers['content-type']?.startsWith('application/json') === true
  );
}
