import type { FailedRequest } from '../../src/core/provider/provider.ts';

/** A request that failed, for renderers that are asked directly. */
export function toFailedRequest(operationId?: string, basePath?: string): FailedRequest {
  return { method: 'GET', url: '/x', headers: {}, operationId, basePath };
}
