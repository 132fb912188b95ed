/** The part of a pino logger that core uses. */
export interface Logger {
  error(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  info(fields: object, message: string): void;
  /** Present only at the level debug: a line for each exchange costs more than the exchange. */
  readonly debug?: (fields: object, message: string) => void;
  /** Present only if people read the log. */
  readonly terminal?: Terminal;
}

/** Writes whole lines for people. */
export interface Terminal {
  /** Which exchanges get a line: all, or only refused ones, which are explained. */
  readonly requests: 'all' | 'refused';
  readonly colours: boolean;
  write(line: string): void;
}

export const silent: Logger = { error: () => undefined, warn: () => undefined, info: () => undefined };
