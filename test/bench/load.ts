import { fileURLToPath } from 'node:url';

import type { Ask } from './client.ts';
import type { Processes } from './processes.ts';

export const CONNECTIONS = 32;
/** Milliseconds that a load generator may take longer than it was told to. */
const SLACK = 15_000;

/** More than are asked in one run. */
const NUMBERS = 10_000_000;

/** Keeps 32 connections busy, one request at a time on each. */
export interface LoadGenerator {
  readonly name: string;
  /** @throws when a single answer is not the one that is asked for */
  measure(ask: Ask): Promise<Answers>;
}

export interface Answers {
  readonly answers: number;
  readonly seconds: number;
}

/** What a load generator counted. */
interface Count extends Answers {
  /** Answers that are no 2xx. */
  readonly refused: number;
  /** Connections and requests that came to nothing. */
  readonly broken: number;
}

/** wrk where there is one: it leaves more of the machine to the servers than a generator in JavaScript. */
export async function findLoadGenerator(processes: Processes, seconds: number): Promise<LoadGenerator> {
  const limit = seconds * 1000 + SLACK;
  if (await hasWrk(processes)) {
    // Each run goes on behind the numbers of the one before, so that no key comes twice.
    let numbered = 0;
    const script = fileURLToPath(new URL('request.lua', import.meta.url));
    const fixed = ['-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, '-s', script];
    return {
      name: `wrk, 1 thread, ${CONNECTIONS} connections, no pipelining`,
      measure: async (ask) => {
        const { url, method, body = '' } = ask;
        const words = [...fixed, ...toFlags(ask), '--', url, method, body, String((numbered += NUMBERS))];
        const output = await processes.read('wrk', words, limit, 'load');
        return assertAnswered(ask, parseCount(output.split('\n').at(-1) ?? ''));
      },
    };
  }
  const cli = fileURLToPath(import.meta.resolve('autocannon'));
  const fixed = [cli, '--json', '-c', String(CONNECTIONS), '-d', String(seconds), '-p', '1'];
  return {
    name: `autocannon, ${CONNECTIONS} connections, no pipelining`,
    measure: async (ask) => {
      const { url, method, body } = ask;
      if (JSON.stringify(ask).includes('{n}')) throw new Error(`${method} ${url} needs wrk: no two may be the same.`);
      const content = body === undefined ? [] : ['-b', body];
      const words = [...fixed, '-m', method, ...toFlags(ask), ...content, url];
      return assertAnswered(
        ask,
        toCount(JSON.parse(await processes.read(process.execPath, words, limit, 'load')) as Report),
      );
    },
  };
}

async function hasWrk(processes: Processes): Promise<boolean> {
  const child = processes.start('wrk', ['--version']);
  return new Promise((resolve) => {
    child.once('error', () => {
      resolve(false);
    });
    // wrk ends with 1 after it has told its version.
    child.once('exit', () => {
      resolve(true);
    });
  });
}

function toFlags({ headers }: Ask): readonly string[] {
  return Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
}

/** As request.lua writes it. */
function parseCount(line: string): Count {
  return JSON.parse(line) as Count;
}

/** The part of autocannon's report that is read here. */
interface Report {
  readonly requests: { readonly total: number };
  readonly duration: number;
  readonly non2xx: number;
  readonly errors: number;
  readonly timeouts: number;
}

function toCount({ requests, duration, non2xx, errors, timeouts }: Report): Count {
  return { answers: requests.total, seconds: duration, refused: non2xx, broken: errors + timeouts };
}

function assertAnswered({ method, url, status }: Ask, { answers, seconds, refused, broken }: Count): Answers {
  const expected = status < 300 ? 0 : answers;
  if (answers === 0 || broken > 0 || refused !== expected) {
    throw new Error(`${method} ${url}: of ${answers} answers ${refused} were refusals, and ${broken} never came.`);
  }
  return { answers, seconds };
}
