import type { ContractOperation } from '../contract/contract.ts';
import type { Evidence } from '../contract/operation-object.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';

/** The responses of one operation that have one status. */
export interface Answered {
  readonly provider: string;
  readonly operation: string;
  readonly status: number;
  readonly evidence: Evidence;
  readonly count: number;
  /** How many of them changed something. */
  readonly changed: number;
}

interface Count {
  count: number;
  changed: number;
}

interface OfOperation {
  readonly provider: string;
  readonly byStatus: Map<number, Count>;
}

type Counts = Map<ContractOperation, OfOperation>;

/** Counts calls of operations by the status of their answers. Answers of faults do not count. */
export class Tally {
  readonly #all: Counts = new Map();
  /** For as long as the sandbox exists; a reset clears nothing. */
  readonly #bySandbox = new WeakMap<Sandbox, Counts>();

  count(sandbox: Sandbox, provider: string, operation: ContractOperation, status: number, isChange: boolean): void {
    let own = this.#bySandbox.get(sandbox);
    if (!own) this.#bySandbox.set(sandbox, (own = new Map<ContractOperation, OfOperation>()));
    add(own, provider, operation, status, isChange);
    add(this.#all, provider, operation, status, isChange);
  }

  /** Assumed answers first, then by count. @param sandbox if left out, counts all sandboxes since the start */
  list(sandbox?: Sandbox): readonly Answered[] {
    const counts = sandbox ? this.#bySandbox.get(sandbox) : this.#all;
    const listed = [...(counts ?? [])].flatMap(([operation, { provider, byStatus }]) =>
      [...byStatus].map(([status, { count, changed }]) => ({
        ...{ provider, operation: operation.operationId, status, count, changed },
        evidence: toWeaker(operation.evidence, operation.evidenceOf(status)),
      })),
    );
    return listed.sort(compare);
  }
}

function add(counts: Counts, provider: string, operation: ContractOperation, status: number, isChange: boolean): void {
  let own = counts.get(operation);
  if (!own) counts.set(operation, (own = { provider, byStatus: new Map() }));
  let count = own.byStatus.get(status);
  if (!count) own.byStatus.set(status, (count = { count: 0, changed: 0 }));
  count.count += 1;
  if (isChange) count.changed += 1;
}

/** From the weakest evidence to the strongest. */
const LEVELS: readonly string[] = ['assumed', 'observed', 'documented'];

/** The weaker evidence of two: that the operation exists, and that it answers with this status. */
function toWeaker(operation: Evidence, answer: Evidence): Evidence {
  return LEVELS.indexOf(operation.level) < LEVELS.indexOf(answer.level) ? operation : answer;
}

function compare(one: Answered, other: Answered): number {
  return (
    LEVELS.indexOf(one.evidence.level) - LEVELS.indexOf(other.evidence.level) ||
    other.count - one.count ||
    compareText(`${one.provider} ${one.operation}`, `${other.provider} ${other.operation}`) ||
    one.status - other.status
  );
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
