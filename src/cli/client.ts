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
const SANDBOX_PREFIX = /^\/_sandbox\/([^/]+)/;

/** The control API of a running emulator. */
export class Client {
  readonly #base: URL;
  readonly #sandbox: string | undefined;
  readonly #token: string | undefined;

  /** @throws {UsageError} */
  constructor(flags: ClientFlags) {
    this.#base = parseBase(flags.url);
    // `env --sandbox` makes such URLs.
    this.#sandbox = flags.sandbox ?? SANDBOX_PREFIX.exec(this.#base.pathname)?.[1];
    this.#token = flags['control-token'] ?? process.env['CREDITS_EMULATOR_CONTROL_TOKEN'];
  }

  /** The shared URL, as clients of the sandbox reach it. */
  get url(): string {
    return this.toReachable(this.#base.origin);
  }

  /** The emulator knows itself as 127.0.0.1; elsewhere its URLs are those of the host that it was asked under. */
  toReachable(url: string): string {
    const reachable = url.replace(/^http:\/\/127\.0\.0\.1(?=:)/, `http://${this.#base.hostname}`);
    if (this.#sandbox === undefined) return reachable;
    return reachable.replace(/^https?:\/\/[^/]+/, (origin) => `${origin}/_sandbox/${this.#sandbox ?? ''}`);
  }

  async listProviders(): Promise<readonly Provider[]> {
    const content = parseJson(await this.request('GET', '/providers'));
    if (Array.isArray(content?.['providers'])) {
      // The answer comes from a control API of this version, which checks it against its document.
      return content['providers'] as readonly Provider[];
    }
    throw new NotVerified(`${this.#base.origin} answers, but not as a credits-emulator.`);
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
    const { origin } = this.#base;
    const headers = {
      ...(body && { 'Content-Type': 'application/json' }),
      ...(this.#sandbox === undefined ? undefined : { 'X-Emulator-Sandbox': this.#sandbox }),
      ...(this.#token === undefined ? undefined : { Authorization: `Bearer ${this.#token}` }),
    };
    const signal = AbortSignal.timeout(Math.ceil(patience));
    const { ok, status, text } = await send(new URL(`/_emulator${path}`, origin), {
      method,
      headers,
      signal,
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!ok) throw new NotVerified(`${origin}: ${describeProblem(status, text)}`);
    return text;
  }
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

async function send(url: URL, init: RequestInit): Promise<{ ok: boolean; status: number; text: string }> {
  try {
    const response = await fetch(url, init);
    return { ok: response.ok, status: response.status, text: await response.text() };
  } catch (error) {
    const hint = 'Start one with: credits-emulator start';
    throw new NotVerified(`No emulator answers on ${url.origin} (${describeCause(error)}). ${hint}`);
  }
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
