import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { Agent, createServer, request, type IncomingMessage, type Server } from 'node:http';
import { text } from 'node:stream/consumers';

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { connect } from '../../src/client.ts';
import type { EndpointId } from '../../src/control/endpoint.ts';
import { ENDPOINTS } from '../../src/generated/endpoints.ts';
import { createApp, type EmulatorApp } from '../../src/app.ts';
import { START, startEmulator } from '../support/emulator.ts';
import { FakeDisk } from '../support/fake-disk.ts';
import { createFolder } from '../support/folder.ts';
import { takeLogged, testLogger } from '../support/log.ts';
import { listen, occupyPort } from '../support/ports.ts';
import { startOnDisk } from '../support/on-disk.ts';
import { provider, PUBLIC_URL, SANDBOX, type Case } from './endpoint-case.ts';
import { CASES } from './endpoint-cases.ts';
import { DOCUMENT_HINT, problem } from './api.ts';

interface Described {
  readonly parameters?: readonly ({ readonly $ref: string } | { readonly name: string; readonly in: string })[];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: Schema } } };
  readonly responses: Readonly<Record<string, unknown>>;
}

interface Schema {
  readonly $ref?: string;
  readonly additionalProperties?: boolean;
  readonly properties?: object;
}

type Act = Described & { readonly operationId: EndpointId };

const document = parse(readFileSync('specs/emulator.yaml', 'utf8')) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components: {
    readonly parameters: Readonly<Record<string, { readonly name: string; readonly in: string }>>;
    readonly schemas: Readonly<Record<string, Schema>>;
  };
};
const DECLARED = Object.values(document.paths).flatMap((path) =>
  Object.values(path).filter((value): value is Act => Object.hasOwn(value as object, 'operationId')),
);

const TOKEN = 'open-sesame';
const JSON_TYPE = 'application/json';
/** Of the control API's body, in bytes. */
const LIMIT = 67_108_864;
const TOO_MUCH = Buffer.alloc(LIMIT + 1, ' ');

const agent = new Agent({ keepAlive: true });
let emulator: EmulatorApp;
let server: Server;
let url: string;
beforeAll(async () => {
  emulator = await createApp(
    {
      ...{ providers: [provider], set: ['tally.limit=10'], clock: START },
      ...{ publicUrl: PUBLIC_URL, controlToken: TOKEN, maxSandboxes: 3 },
    },
    testLogger,
  );
  server = createServer(emulator);
  url = `http://127.0.0.1:${await listen(server)}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
  agent.destroy();
});

afterEach(async () => {
  const { sandboxes } = await emulator.sandboxes.list();
  for (const { name } of sandboxes) if (name !== 'default' && name !== SANDBOX) await emulator.sandboxes.delete(name);
});

async function call(path: string, body: object, at = url): Promise<void> {
  const headers = { 'Content-Type': JSON_TYPE };
  await fetch(`${at}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
}

type Sent = Pick<Case, 'path' | 'body' | 'headers'>;

interface Answered {
  readonly status: number;
  readonly answer: unknown;
}

/** Reads an answer that goes on up to its first event, and leaves. */
async function send(id: EndpointId, { path, body, headers = {} }: Sent, at = url): Promise<Answered> {
  const { method } = ENDPOINTS[id];
  const sent = request(`${at}/_emulator${path}`, {
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
  // A refusal says that it is one; that the emulator is not well is none.
  if (status >= 400 && !(id === 'getHealth' && status === 503)) expect(type).toBe('application/problem+json');
  const isJson = type?.includes('json') === true;
  return { status, answer: isJson ? (JSON.parse(received) as unknown) : received === '' ? undefined : received };
}

/** In a sandbox that has had nothing but what goes before. */
async function answer(id: EndpointId, { before, ...sent }: Sent & Pick<Case, 'before'>): Promise<unknown> {
  const sandbox = emulator.sandbox(SANDBOX);
  await sandbox[Symbol.asyncDispose]();
  await before?.(sandbox, call);
  return send(id, sent);
}

type Refusal = readonly [status: number, title: string, detail: string, hint: string];

function toAnswer([status, title, detail, hint]: Refusal): unknown {
  return { status, answer: problem(status, title, detail, hint).body };
}

/** As the control API ends a sentence about a name that is near to none. */
function list(names: readonly string[]): string {
  return names.length === 0 ? '.' : `. Known: ${names.join(', ')}.`;
}

function listQueryNames({ parameters = [] }: Act): readonly string[] {
  return parameters
    .map((one) => ('$ref' in one ? document.components.parameters[one.$ref.split('/').at(-1) ?? ''] : one))
    .flatMap((one) => (one?.in === 'query' ? [one.name] : []));
}

function findSchema({ requestBody }: Act): Schema | undefined {
  const schema = requestBody?.content[JSON_TYPE].schema;
  return schema?.$ref === undefined ? schema : document.components.schemas[schema.$ref.split('/').at(-1) ?? ''];
}

const NOT_JSON = 'Send JSON in UTF-8 as Content-Type: application/json.';

/** What the document declares for all acts alike, or for all that take a body. */
const COMMON: readonly {
  readonly concerns: (act: Act) => boolean;
  readonly change: (first: Case) => Sent;
  readonly refusal: (act: Act) => Refusal;
}[] = [
  {
    concerns: () => true,
    change: ({ path, body }) => ({ path: `${path}${path.includes('?') ? '&' : '?'}nothing=1`, body }),
    refusal: (act) => [
      ...([400, 'Unknown parameter', `There is no parameter "nothing" here${list(listQueryNames(act))}`] as const),
      'GET /_emulator/specs/emulator.yaml describes them all.',
    ],
  },
  {
    concerns: () => true,
    change: ({ path, body }) => ({ path, body, headers: { Authorization: 'Bearer sesame' } }),
    refusal: () => [
      ...([401, 'Token needed', 'The control API asks for a token.'] as const),
      'Send Authorization: Bearer with the value of --control-token.',
    ],
  },
  {
    concerns: () => true,
    change: ({ path, body }) => ({ path, body, headers: { Origin: 'http://evil.example' } }),
    refusal: () => [
      ...([403, 'Origin not allowed', 'Pages of "http://evil.example" may not use the control API.'] as const),
      'Start with --allow-origin to let its pages use the control API.',
    ],
  },
  {
    concerns: (act) => findSchema(act)?.additionalProperties === false,
    change: ({ path, body }) => ({ path, body: { ...(body as object), nothing: 1 } }),
    refusal: (act) => {
      const known = Object.keys(findSchema(act)?.properties ?? {}).join(', ');
      const detail = `body must NOT have additional properties (nothing; known: ${known})`;
      return [400, 'Not what the act takes', detail, DOCUMENT_HINT];
    },
  },
  {
    concerns: (act) => act.requestBody !== undefined,
    change: ({ path }) => ({ path, body: Buffer.from('{'), headers: { 'Content-Type': JSON_TYPE } }),
    refusal: () => [400, 'Unreadable body', 'The body is not JSON.', NOT_JSON],
  },
  {
    concerns: (act) => act.requestBody !== undefined,
    change: ({ path }) => ({ path, body: Buffer.from('{}'), headers: { 'Content-Type': 'text/plain' } }),
    refusal: () => [415, 'Unreadable body', 'The body is of a type that is not read here.', NOT_JSON],
  },
  {
    concerns: (act) => act.requestBody !== undefined,
    change: ({ path }) => ({ path, body: TOO_MUCH }),
    refusal: () => [
      ...([413, 'Body too large', `The body has more than ${LIMIT} bytes.`] as const),
      'Seed a world of that size at the start, with --fixtures FILE.',
    ],
  },
];

const NO_ROOM: Refusal = [
  ...([503, 'Too many sandboxes', 'There are 3 sandboxes already, and no more are allowed.'] as const),
  'Use fewer names, or start with a larger --max-sandboxes.',
];
const NOT_KEPT: Refusal = [
  ...([500, 'Not kept'] as const),
  'The disk does not take what was changed, so nothing was. GET /_emulator/health says why.',
  'Make room on the disk, or mend what else is wrong with it.',
];
const NO_JOURNAL: Refusal = [
  ...([409, 'No journal is kept'] as const),
  'No exchange is remembered, so none can be verified.',
  'Start with a --journal-size above 0.',
];

/** Of the process, or of a sandbox that they name themselves. */
const WITHOUT_SANDBOX: ReadonlySet<EndpointId> = new Set([
  ...([
    'getHealth',
    'getReady',
    'listProviders',
    'getProvider',
    'getDocument',
    'getEnv',
    'getCa',
    'listFixtures',
  ] as const),
  'getMetrics',
  ...(['listControls', 'listSandboxes', 'getSandbox', 'putSandbox', 'deleteSandbox'] as const),
]);
const CHANGING: ReadonlySet<EndpointId> = new Set([
  ...(['loadFixtures', 'reset', 'putState', 'takeSnapshot', 'deleteSnapshot', 'restoreSnapshot'] as const),
  ...(['putSandbox', 'deleteSandbox', 'putClock', 'advanceClock', 'addFault', 'clearFaults', 'putFault'] as const),
  ...(['deleteFault', 'runControl', 'sendWebhook', 'rewindSandbox'] as const),
]);
/** Of an emulator that was started otherwise, or is not well. */
const ELSEWHERE: Partial<Record<EndpointId, number>> = { getHealth: 503, verifyRequests: 409, getCa: 200 };

describe('an act of the control API', () => {
  it.each(DECLARED)('$operationId answers as it is described, done or refused', async (act) => {
    const { operationId: id } = act;
    for (const { status, answer: expected, ...sent } of CASES[id]) {
      expect([sent, await answer(id, sent)]).toEqual([sent, { status, answer: expected }]);
    }
    const [first] = CASES[id];
    for (const { concerns, change, refusal } of COMMON) {
      if (concerns(act)) expect([id, await send(id, change(first))]).toEqual([id, toAnswer(refusal(act))]);
    }
  });

  it('is refused where there is no room for the sandbox that it is about', async () => {
    for (const { operationId: id } of DECLARED) {
      for (const name of [SANDBOX, 'filler']) await emulator.sandbox(name).clock.get();
      const answered = await send(id, { ...CASES[id][0], headers: { 'X-Emulator-Sandbox': 'one-more' } });
      if (WITHOUT_SANDBOX.has(id)) expect([id, answered.status]).toEqual([id, expect.toBeOneOf([200, 204, 404])]);
      else expect([id, answered]).toEqual([id, toAnswer(NO_ROOM)]);
    }
  });

  it('is refused where the disk does not take what it changes, which the health of the emulator says', async () => {
    const disk = new FakeDisk();
    const data = createFolder();
    const { url: at } = await startOnDisk({ data, files: disk, providers: [provider], publicUrl: PUBLIC_URL });
    for (const id of CHANGING) {
      const sandbox = connect(at).sandbox(SANDBOX);
      await CASES[id][0].before?.(sandbox, (path, body) => call(path, body, at));
      disk.onPoint = (point) => {
        if (!point.startsWith('remove')) throw new Error(`ENOSPC: ${point}`);
      };
      expect([id, await send(id, CASES[id][0], at)]).toEqual([id, toAnswer(NOT_KEPT)]);
      takeLogged();
      const [{ status, answer: health }] = [await send('getHealth', CASES.getHealth[0], at)];
      const failing = {
        folder: data,
        durability: 'fsync',
        status: 'failing',
        error: expect.stringContaining('ENOSPC') as unknown,
      };
      const expected = { ...(CASES.getHealth[0].answer as object), status: 'failing', disk: failing };
      expect([id, status, health]).toEqual([id, 503, expected]);
      disk.onPoint = () => undefined;
      await sandbox[Symbol.asyncDispose]();
    }
  });

  it('is refused where it needs a journal and none is kept', async () => {
    const none = createServer(await createApp({ providers: [provider], journalSize: 0 }, testLogger));
    const port = await occupyPort(0, none);
    const { path, body } = CASES.verifyRequests[0];
    const answered = await send('verifyRequests', { path, body }, `http://127.0.0.1:${port}`);
    expect(answered).toEqual(toAnswer(NO_JOURNAL));
  });

  it('gives the certificate where the emulator takes HTTPS', async () => {
    const { url: at } = await startEmulator({ providers: [provider], providerPorts: false, https: true });
    const response = await fetch(`${at.replace('https:', 'http:')}/_emulator/ca`);
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      200,
      'application/x-pem-file',
      expect.stringMatching(/^-----BEGIN CERTIFICATE-----\n[\w+/=\n]+-----END CERTIFICATE-----\n$/),
    ]);
  });

  it('is tried here with every status that the document declares for it', () => {
    const tried = DECLARED.map((act) => {
      const { operationId: id } = act;
      const statuses = [
        ...CASES[id].map(({ status }) => status),
        ...COMMON.flatMap(({ concerns, refusal }) => (concerns(act) ? [refusal(act)[0]] : [])),
        ...(WITHOUT_SANDBOX.has(id) ? [] : [NO_ROOM[0]]),
        ...(CHANGING.has(id) ? [NOT_KEPT[0]] : []),
        ...(ELSEWHERE[id] === undefined ? [] : [ELSEWHERE[id]]),
      ];
      return [id, [...new Set(statuses)].map(String).sort()];
    });
    expect(tried).toEqual(DECLARED.map(({ operationId: id, responses }) => [id, Object.keys(responses).sort()]));
  });
});
