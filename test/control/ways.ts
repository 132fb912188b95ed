import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

import { expect } from 'vitest';

import type { EmulatorApp } from '../../src/app.ts';
import { connect, EmulatorError } from '../../src/client.ts';
import { ENDPOINTS } from '../../src/generated/endpoints.ts';
import { callCommand } from '../support/command-in-process.ts';
import type { Outcome } from '../support/command.ts';
import { createFolder } from '../support/folder.ts';
import { FILES, SANDBOX, type Act } from './act.ts';

export type EndpointId = keyof typeof ENDPOINTS;

export const TOKEN = 'open-sesame';
export const JSON_TYPE = 'application/json';

const agent = new Agent({ keepAlive: true });

export function closeConnections(): void {
  agent.destroy();
}

interface Answered {
  readonly status: number;
  readonly answer: unknown;
}

/** Sends a request to an emulator; of a stream, takes the first event and leaves. */
export async function send(
  url: string,
  id: EndpointId,
  { path, body, headers = {} }: Pick<Act, 'path' | 'body' | 'headers'>,
): Promise<Answered> {
  const { method } = ENDPOINTS[id];
  const sent = request(`${url}/_emulator${path}`, {
    method,
    agent,
    headers: {
      ...{ Authorization: `Bearer ${TOKEN}`, 'X-Emulator-Sandbox': SANDBOX },
      ...(body !== undefined && { 'Content-Type': JSON_TYPE }),
      ...headers,
    },
  });
  sent.end(body === undefined || Buffer.isBuffer(body) ? body : JSON.stringify(body));
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const { statusCode: status = 0 } = response;
  const type = response.headers['content-type'];
  if (type === 'text/event-stream') {
    const [first] = (await once(response, 'data')) as [Buffer];
    response.destroy();
    return { status, answer: first.toString() };
  }
  const received = await text(response);
  // Every refusal is a problem document. Bad health is not a refusal.
  if (status >= 400 && !(id === 'getHealth' && status === 503)) expect(type).toBe('application/problem+json');
  const isJson = type?.includes('json') === true;
  return { status, answer: isJson ? (JSON.parse(received) as unknown) : received === '' ? undefined : received };
}

type Client = Pick<EmulatorApp, 'sandbox' | 'sandboxes' | 'providers' | 'ca' | 'metrics'>;

/** What a method of the client gives; of a stream, its first event. */
async function callClient(client: Client, [method, ...given]: NonNullable<Act['call']>): Promise<unknown> {
  const { sandboxes, providers } = client;
  const [name = '', ...groups] = method.split('.').reverse();
  const whole = { emulator: client, sandboxes, providers };
  const root = Object.hasOwn(whole, groups.at(-1) ?? '') ? whole : client.sandbox(SANDBOX);
  const owner = groups.reduceRight<object>((one, group) => Reflect.get(one, group) as object, root);
  const result: unknown = await Reflect.apply(Reflect.get(owner, name) as () => unknown, owner, given);
  if (typeof result !== 'object' || result === null || !(Symbol.asyncIterator in result)) return result;
  return (await (result as AsyncGenerator).next()).value as unknown;
}

/** The names of all methods that a sandbox and the groups of an emulator have. */
export function listMethods({ sandbox, sandboxes, providers }: Client): readonly string[] {
  const one = sandbox(SANDBOX);
  const all = [...Object.entries(one), ['sandboxes', sandboxes], ['providers', providers]] as [string, unknown][];
  const own = (value: object): readonly string[] =>
    Object.getOwnPropertyNames(Object.getPrototypeOf(value)).filter((name) => name !== 'constructor');
  const groups = all.flatMap(([group, value]) => {
    if (typeof value === 'function') return [group, ...Object.keys(value).map((name) => `${group}.${name}`)];
    return typeof value === 'object' && value !== null ? own(value).map((name) => `${group}.${name}`) : [];
  });
  return [...own(one), ...groups];
}

/** Runs a verb, in a folder with some files. */
export function callVerb(url: string, words: readonly string[], sandbox = SANDBOX): Promise<Outcome> {
  const env = { CREDITS_EMULATOR_URL: url, CREDITS_EMULATOR_CONTROL_TOKEN: TOKEN };
  return callCommand([...words, '--sandbox', sandbox], { cwd: createFolder(FILES), env });
}

const isRefusal = ({ status }: Act): boolean => status >= 400;

async function tryClient(client: Client, { call = [''], ...act }: Act): Promise<void> {
  const { answer } = act;
  const { result = answer } = act;
  if (!isRefusal(act)) {
    expect(await callClient(client, call)).toEqual(result);
    return;
  }
  const thrown = await callClient(client, call).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(EmulatorError);
  const { type, status, title, detail, hint, message } = thrown as EmulatorError;
  expect(answer).toMatchObject({ type, status, title, detail, hint });
  expect(message.startsWith(`${detail} ${hint}`)).toBe(true);
}

async function tryVerb(url: string, { words = [], ...act }: Act, flags: readonly string[]): Promise<void> {
  const { answer, printed = answer, shown = '' } = act;
  const { stdout, ...ended } = await callVerb(url, [...words, ...flags]);
  if (isRefusal(act)) {
    const { detail, hint } = answer as EmulatorError;
    expect([stdout, ended]).toEqual(['', { stderr: `${url}: ${detail} ${hint}\n`, code: 1 }]);
  } else {
    expect(ended).toEqual({ stderr: '', code: 0 });
    expect(flags.length > 0 && stdout !== '' ? JSON.parse(stdout) : stdout).toEqual(flags.length > 0 ? printed : shown);
  }
}

/** An emulator and its URL. */
export interface Target {
  readonly emulator: EmulatorApp;
  readonly url: string;
}

interface Way {
  readonly name: string;
  readonly applies: (act: Act) => boolean;
  readonly tryIt: (target: Target, id: EndpointId, act: Act) => Promise<void>;
}

const isCalled = ({ call }: Act): boolean => call !== undefined;
const isSpoken = ({ words }: Act): boolean => words !== undefined;

/** All ways to do the same. */
export const WAYS: readonly Way[] = [
  {
    name: 'over HTTP',
    applies: () => true,
    tryIt: async ({ url }, id, act) => {
      expect(await send(url, id, act)).toEqual({ status: act.status, answer: act.answer });
    },
  },
  { name: 'in process', applies: isCalled, tryIt: ({ emulator }, _, act) => tryClient(emulator, act) },
  {
    name: 'by the client',
    applies: isCalled,
    tryIt: ({ url }, _, act) => tryClient(connect(url, { token: TOKEN }), act),
  },
  { name: 'by a verb', applies: isSpoken, tryIt: ({ url }, _, act) => tryVerb(url, act, []) },
  { name: 'by a verb with --json', applies: isSpoken, tryIt: ({ url }, _, act) => tryVerb(url, act, ['--json']) },
];
