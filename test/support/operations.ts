import type { Contract, FoundOperation } from '../../src/core/contract/contract.ts';

/** An operation that there is. */
export function getOperation(contract: Contract, method: string, path: string): FoundOperation {
  const found = contract.find(method, path);
  if ('kind' in found) throw new Error(`${method} ${path}: ${found.kind}`);
  return found;
}
