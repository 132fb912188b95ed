/** The part of a pino logger that core uses. */
export interface Logger {
  error(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  info(fields: object, message: string): void;
  /** There only at the level debug: a line for each exchange costs more than the exchange. */
  readonly debug?: (fields: object, message: string) => void;
  /** There only where people read the log. */
  readonly terminal?: Terminal;
}

/** Where whole lines are written for people. */
export interface Terminal {
  /** Which exchanges have a line: all of them, or only those that are refused and explained. */
  readonly requests: 'all' | 'refused';
  readonly colours: boolean;
  write(line: string): void;
}

export const silent: Logger = { error: () => undefined, warn: () => undefined, info: () => undefined };
