/**
 * FIDELITY: both versions have the same paths, and the same rules but for what is told here and
 * there (REST docs; clients of both generations).
 */
export const basePaths = ['/api/v2', '/api/v3'] as const;

export type Version = 'v2' | 'v3';

export function toVersion(basePath: string | undefined): Version {
  return basePath === '/api/v3' ? 'v3' : 'v2';
}
