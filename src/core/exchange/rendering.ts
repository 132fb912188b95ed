import { blame } from '../provider/blame.ts';
import type { CachedTopic } from '../sandbox/topic-cache.ts';
import { toCorsHeaders } from '../wire/cors.ts';
import type { FailureReason } from '../wire/failure.ts';
import { renderMetFaults } from '../wire/fault.ts';
import type { Reply, TopicView } from '../wire/reply.ts';
import { NO_HEADERS, type Exchange } from './exchange.ts';

/** In the words of its service. An act that fails has changed nothing. */
export function renderFailure(reason: FailureReason, exchange: Exchange): Reply {
  const { service, request, operation, basePath } = exchange;
  exchange.isRefused = reason.kind === 'unauthenticated' || !service.journalled;
  const { method, url, headers } = request;
  return service.renderFailure(reason, { method, url, headers, operationId: operation?.operationId, basePath });
}

/** What is shown of a topic by now, made anew only where something has changed it. */
export function show({ topic, form, read }: TopicView, { service, sandbox, found }: Exchange): CachedTopic {
  try {
    const make = (): ReturnType<typeof read> => sandbox.read(service.id, read);
    return sandbox.topicCache.show(`${service.id} ${topic}`, form, sandbox.time.reached, make);
  } catch (error) {
    throw blame(`${service.id}.operations.${found.operation.operationId}`, error);
  }
}

export function toMediaType({ headers, body }: Reply): string {
  const declared = headers?.['Content-Type'];
  if (declared === undefined) return typeof body === 'string' ? 'text/plain' : 'application/json';
  const end = declared.indexOf(';');
  return (end < 0 ? declared : declared.slice(0, end)).trim();
}

/** What the service and the stages add to the headers of this answer. */
export function toAddedHeaders(exchange: Exchange): Readonly<Record<string, string>> {
  const { service, request, headers: ofStages, met } = exchange;
  const { headers, cors } = service;
  const { origin } = request.headers;
  if (origin === undefined && ofStages === NO_HEADERS && met.length === 0) return headers;
  const actual = cors && origin !== undefined ? toCorsHeaders(cors, origin, 'actual') : undefined;
  const fault = met.length > 0 ? { 'X-Emulator-Fault': renderMetFaults(met) } : undefined;
  return { ...headers, ...actual, ...ofStages, ...fault };
}
