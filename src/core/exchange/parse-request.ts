import type { Exchange, Refusing } from './exchange.ts';
import { Failure } from '../wire/failure.ts';
import { parseBody } from '../wire/body.ts';

/** Reads the body where the document gives the operation one, and merges the parameters where the service does. */
export function parseRequest(exchange: Exchange): Refusing | Promise<Refusing> {
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

/** The request is read before its turn, to find what it is about. What cannot be read is refused in its turn. */
export function readEarly(exchange: Exchange): void | Promise<void> {
  if (!exchange.operation) return undefined;
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

/** What is in the path beats what is in the body, and that what is in the query. A body that is no object has none. */
function mergeParameters(exchange: Exchange): void {
  if (exchange.service.parameters !== 'merged') return;
  const { query, body, found } = exchange;
  const fields = typeof body === 'object' && !Array.isArray(body) ? body : undefined;
  exchange.params = { ...query, ...fields, ...found.params };
}

function readBody(exchange: Exchange): Refusing | Promise<undefined> {
  const { request, service, found } = exchange;
  const { takesBody, bodyRequired } = found.operation;
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

/** Others may have come and gone while it was read: it goes on where it does in their order. */
async function takeTurn({ sandbox, id }: Exchange, reading: Promise<unknown>): Promise<unknown> {
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
