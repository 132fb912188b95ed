/** One error in a refused request, for people. It never contains a value that was sent. */
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
  /** The field, header or fault that it concerns, if that has a name. */
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
  /** The memory that it takes, roughly. */
  readonly bytes: number;
  /** Whether the request was unreadable or did not match the document. */
  readonly isMisfit: boolean;
  /** Returns the reasons. Returns the reasons. Some are computed only on this call, because a search of keys, accounts and routes takes longer than the refusal itself. */
  reasons(): readonly Reason[];
}
