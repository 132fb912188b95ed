import { connect } from 'node:net';

import { onTestFinished } from 'vitest';

import type { EmulatorOptions } from '../../src/config/options.ts';
import type { WrittenRule } from '../../src/core/faults/fault-rule.ts';
import type { Emulator } from '../../src/compose/emulator.ts';
import { startEmulator } from './emulator.ts';

/** How a connection ended: nothing more was to come, or it was reset; `close` where we left it ourselves. */
export type End = 'end' | 'close' | 'ECONNRESET';

/** A connection to the byte; left when the test ends. */
export interface RawSocket {
  readonly send: (bytes: string) => void;
  /** All that came so far. */
  readonly text: () => string;
  /** The same, answer by answer. */
  readonly answers: () => readonly WireAnswer[];
  readonly leave: () => void;
  /** Ends our side of the connection; what comes is read on. */
  readonly finish: () => void;
  /** Reads nothing until `resume`. */
  readonly pause: () => void;
  readonly resume: () => void;
  readonly ended: Promise<End>;
}

export async function openSocket(url: string): Promise<RawSocket> {
  const { hostname, port } = new URL(url);
  const chunks: Buffer[] = [];
  const socket = connect(Number(port), hostname);
  const ended = new Promise<End>((tell) => {
    let end: End = 'close';
    socket.on('end', () => (end = 'end'));
    socket.on('error', ({ code }: NodeJS.ErrnoException) => {
      if (code === 'ECONNRESET') end = code;
    });
    socket.on('close', () => {
      tell(end);
    });
  });
  socket.on('data', (chunk) => chunks.push(chunk));
  onTestFinished(() => void socket.destroy());
  await new Promise((resolve) => socket.once('connect', resolve));
  return {
    send: (bytes) => void socket.write(bytes),
    text: () => Buffer.concat(chunks).toString('latin1'),
    answers: () => toAnswers(Buffer.concat(chunks)),
    leave: () => void socket.destroy(),
    finish: () => void socket.end(),
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    ended,
  };
}

/** The end of a connection on which this is all that is sent. */
export async function exchange(url: string, bytes: string): Promise<RawSocket & { readonly end: End }> {
  const socket = await openSocket(url);
  socket.send(bytes);
  return { ...socket, end: await socket.ended };
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** As much of it as came. */
  readonly body: string;
}

const BREAK = '\r\n\r\n';

export function toAnswers(bytes: Buffer): readonly WireAnswer[] {
  const at = bytes.indexOf(BREAK);
  if (at < 0) return [];
  const [first = '', ...lines] = bytes.subarray(0, at).toString('latin1').split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
  );
  const rest = bytes.subarray(at + BREAK.length);
  const length = Number(headers['content-length'] ?? rest.length);
  const answer = { status: Number(first.split(' ')[1]), headers, body: rest.subarray(0, length).toString('latin1') };
  return [answer, ...toAnswers(rest.subarray(length))];
}

/** A request as it goes over the wire. */
export function toBytes(
  method: string,
  path: string,
  { headers = {}, body }: { readonly headers?: Readonly<Record<string, string>>; readonly body?: object } = {},
): string {
  const text = body === undefined ? '' : JSON.stringify(body);
  const typed = body && { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(text)) };
  const lines = Object.entries({ Host: 'localhost', ...headers, ...typed }).map(([name, value]) => `${name}: ${value}`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}${BREAK}${text}`;
}

/** How `fetch` fails: its own words, and the code of what lies behind them. */
export interface FetchFailure {
  readonly message: string;
  readonly code: unknown;
}

/** @throws where it does not fail */
export async function failureOf(fetched: Promise<unknown>): Promise<FetchFailure> {
  const outcome = await fetched.then(
    (value) => ({ value }),
    (error: unknown) => ({ error: error as Error & { cause?: { code?: unknown } } }),
  );
  if ('value' in outcome) throw new Error(`It did not fail: ${JSON.stringify(outcome.value)}`);
  return { message: outcome.error.message, code: outcome.error.cause?.code };
}

/** What tests look at of an exchange in the journal. */
export interface JournalledEntry {
  readonly id: string;
  readonly operation: string | null;
  readonly answer: {
    readonly status: number | null;
    readonly headers: object;
    readonly body: string;
    readonly ended?: string;
    readonly events?: readonly { readonly at: string; readonly event: string }[];
  };
  readonly changes: readonly object[];
  readonly ledger: readonly object[];
  readonly fault: { readonly id: string; readonly phase: string; readonly delays?: readonly string[] } | null;
}

/** An emulator on real ports whose sandbox is told by the control API what shall go wrong. */
export interface Faulty {
  readonly emulator: Emulator;
  /** The shared port's. */
  readonly url: string;
  /** An act of the control API, which succeeds. */
  readonly act: (method: string, path: string, body?: object) => Promise<unknown>;
  readonly arm: (...rules: readonly WrittenRule[]) => Promise<void>;
  /** How often a rule has fired. */
  readonly fired: (id: string) => Promise<number>;
  /** The journal, newest first. */
  readonly journal: () => Promise<readonly JournalledEntry[]>;
}

export async function startFaulty(options: EmulatorOptions = {}): Promise<Faulty> {
  const emulator = await startEmulator(options);
  return { emulator, ...controlOf(emulator.url) };
}

/** The same for whatever listens there. */
export function controlOf(url: string): Omit<Faulty, 'emulator'> {
  const act: Faulty['act'] = async (method, path, body) => {
    const response = await fetch(`${url}/_emulator${path}`, {
      method,
      headers: { 'Content-Type': 'application/json', Connection: 'close' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  };
  return {
    url,
    act,
    arm: async (...rules) => {
      for (const rule of rules) await act('POST', '/faults', rule);
    },
    fired: async (id) => ((await act('GET', `/faults/${id}`)) as { readonly fired: number }).fired,
    journal: async () =>
      ((await act('GET', '/requests?limit=1000')) as { readonly requests: readonly JournalledEntry[] }).requests,
  };
}
