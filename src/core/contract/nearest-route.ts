import { findDistance } from '../values/nearest.ts';
import type { ContractOperation } from './contract.ts';

const PARAMETER = /^\{.+\}$/;

export interface UnknownRoute {
  readonly method: string;
  /** Encoded, without query, base path and all. */
  readonly path: string;
  readonly basePaths: readonly string[];
}

/** The method and path template of the operation that an unknown path may have meant, if any is close enough. */
export function findNearestRoute(
  operations: readonly Pick<ContractOperation, 'method' | 'path'>[],
  { method, path, basePaths }: UnknownRoute,
): string | undefined {
  const segments = path.split('/');
  const [usualBase = ''] = basePaths;
  let nearest: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const operation of operations) {
    // The base path may be what was left out.
    for (const basePath of new Set([...basePaths, ''])) {
      const template = `${basePath}${operation.path}`;
      const distance = findTemplateDistance(path, segments, template);
      if (distance === undefined) continue;
      // If two are equally near, the one with the method wins.
      const rank = distance + (operation.method === method ? 0 : 0.5);
      if (rank >= least) continue;
      least = rank;
      nearest = `${operation.method} ${basePath === '' ? usualBase : basePath}${operation.path}`;
    }
  }
  return nearest;
}

/** If both have the same number of segments, any value is right for a parameter. */
function findTemplateDistance(path: string, segments: readonly string[], template: string): number | undefined {
  const known = template.split('/');
  if (known.length !== segments.length) return findDistance(path, template);
  const isGiven = (index: number): boolean => PARAMETER.test(known[index] ?? '') && segments[index] !== '';
  const sent = segments.map((segment, index) => (isGiven(index) ? '*' : segment));
  const asked = known.map((segment, index) => (isGiven(index) ? '*' : segment));
  return findDistance(sent.join('/'), asked.join('/'));
}
