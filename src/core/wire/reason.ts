/** One thing that was wrong with a request that was refused, for people. It never holds a value that was sent. */
export interface Reason {
  readonly where:
    | 'path'
    | 'method'
    | 'query'
    | 'header'
    | 'cookie'
    | 'body'
    /** Of a service that takes its parameters from anywhere. */
    | 'parameters'
    /** What the provider refuses by a rule of its own. */
    | 'rule'
    | 'rate'
    | 'fault'
    | 'document'
    /** Of a data folder. */
    | 'disk';
  /** The field, header or fault that it is about, if that has a name. */
  readonly field: string | null;
  readonly problem: string;
  /** The known name that may have been meant. */
  readonly nearest: string | null;
}

export function toReason(
  where: Reason['where'],
  field: string | null,
  problem: string,
  nearest: string | null = null,
): Reason {
  return { where, field, problem, nearest };
}

/** What the journal keeps of a refusal. */
export interface Refusal {
  /** About what it takes in memory. */
  readonly bytes: number;
  /** Whether the request could not be read, or did not fit the document. */
  readonly isMisfit: boolean;
  /** Some of them are made when they are read: to search keys, accounts and routes takes longer than to refuse. */
  reasons(): readonly Reason[];
}
