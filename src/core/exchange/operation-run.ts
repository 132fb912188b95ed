import type { ContractOperation } from '../contract/contract.ts';
import type { AnyCall, Context, ProviderTypes } from '../provider/call.ts';
import type { Provider } from '../provider/provider.ts';
import { loadExamples } from '../values/json-schema-example.ts';
import { Chance } from '../values/random.ts';
import { Failed } from '../wire/failure.ts';
import type { Reply } from '../wire/reply.ts';
import type { FoundExchange, Refusing } from './exchange.ts';

export interface OperationOptions {
  /** Whether an operation that is not written answers 501 instead of a generated example. */
  readonly strict: boolean;
}

/** Runs the operation in a transaction. Its reply becomes that of the exchange. */
export function runOperation(
  exchange: FoundExchange,
  provider: Provider,
  options: OperationOptions,
): Refusing | Promise<Refusing> {
  const { sandbox, request, id: requestId, principal } = exchange;
  const { operationId } = exchange.operation;
  const run = provider.operations[operationId];
  if (!run) return answerExample(exchange, options);
  const cause = { kind: 'request', provider: provider.id, operation: operationId, requestId } as const;
  const { result, commit } = sandbox.transaction(
    provider,
    cause,
    (context, surround) => {
      const admitted =
        principal && provider.admit ? surround(() => provider.admit?.({ ...context, principal })) : principal;
      return run(toCall(context, exchange, admitted));
    },
    { at: exchange.at, drop: request.method === 'HEAD', brought: request.body?.length ?? 0 },
  );
  exchange.commit = commit;
  exchange.seen = commit?.seq ?? sandbox.seq;
  if (result instanceof Failed) return result.reason;
  exchange.reply = result;
  return undefined;
}

/** Takes each field by name: spreading the objects costs 0.3 of the 12 µs of processor time of a GET. */
function toCall(
  { state, options, random, ids, note, schedule, now }: Context<ProviderTypes>,
  { pathParams: path, query, body, params, basePath = '' }: FoundExchange,
  principal: object | undefined,
): AnyCall {
  return { state, options, random, ids, note, schedule, now, path, query, body, params, basePath, principal };
}

function answerExample(exchange: FoundExchange, { strict }: OperationOptions): Refusing | Promise<Refusing> {
  const { sandbox, operation, request } = exchange;
  if (strict) return { kind: 'unwritten', operationId: operation.operationId };
  return createExample(sandbox.randomSeed, operation, request.url).then((reply) => {
    exchange.reply = reply;
    return undefined;
  });
}

/** Tells a client that an answer was generated from the document. */
const EXAMPLE_HEADER = { 'X-Emulator-Example': 'json-schema-faker' };

/** An example of the operation's declared success, the same for the same seed, operation and path. */
async function createExample(seed: number, operation: ContractOperation, path: string): Promise<Reply> {
  const { example, operationId } = operation;
  if (!example) return { status: 204, headers: EXAMPLE_HEADER };
  const makeExample = await loadExamples();
  const exampleSeed = new Chance(seed, `example ${operationId} ${path}`, 0).word(0);
  return { status: example.status, headers: EXAMPLE_HEADER, body: makeExample(example.schema, exampleSeed) };
}
