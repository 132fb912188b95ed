import { isFound, type Exchange, type FoundExchange, type Refusing } from './exchange.ts';
import { Failure } from '../wire/failure.ts';
import { parseBody } from '../wire/body.ts';

/** Reads the body if the document gives the operation one, and merges the parameters if the service does. */
export function parseRequest(exchange: FoundExchange): Refusing | Promise<Refusing> {
  try {
    const pending = readBody(exchange);
    if (!(pending instanceof Promise)) {
      if (!pending) mergeParameters(exchange);
      return pending;
    }
    return pending.then(() => {
      mergeParameters(exchange);
      return undefined;
    }, toRefusing);
  } catch (error) {
    return toRefusing(error);
  }
}

/** Reads the request before its turn, to find what it is about. What cannot be read is refused in its turn. */
export function readEarly(exchange: Exchange): void | Promise<void> {
  if (!isFound(exchange)) return undefined;
  exchange.isRead = true;
  const refusing = parseRequest(exchange);
  if (refusing instanceof Promise) {
    return refusing.then((later) => {
      exchange.unreadable = later;
    });
  }
  exchange.unreadable = refusing;
  return undefined;
}

function toRefusing(error: unknown): Refusing {
  if (error instanceof Failure) return error.reason;
  throw error;
}

/** The path beats the body, which beats the query. A body that is not an object has no fields. */
function mergeParameters(exchange: FoundExchange): void {
  if (exchange.service.parameters !== 'merged') return;
  const { query, body, pathParams } = exchange;
  const fields = typeof body === 'object' && !Array.isArray(body) ? body : undefined;
  exchange.params = { ...query, ...fields, ...pathParams };
}

function readBody(exchange: FoundExchange): Refusing | Promise<undefined> {
  const { request, service, operation } = exchange;
  const { takesBody, bodyRequired } = operation;
  if (!takesBody) return undefined;
  if (request.body === undefined) return { kind: 'tooLarge', limit: service.body.limit };
  if (request.body.length === 0 && !bodyRequired && !isEmptyJson(exchange)) return undefined;
  const body = parseBody(request.body, request.headers, service.body);
  if (body instanceof Promise) {
    return takeTurn(exchange, body).then((fields) => {
      exchange.body = fields;
      return undefined;
    });
  }
  if (body === undefined && bodyRequired) return { kind: 'parse', cause: 'empty' };
  exchange.body = body;
  return undefined;
}

/** Other exchanges may have passed while the body was read. The recording keeps where in their order this one goes on. */
async function takeTurn({ sandbox, service, id }: Exchange, reading: Promise<unknown>): Promise<unknown> {
  // An act of the control API is recorded when it runs, after its body was read.
  if (!service.journalled) return reading;
  await reading.catch(() => undefined);
  if (sandbox.waits.isSteered) await sandbox.waits.until(() => () => undefined, id);
  sandbox.waits.settle(id);
  sandbox.recording.note({ kind: 'go', at: sandbox.time.reached, id });
  return reading;
}

function isEmptyJson({ request, service }: Exchange): boolean {
  return (
    service.body.refuseEmptyJson === true && request.headers['content-type']?.startsWith('application/json') === true
  );
}
