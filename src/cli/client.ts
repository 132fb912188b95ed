import type { Argv } from 'yargs';

import type { components } from '../control/types.ts';
import { NotVerified, UsageError } from './report.ts';
import { quote } from '../core/values/quotation.ts';

/** Flags of every verb that talks to a running emulator. */
export interface ClientFlags {
  readonly url: string;
  readonly sandbox?: string | undefined;
  readonly 'control-token'?: string | undefined;
  readonly json: boolean;
}

export function clientFlags(yargs: Argv): Argv<ClientFlags> {
  return yargs
    .option('url', { type: 'string', default: toDefaultUrl(), requiresArg: true, describe: 'The running emulator' })
    .option('sandbox', {
      type: 'string',
      default: process.env['CREDITS_EMULATOR_SANDBOX'],
      requiresArg: true,
      describe: 'The sandbox to act on [default]',
    })
    .option('control-token', {
      type: 'string',
      requiresArg: true,
      describe: 'What it was started with [CREDITS_EMULATOR_CONTROL_TOKEN]',
    })
    .option('json', { type: 'boolean', default: false, describe: 'Print JSON' });
}

/** Where one that was started in the same environment answers. */
function toDefaultUrl(): string {
  const { env } = process;
  const ports = [env['CREDITS_EMULATOR_CONTROL'], env['CREDITS_EMULATOR_PORT'], env['PORT']];
  const port = ports.find((text) => text !== undefined && /^[1-9]\d*$/.test(text)) ?? '4620';
  return env['CREDITS_EMULATOR_URL'] ?? `http://127.0.0.1:${port}`;
}

type Provider = components['schemas']['Provider'];

/** Milliseconds after which an emulator that does not answer is none. */
const PATIENCE = 10_000;
/** A path of a proxy's, the sandbox's, and a slash. */
const BASE_PATH = /^(.*?)(?:\/_sandbox\/([^/]+))?\/?$/;

/** The control API of a running emulator. */
export class Client {
  /** Without a slash at its end. */
  readonly #base: string;
  readonly #sandbox: string | undefined;
  readonly #token: string | undefined;

  /** @throws {UsageError} */
  constructor(flags: ClientFlags) {
    const { origin, pathname } = parseBase(flags.url);
    // `env --sandbox` makes such URLs.
    const [, prefix = '', sandbox] = BASE_PATH.exec(pathname) ?? [];
    this.#base = `${origin}${prefix}`;
    this.#sandbox = flags.sandbox ?? sandbox;
    this.#token = flags['control-token'] ?? process.env['CREDITS_EMULATOR_CONTROL_TOKEN'];
  }

  async listProviders(): Promise<readonly Provider[]> {
    const content = parseJson(await this.request('GET', '/providers'));
    // The answer comes from a control API of this version, which checks it against its document.
    if (Array.isArray(content?.['providers'])) return content['providers'] as readonly Provider[];
    throw this.#toStranger();
  }

  /** The variables that point clients at it. */
  async getEnv(): Promise<Readonly<Record<string, string>>> {
    const variables = parseJson(await this.request('GET', '/env'));
    // A shell will run what is printed, whoever has answered.
    if (variables && Object.entries(variables).every(isVariable)) return variables as Readonly<Record<string, string>>;
    throw this.#toStranger();
  }

  /** What to do for clients that would miss their URL, a sentence each. */
  async listHints(): Promise<readonly string[]> {
    const hints = parseJson(await this.request('GET', '/health'))?.['hints'] ?? {};
    return Object.entries(hints).map(([id, hint]) => `${id}: ${String(hint)}`);
  }

  #toStranger(): NotVerified {
    return new NotVerified(`${this.#base} answers, but not as a credits-emulator.`);
  }

  /**
   * @returns the answer's body
   * @throws {NotVerified} when nobody answers, or the answer is no
   */
  async request(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    { body, patience = PATIENCE }: { readonly body?: object; readonly patience?: number } = {},
  ): Promise<string> {
    const signal = AbortSignal.timeout(Math.ceil(patience));
    const { ok, status, text } = await this.#send(
      path,
      {
        method,
        headers: { ...(body && { 'Content-Type': 'application/json' }), ...this.#headers },
        signal,
        ...(body && { body: JSON.stringify(body) }),
      },
      async (answer) => ({ ok: answer.ok, status: answer.status, text: await answer.text() }),
    );
    if (!ok) throw new NotVerified(`${this.#base}: ${describeProblem(status, text)}`);
    return text;
  }

  /**
   * Opens GET /events.
   *
   * @param last the id of the event behind which it begins; with now, if left out
   * @returns the bytes as they come
   * @throws {NotVerified} when nobody answers, or the answer is no
   */
  async openEvents(
    query: string,
    { last, signal }: { readonly last: number | undefined; readonly signal: AbortSignal },
  ): Promise<AsyncIterable<Uint8Array>> {
    const headers = { ...this.#headers, ...(last === undefined ? undefined : { 'Last-Event-ID': String(last) }) };
    const answer = await this.#send(`/events${query}`, { headers, signal }, (opened) => opened);
    if (!answer.ok) throw new NotVerified(`${this.#base}: ${describeProblem(answer.status, await answer.text())}`);
    if (!answer.body) throw this.#toStranger();
    return answer.body;
  }

  get #headers(): Readonly<Record<string, string>> {
    return {
      ...(this.#sandbox === undefined ? undefined : { 'X-Emulator-Sandbox': this.#sandbox }),
      ...(this.#token === undefined ? undefined : { Authorization: `Bearer ${this.#token}` }),
    };
  }

  async #send<T>(path: string, init: RequestInit, read: (answer: Response) => T | Promise<T>): Promise<T> {
    try {
      return await read(await fetch(`${this.#base}/_emulator${path}`, init));
    } catch (error) {
      const hint = 'Start one with: credits-emulator start';
      throw new NotVerified(`No emulator answers on ${new URL(this.#base).origin} (${describeCause(error)}). ${hint}`);
    }
  }
}

function isVariable([name, value]: readonly [string, unknown]): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && typeof value === 'string';
}

/** A query of those that are given. */
export function toQuery(parameters: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(parameters).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return given.length === 0 ? '' : `?${String(new URLSearchParams(given))}`;
}

function parseBase(url: string): URL {
  if (URL.canParse(url) && /^https?:\/\//i.test(url)) return new URL(url);
  throw new UsageError(`--url must be a URL such as http://127.0.0.1:4620, got ${quote(url)}.`);
}

/** What fetch wraps: "fetch failed" says nothing. */
function describeCause(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return 'code' in cause ? String(cause.code) : cause.message;
}

function describeProblem(status: number, text: string): string {
  const problem: Partial<components['schemas']['Problem']> | undefined = parseJson(text);
  return problem?.detail === undefined ? `${status} ${text}`.trim() : `${problem.detail} ${problem.hint ?? ''}`.trim();
}

function parseJson(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
