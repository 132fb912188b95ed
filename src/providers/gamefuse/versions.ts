import { Failure } from '../../core/wire/failure.ts';

/**
 * FIDELITY: what both versions have they have under the same paths, and with the same rules but for what is told here
 * and there (REST docs; clients of both generations).
 */
export const basePaths = ['/api/v2', '/api/v3'] as const;

export type Version = 'v2' | 'v3';

export function toVersion(basePath: string | undefined): Version {
  return basePath === '/api/v3' ? 'v3' : 'v2';
}

/** That an operation of v3 is no path of v2, where nobody has to be known who could be refused. */
export function assertV3(basePath: string): void {
  if (toVersion(basePath) === 'v2') throw new Failure({ kind: 'notFound' });
}
