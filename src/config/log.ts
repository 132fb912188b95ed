import { pino, type DestinationStream } from 'pino';

import type { LogFormat, LogLevel } from './options.ts';
import type { Logger, Terminal } from '../core/values/logger.ts';

export interface LogOptions {
  readonly level: LogLevel;
  readonly format: LogFormat | undefined;
  /** 1: standard output (default); 2: standard error. */
  readonly stream?: 1 | 2;
}

/** Whether lines are for people: on a terminal, unless a format is set. */
export function isPretty(format: LogFormat | undefined, stream: 1 | 2 = 1): boolean {
  return (format ?? (isTerminal(stream) ? 'pretty' : 'json')) === 'pretty';
}

/** Fields that never reach a log, at the top or one level below. */
const SECRETS = ['authorization', 'cookie', 'apiKey', 'api_key', 'token', 'password', 'controlToken'];

/** Errors that stop a start are not logged; they always go to standard error. */
export function createLogger({ level, format, stream = 1 }: LogOptions): Logger {
  const options = {
    level,
    base: null,
    redact: { paths: SECRETS.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const destination = pino.destination({ dest: stream, sync: true });
  // A full disk or a closed pipe loses lines; the emulator goes on.
  destination.on('error', () => undefined);
  const pretty = isPretty(format, stream);
  const log = pino(options, pretty ? prettify(destination) : destination);
  const requests = REQUESTS[level];
  return {
    error: (fields, message) => log.error(fields, message),
    warn: (fields, message) => log.warn(fields, message),
    info: (fields, message) => log.info(fields, message),
    ...(level === 'debug' ? { debug: (fields, message) => log.debug(fields, message) } : undefined),
    ...(pretty && requests && { terminal: toTerminal(destination, requests, stream) }),
  };
}

/** Which requests get a line for people, by level. */
const REQUESTS: Readonly<Partial<Record<LogLevel, Terminal['requests']>>> = {
  debug: 'all',
  info: 'all',
  warn: 'refused',
};

function toTerminal(destination: DestinationStream, requests: Terminal['requests'], stream: 1 | 2): Terminal {
  return {
    requests,
    colours: hasColours(stream),
    write: (line) => {
      destination.write(`${line}\n`);
    },
  };
}

/** Whether output may be coloured: on a terminal without NO_COLOR. */
export function hasColours(stream: 1 | 2 = 1): boolean {
  const { NO_COLOR: no = '' } = process.env;
  return isTerminal(stream) && no === '';
}

export function isTerminal(stream: 1 | 2 = 1): boolean {
  return (stream === 1 ? process.stdout : process.stderr).isTTY;
}

/** Writes one line for each message: the level unless it is info, the message, then the other fields. */
function prettify(destination: DestinationStream): DestinationStream {
  return {
    write(line) {
      const { level, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
      delete fields['time'];
      const mark = level === 'info' ? '' : `${String(level)}: `;
      const rest = Object.keys(fields).length > 0 ? ` ${JSON.stringify(fields)}` : '';
      destination.write(`${mark}${String(msg)}${rest}\n`);
    },
  };
}
