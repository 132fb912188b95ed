import type { Argv } from 'yargs';

import { toMessage } from '../core/failure.ts';
import type { components } from '../control/types.ts';
import { NotVerified } from './report.ts';

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

function toDefaultUrl(): string {
  const { env } = process;
  const port = env['CREDITS_EMULATOR_PORT'] ?? env['PORT'] ?? '';
  return env['CREDITS_EMULATOR_URL'] ?? `http://127.0.0.1:${/^\d+$/.test(port) ? port : '4620'}`;
}

/** The control API of a running emulator. */
export class Client {
  readonly #flags: ClientFlags;

  constructor(flags: ClientFlags) {
    this.#flags = flags;
  }

  async listProviders(): Promise<readonly components['schemas']['Provider'][]> {
    const response = await this.request('GET', '/providers');
    // The answer comes from this version's own control API, which checks it against its document.
    const { providers } = (await response.json()) as { providers: components['schemas']['Provider'][] };
    return providers;
  }

  /** @throws {NotVerified} when nobody answers, or the answer is no */
  async request(method: 'GET' | 'POST', path: string): Promise<Response> {
    const { url, sandbox } = this.#flags;
    const token = this.#flags['control-token'] ?? process.env['CREDITS_EMULATOR_CONTROL_TOKEN'];
    const headers = {
      ...(sandbox === undefined ? undefined : { 'X-Emulator-Sandbox': sandbox }),
      ...(token === undefined ? undefined : { Authorization: `Bearer ${token}` }),
    };
    const response = await send(new URL(`/_emulator${path}`, toBase(url)), { method, headers });
    if (!response.ok) throw new NotVerified(`${url}: ${await describeProblem(response)}`);
    return response;
  }
}

function toBase(url: string): URL {
  if (URL.canParse(url)) return new URL(url);
  throw new NotVerified(`"${url}" is not a URL.`);
}

async function send(url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    const cause = error instanceof Error && error.cause ? toMessage(error.cause) : toMessage(error);
    throw new NotVerified(`No emulator answers on ${url.origin} (${cause}). Start one with: credits-emulator start`);
  }
}

async function describeProblem(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const problem = JSON.parse(text) as Partial<components['schemas']['Problem']>;
    return `${problem.detail ?? text} ${problem.hint ?? ''}`.trim();
  } catch {
    return `${response.status} ${text}`;
  }
}
