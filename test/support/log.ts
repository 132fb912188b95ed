import type { Logger } from '../../src/core/values/logger.ts';

interface Logged {
  readonly message: string;
  readonly fields: object;
}

let logged: Logged[] = [];

/** What was logged as an error since the last look. */
export function takeLogged(): readonly Logged[] {
  const taken = logged;
  logged = [];
  return taken;
}

/** Remembers errors, which fail the test unless it takes them. */
export const testLogger: Logger = {
  error: (fields, message) => {
    logged.push({ message, fields });
  },
  warn: () => undefined,
  info: () => undefined,
};
