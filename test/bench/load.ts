import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import type { Ask } from './ask.ts';
import type { Processes } from './processes.ts';
import type { Server } from './servers.ts';

const CONNECTIONS = 32;
/** Milliseconds that a load generator may take longer than asked. */
const SLACK = 15_000;
/** More than the requests of one run. */
const NUMBERS = 10_000_000;
/** Microseconds: the system counts processor time in hundredths of a second. */
const TICK = 10_000;

interface Count {
  readonly answers: number;
  /** Answers with another status than 2xx. */
  readonly refused: number;
  /** Connections and requests that failed. */
  readonly broken: number;
}

/** Keeps 32 connections busy, one request at a time on each. */
export class LoadGenerator {
  readonly #processes: Processes;
  readonly #seconds: number;
  readonly #hasWrk: boolean;
  #numbered = 0;

  /** Takes wrk if it is installed: it leaves more of the machine to the servers than a generator in JavaScript. */
  static async find(processes: Processes, seconds: number): Promise<LoadGenerator> {
    const child = processes.start('wrk', ['--version']);
    const hasWrk = await new Promise<boolean>((resolve) => {
      child.once('error', () => {
        resolve(false);
      });
      // wrk exits with 1 after it has printed its version.
      child.once('exit', () => {
        resolve(true);
      });
    });
    return new LoadGenerator(processes, seconds, hasWrk);
  }

  private constructor(processes: Processes, seconds: number, hasWrk: boolean) {
    this.#processes = processes;
    this.#seconds = seconds;
    this.#hasWrk = hasWrk;
  }

  get name(): string {
    return `${this.#hasWrk ? 'wrk' : 'autocannon'}, ${CONNECTIONS} connections, no pipelining`;
  }

  /**
   * The number of answers.
   *
   * @throws if a single answer has another status than the expected one
   */
  async measure({ method, url, status, ...ask }: Ask): Promise<number> {
    const counting = this.#hasWrk ? this.#runWrk : this.#runAutocannon;
    const { answers, refused, broken } = await counting.call(this, { method, url, status, ...ask });
    if (answers === 0 || broken > 0 || refused !== (status < 300 ? 0 : answers)) {
      throw new Error(`${method} ${url}: of ${answers} answers ${refused} were refusals, and ${broken} never came.`);
    }
    return answers;
  }

  /** Microseconds of processor time for each answer. Other work on the machine changes it less than the rate. Linux only. */
  async measureProcessorTime({ pid }: Server, ask: Ask): Promise<number> {
    const before = readProcessorTime(pid);
    const answers = await this.measure(ask);
    return (readProcessorTime(pid) - before) / answers;
  }

  async #runWrk({ url, method, headers, body = '' }: Ask): Promise<Count> {
    const script = fileURLToPath(new URL('request.lua', import.meta.url));
    const words = ['-t1', `-c${CONNECTIONS}`, `-d${this.#seconds}s`, '-s', script, ...toFlags(headers)];
    // Each run continues after the numbers of the previous one, so that no key is sent twice.
    const first = String((this.#numbered += NUMBERS));
    const output = await this.#read('wrk', [...words, '--', url, method, body, first]);
    return JSON.parse(output.split('\n').at(-1) ?? '') as Count;
  }

  async #runAutocannon({ url, method, headers, body }: Ask): Promise<Count> {
    const cli = fileURLToPath(import.meta.resolve('autocannon'));
    const words = [cli, '--json', '-c', String(CONNECTIONS), '-d', String(this.#seconds), '-m', method];
    // It writes another id in each request in the place of this mark.
    const content = body === undefined ? [] : ['--idReplacement', '-b', body.replace('{n}', '[<id>]')];
    const report = JSON.parse(await this.#read(process.execPath, [...words, ...toFlags(headers), ...content, url])) as {
      readonly requests: { readonly total: number };
      readonly non2xx: number;
      readonly errors: number;
      readonly timeouts: number;
    };
    return { answers: report.requests.total, refused: report.non2xx, broken: report.errors + report.timeouts };
  }

  #read(file: string, words: readonly string[]): Promise<string> {
    return this.#processes.read(file, words, this.#seconds * 1000 + SLACK, 'load');
  }
}

function toFlags(headers: Ask['headers']): readonly string[] {
  return Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
}

/** Microseconds of a processor that a process has used, by itself and in the system. */
function readProcessorTime(pid: number): number {
  // After the name of the command, which may contain spaces.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * TICK;
}
