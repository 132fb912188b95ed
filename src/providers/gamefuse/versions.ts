/**
 * FIDELITY: both versions have the same paths, and the same rules but for what is told here and
 * there (REST docs; clients of both generations).
 */
export const roots = ['/api/v2', '/api/v3'] as const;

export type Version = 'v2' | 'v3';

export function toVersion(root: string | undefined): Version {
  return root === '/api/v3' ? 'v3' : 'v2';
}
