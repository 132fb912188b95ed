/**
 * Records what the bundled providers answer and store, one JSON line each, so that a change of the code can be held against
 * what was before it:
 *
 *     npx tsx scripts/record-answers.ts FILE [PROVIDER...]
 *     npx tsx scripts/record-answers.ts --compare OLD NEW [PROVIDER...] [--control]
 *
 * Each request meets a sandbox of its own, so two runs of the same code write the same bytes. The kind of a line is
 * `provider` (bytes of an answer), `state` (what was stored, dumped or generated), `document` (schemas and OpenAPI
 * documents without their descriptions) or `control` (texts of the emulator itself, which are compared on demand).
 */
import { createWriteStream } from 'node:fs';
import { Agent, request as startRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { isDeepStrictEqual } from 'node:util';

import { listSubjects, type Subject } from '../src/conformance/subject.ts';
import type { OptionDefinition } from '../src/core/provider/options.ts';
import { createEmulator, type Emulator } from '../src/index.ts';
import type { Provider } from '../src/core/provider/provider.ts';
import { generateFixture, parseSizes } from '../src/fixtures/generation.ts';
import { bundled } from '../src/providers/index.ts';
import { listMagic } from '../test/support/magic.ts';
import { loadRequests } from '../test/support/requests.ts';
import { compareRecordings } from './recording-comparison.ts';
import {
  listFaultCases,
  listVariations,
  listWrongCases,
  toCase,
  toCaseAbout,
  type RequestCase,
} from './request-cases.ts';

const CLOCK = '2026-01-01T00:00:00.000Z';
/** So that no answer holds the port that was free. */
const HOST = '127.0.0.1:4620';
const OF_THE_CONNECTION = new Set(['date', 'connection', 'keep-alive']);
const GENERATED = 30;
const SEEDS = [1, 7];
/** Fewer than for requests, since each of them loads a whole state. */
const ODD_IN_STATE = [null, '', 'nope', 7, -1.5, true, [], {}];

type Kind = 'provider' | 'state' | 'document' | 'control';
type Write = (kind: Kind, key: string, value: object) => void;

interface Answer {
  readonly status?: number | undefined;
  readonly headers?: readonly string[];
  readonly body: string;
  /** How the connection ended, if not by the end of the answer. */
  readonly ended?: string | undefined;
}

const agent = new Agent({ keepAlive: true });

/** Of a stream only the first event is read. */
function send(port: number, { method, path, headers, body }: RequestCase): Promise<Answer> {
  return new Promise((resolve) => {
    const length = body !== undefined && { 'Content-Length': Buffer.byteLength(body) };
    const options = { host: '127.0.0.1', port, method, path, agent, headers: { Host: HOST, ...headers, ...length } };
    const sent = startRequest(options, (response: IncomingMessage) => {
      let received = '';
      const { statusCode: status, rawHeaders, headers: found } = response;
      const kept = rawHeaders.flatMap((name, index) =>
        index % 2 > 0 || OF_THE_CONNECTION.has(name.toLowerCase()) ? [] : [`${name}: ${rawHeaders[index + 1] ?? ''}`],
      );
      const finish = (ended?: string): void => resolve({ status, headers: kept, body: received, ended });
      response.setEncoding('utf8').on('data', (part: string) => {
        received += part;
        if (found['content-type'] === 'text/event-stream' && received.includes('\n\n')) {
          finish();
          response.destroy();
        }
      });
      response.on('end', () => finish()).on('close', () => finish('closed early'));
      response.on('error', () => undefined);
    });
    sent.on('error', (error: NodeJS.ErrnoException) => resolve({ body: '', ended: error.code ?? error.message }));
    sent.end(body);
  });
}

/** Sends requests to one subject, each in the sandbox `case`, which is put back to its seed before. */
function createRecorder(emulator: Emulator, { title, provider }: Subject, write: Write) {
  const port = Number(new URL(emulator.url).port);
  const control = (method: string, path: string, sandbox = 'case', value?: unknown): Promise<Answer> => {
    const typed = value === undefined ? {} : { 'Content-Type': 'application/json' };
    const headers = { 'X-Emulator-Sandbox': sandbox, ...typed };
    const body = value === undefined ? {} : { body: JSON.stringify(value) };
    return send(port, { name: '', method, path: `/_emulator${path}`, headers, ...body });
  };
  const record = async (operation: string, sent: RequestCase, sandbox = 'case'): Promise<string | undefined> => {
    if (sandbox === 'case') emulator.reset('case');
    const key = `${title} ${operation} ${sent.name}${sandbox === 'case' ? '' : ` in ${sandbox}`}`;
    const { method, path, headers, body = '' } = sent;
    const named = { ...headers, 'X-Emulator-Sandbox': sandbox };
    const answer = await send(port, { ...sent, path: `/${provider.id}${path}`, headers: named });
    write('provider', key, { request: `${method} ${path}`, sent: body.slice(0, 1000), ...answer });
    const { requests } = await emulator.sandbox(sandbox).requests.list({ limit: 1 });
    const [entry] = requests;
    if (!entry) return undefined;
    const { operation: found, subject, fault, changes, ledger, reasons, violations, bug } = entry;
    write('state', key, { operation: found, subject, fault, changes, ledger });
    if (reasons.length + violations.length > 0) write('control', key, { reasons, violations, bug });
    return subject ?? undefined;
  };
  return { control, record };
}

async function recordSubject({ subject, whole }: Part, write: Write): Promise<void> {
  const { title, provider, defined, requests, set } = subject;
  const { id, codes = {} } = provider;
  const options = { port: 0, providerPorts: false, clock: CLOCK, randomSeed: 1, historyBytes: 2 ** 30 };
  await using emulator = await createEmulator({ ...options, providers: [defined], set });
  const { control, record } = createRecorder(emulator, subject, write);
  const writeControl = async (kind: Kind, path: string, sandbox = 'seed', key = path): Promise<void> =>
    write(kind, `${title} ${key} in ${sandbox}`, await control('GET', path, sandbox));
  const writeAll = async (sandbox: string): Promise<void> => {
    for (const path of ['/state', '/accounts', '/ledger?limit=1000', '/env'])
      await writeControl('state', path, sandbox);
  };

  await writeAll('seed');
  for (const path of ['/providers', `/providers/${id}`, '/controls', '/fixtures']) await writeControl('control', path);
  for (const [operation, sample] of Object.entries(requests.operations)) {
    const right = toCase(requests, sample);
    await record(operation, right, 'all');
    const about = await record(operation, right);
    for (const wrong of listWrongCases(requests, sample)) await record(operation, wrong);
    if (!whole) continue;
    for (const faulty of listFaultCases(right, Object.keys(codes))) await record(operation, faulty);
    for (const { name, subject: magic } of listMagic(id)) {
      if (about === undefined || name === 'fault-slow') continue;
      await record(operation, toCaseAbout(right, about, magic, name));
    }
  }
  await writeAll('all');
  await writeControl('control', '/evidence', 'all');
  if (whole) await recordStates(subject, emulator, { control, write, writeAll });
}

interface StateRecorder {
  readonly control: ReturnType<typeof createRecorder>['control'];
  readonly write: Write;
  readonly writeAll: (sandbox: string) => Promise<void>;
}

/** What becomes of a state that is put, of each world, and of a state in which one thing is changed. */
async function recordStates(
  { title, provider: { id } }: Subject,
  emulator: Emulator,
  { control, write, writeAll }: StateRecorder,
): Promise<void> {
  const readState = async (sandbox?: string) =>
    JSON.parse((await control('GET', '/state', sandbox)).body) as Readonly<Record<string, unknown>>;
  await control('PUT', '/state', 'copy', await readState('all'));
  await writeAll('copy');
  for (const { name } of (await emulator.sandbox('seed').fixtures.list()).fixtures) {
    await emulator.sandboxes.create(`world-${name}`, { fixtures: [name] });
    await writeAll(`world-${name}`);
  }
  const seeded = await readState('seed');
  for (const [name, section] of listVariations(seeded[id], ODD_IN_STATE)) {
    const key = `${title} PUT /state ${name}`;
    const { status, body } = await control('PUT', '/state', 'case', { ...seeded, [id]: section });
    if (body !== '') write('control', key, { body });
    write('state', key, { status, ...(status === 204 && { differs: listDifferences(seeded, await readState()) }) });
  }
}

/** Every place in which the second value is not the first. */
function listDifferences(before: unknown, after: unknown, place = ''): readonly string[] {
  if (isDeepStrictEqual(before, after)) return [];
  const areObjects = [before, after].every((value) => typeof value === 'object' && value !== null);
  if (!areObjects) return [`${place}: ${JSON.stringify(before)} to ${JSON.stringify(after)}`];
  const [old, current] = [new Map(Object.entries(before as object)), new Map(Object.entries(after as object))];
  const names = new Set([...old.keys(), ...current.keys()]);
  return [...names].flatMap((name) => listDifferences(old.get(name), current.get(name), `${place}/${name}`));
}

/** A document whose order of keys, names of what is required and descriptions do not count. */
function toCanonical(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) {
    const list = value.map((part) => toCanonical(part));
    return name === 'required' ? list.map(String).toSorted() : list;
  }
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(
    ([field, part]) => !(['description', 'summary', 'markdownDescription'].includes(field) && typeof part === 'string'),
  );
  const sorted = kept.toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(sorted.map(([field, part]) => [field, toCanonical(part, field)]));
}

async function recordDocuments(providers: readonly Provider[], write: Write): Promise<void> {
  for (const provider of providers) {
    const { id, fixture, controls } = provider;
    write('document', `${id} fixture schema`, { schema: toCanonical(fixture.schema) });
    for (const [name, { schema }] of Object.entries(controls))
      write('document', `${id} control ${name}`, { schema: toCanonical(schema) });
    for (const { title, defined, set } of listSubjects(provider, await loadRequests(id))) {
      await using emulator = await createEmulator({ port: 0, providerPorts: false, providers: [defined], set });
      const response = await fetch(`${emulator.url}/_emulator/specs/${id}.json`);
      write('document', `${title} OpenAPI`, { document: toCanonical(await response.json()) });
    }
    for (const list of Object.keys(fixture.generate ?? {})) {
      for (const seed of SEEDS) {
        const size = `${id}.${list}=${GENERATED}`;
        const made = await text(generateFixture(parseSizes([size], [provider]), seed));
        write('state', `${id} generated ${size} of ${seed}`, { made });
      }
    }
  }
}

interface Part {
  readonly subject: Subject;
  /** Whether faults and states are recorded too. */
  readonly whole: boolean;
}

/** Each provider and its variants, and in short what each other value of its switches makes of it. */
async function listParts(providers: readonly Provider[]): Promise<readonly Part[]> {
  const parts: Part[] = [];
  for (const provider of providers) {
    const subjects = listSubjects(provider, await loadRequests(provider.id));
    parts.push(...subjects.map((subject) => ({ subject, whole: true })));
    const [plain] = subjects;
    for (const [name, option] of Object.entries(provider.options)) {
      if (!plain || name === provider.variants?.option) continue;
      for (const value of listOtherValues(option)) {
        const title = `${provider.id}.${name}=${value}`;
        parts.push({ subject: { ...plain, title, set: [title] }, whole: false });
      }
    }
  }
  return parts;
}

function listOtherValues(option: OptionDefinition): readonly (string | number | boolean)[] {
  switch (option.kind) {
    case 'oneOf':
      return option.values.filter((value) => value !== option.default);
    case 'boolean':
      return [true, false].filter((value) => value !== option.default);
    case 'integer':
      return [option.default + 1];
    case 'duration':
      return [];
    case 'rate':
      return ['2/PT1M'];
  }
}

const words = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const isComparing = process.argv.includes('--compare');
const [file, other] = words;
const ids = words.slice(isComparing ? 2 : 1);
if (file === undefined || (isComparing && other === undefined)) {
  process.stderr.write('Name the file to write, or --compare OLD NEW.\n');
  process.exitCode = 2;
} else if (isComparing && other !== undefined) {
  process.exitCode = await compareRecordings(file, other, { ids, control: process.argv.includes('--control') });
} else {
  const providers = bundled.map(({ provider }) => provider).filter(({ id }) => ids.length === 0 || ids.includes(id));
  const out = createWriteStream(file);
  const write: Write = (kind, key, value) => void out.write(`${JSON.stringify({ kind, key, ...value })}\n`);
  await recordDocuments(providers, write);
  for (const part of await listParts(providers)) {
    process.stderr.write(`${part.subject.title}\n`);
    await recordSubject(part, write);
  }
  agent.destroy();
  out.end();
}
