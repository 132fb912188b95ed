import type { Write } from '../account.ts';
import type { Dice } from '../dice.ts';
import type { Told } from '../hooks.ts';

/** A request below the shared port. */
export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** JSON where the answer is JSON, else text. */
  readonly body: unknown;
}

/** A write with the request that asks for it. */
export interface Order<S> extends Write<S> {
  readonly request: Request;
  /** Of success. */
  readonly status: number;
  /** Asked for once more with the same key, it does nothing more. */
  readonly isRepeatable: boolean;
  /** What those who subscribed have to be told of it. */
  readonly told?: Told;
}

/**
 * The accounts of one provider as a client sees them. Clients have a number, and with it an account in
 * each sandbox that nobody else writes to.
 */
export interface Kind<S> {
  readonly provider: string;
  /** The unit of its balance in `GET /accounts`. */
  readonly unit: string;
  /** What rules of faults call the operation that changes a balance; none where only controls do. */
  readonly operation: string | undefined;
  readonly seed: S;
  /** Records by collection that seed an account, in the words of fixtures. */
  fixture(number: number): Readonly<Record<string, readonly object[]>>;
  /** The account in `GET /accounts`. */
  toId(number: number): string;
  /** Its balance there. */
  toBalance(state: S): string;
  draw(dice: Dice, state: S, id: string, number: number): Order<S>;
  /** What tells everything of the account. @param possible the states that it may be in */
  reads(number: number, possible: readonly S[]): readonly Request[];
  /** @param answers those to the reads, in their order. @throws for one that cannot be */
  toView(answers: readonly Answer[], possible: readonly S[]): unknown;
  show(state: S): unknown;
  /** Where the account can be followed, and what an event holds. */
  readonly stream?: { path(number: number): string; toView(event: unknown): unknown };
}

/**
 * @throws for another status than the one that is meant
 */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- who asks knows what the document promises
export function toBody<T>(answer: Answer | undefined, status = 200): T {
  if (answer?.status === status) return answer.body as T;
  throw new Error(`A read is answered ${JSON.stringify(answer)} and not ${status}.`);
}
