import { Failure } from '../../core/wire/failure.ts';

/**
 * FIDELITY: operations that both versions have share their paths, and their rules unless the code says otherwise (REST
 * docs; clients of both generations).
 */
export const basePaths = ['/api/v2', '/api/v3'] as const;

export type Version = 'v2' | 'v3';

export function toVersion(basePath: string | undefined): Version {
  return basePath === '/api/v3' ? 'v3' : 'v2';
}

/** Responds as for an unknown path in v2. For operations without a token, which `authenticate` does not check. */
export function assertV3(basePath: string): void {
  if (toVersion(basePath) === 'v2') throw new Failure({ kind: 'notFound' });
}
