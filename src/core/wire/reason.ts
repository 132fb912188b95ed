/** One thing that was wrong with a request which was refused, for people. It holds no values of fields. */
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
  /** What it is about, where that has a name. */
  readonly field: string | null;
  readonly problem: string;
  /** The known name that may have been meant. */
  readonly nearest: string | null;
}

/** What the journal keeps of a refusal. The reasons are made when somebody reads them. */
export interface Refusal {
  /** About what it takes in memory. */
  readonly bytes: number;
  /** Whether it could not be read, or did not fit the document. */
  readonly isMisfit: boolean;
  reasons(): readonly Reason[];
}
