import type { ContractOperation } from '../contract/contract.ts';
import type { Reply } from '../wire/reply.ts';
import { loadExamples } from '../values/json-schema-example.ts';
import { Chance } from '../values/random.ts';

/** Tells a client that an answer was made up from the document. */
const EXAMPLE_HEADER = { 'X-Emulator-Example': 'json-schema-faker' };

/**
 * An answer for an operation that is in the document but not written: an example of its
 * declared success, the same for the same seed, operation and path.
 */
export async function createExample(seed: number, operation: ContractOperation, path: string): Promise<Reply> {
  const { example } = operation;
  if (!example) return { status: 204, headers: EXAMPLE_HEADER };
  const makeExample = await loadExamples();
  const exampleSeed = new Chance(seed, `example ${operation.operationId} ${path}`, 0).word(0);
  return { status: example.status, headers: EXAMPLE_HEADER, body: makeExample(example.schema, exampleSeed) };
}
