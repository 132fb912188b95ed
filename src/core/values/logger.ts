/** The part of a pino logger that core uses. */
export interface Logger {
  error(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  info(fields: object, message: string): void;
  /** There only at the level debug: a line for each exchange costs more than the exchange. */
  readonly debug?: (fields: object, message: string) => void;
}

export const silent: Logger = { error: () => undefined, warn: () => undefined, info: () => undefined };
