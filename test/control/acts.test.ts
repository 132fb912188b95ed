import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { createApp, type EmulatorApp } from '../../src/app.ts';
import { connect } from '../../src/client.ts';
import { ENDPOINTS } from '../../src/generated/endpoints.ts';
import { START, startEmulator } from '../support/emulator.ts';
import { FakeDisk } from '../support/fake-disk.ts';
import { createFolder } from '../support/folder.ts';
import { takeLogged, testLogger } from '../support/log.ts';
import { listen, occupyPort } from '../support/ports.ts';
import { startOnDisk } from '../support/on-disk.ts';
import { provider, PUBLIC_URL, SANDBOX, type Act } from './act.ts';
import { ACTS } from './acts.ts';
import { DOCUMENT_HINT, problem } from './api.ts';
import { callVerb, closeConnections, JSON_TYPE, listMethods, send, TOKEN, WAYS, type EndpointId } from './ways.ts';

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

type Endpoint = Described & { readonly operationId: EndpointId };

const document = parse(readFileSync('specs/emulator.yaml', 'utf8')) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components: {
    readonly parameters: Readonly<Record<string, { readonly name: string; readonly in: string }>>;
    readonly schemas: Readonly<Record<string, Schema>>;
  };
};
const DECLARED = Object.values(document.paths).flatMap((path) =>
  Object.values(path).filter((value): value is Endpoint => Object.hasOwn(value as object, 'operationId')),
);

/** Maximum bytes of a request body. */
const LIMIT = 33_554_432;
const TOO_MUCH = Buffer.alloc(LIMIT + 1, ' ');

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
  closeConnections();
});

/** Deletes all sandboxes but the default one. */
async function clear(): Promise<void> {
  const { sandboxes } = await emulator.sandboxes.list();
  for (const { name } of sandboxes) if (name !== 'default') await emulator.sandboxes.delete(name);
}
async function call(path: string, body: object, at = url): Promise<void> {
  const headers = { 'Content-Type': JSON_TYPE };
  await fetch(`${at}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
}

type Sent = Pick<Act, 'path' | 'body' | 'headers'>;

type Refusal = readonly [status: number, title: string, detail: string, hint: string];

function toAnswer([status, title, detail, hint]: Refusal): unknown {
  return { status, answer: problem(status, title, detail, hint).body };
}

/** The end of a sentence about a name that is near to no known one. */
function list(names: readonly string[]): string {
  return names.length === 0 ? '.' : `. Known: ${names.join(', ')}.`;
}

function listQueryNames({ parameters = [] }: Endpoint): readonly string[] {
  return parameters
    .map((one) => ('$ref' in one ? document.components.parameters[one.$ref.split('/').at(-1) ?? ''] : one))
    .flatMap((one) => (one?.in === 'query' ? [one.name] : []));
}

function findSchema({ requestBody }: Endpoint): Schema | undefined {
  const schema = requestBody?.content[JSON_TYPE].schema;
  return schema?.$ref === undefined ? schema : document.components.schemas[schema.$ref.split('/').at(-1) ?? ''];
}

const NOT_JSON = 'Send JSON in UTF-8 as Content-Type: application/json.';

/** Refusals that the document declares for all endpoints, or for all that take a body. */
const COMMON: readonly {
  readonly concerns: (endpoint: Endpoint) => boolean;
  readonly change: (first: Act) => Sent;
  readonly refusal: (endpoint: Endpoint) => Refusal;
}[] = [
  {
    concerns: () => true,
    change: ({ path, body }) => ({ path: `${path}${path.includes('?') ? '&' : '?'}nothing=1`, body }),
    refusal: (act) => [
      ...([400, 'Unknown parameter', `Unknown parameter "nothing"${list(listQueryNames(act))}`] as const),
      'GET /_emulator/specs/emulator.yaml describes them all.',
    ],
  },
  {
    concerns: () => true,
    change: ({ path, body }) => ({ path, body, headers: { Authorization: 'Bearer sesame' } }),
    refusal: () => [
      ...([401, 'Token needed', 'The control API requires a token.'] as const),
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
      return [400, 'Invalid request', detail, DOCUMENT_HINT];
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
    refusal: () => [415, 'Unreadable body', 'The media type of the body is not supported.', NOT_JSON],
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
  ...([503, 'Too many sandboxes', 'The limit of 3 sandboxes is reached.'] as const),
  'Use fewer names, or start with a larger --max-sandboxes.',
];
const NOT_KEPT: Refusal = [
  ...([500, 'Not stored'] as const),
  'Writing to disk failed, so nothing was changed. GET /_emulator/health says why.',
  'Free space on the disk, or fix what else is wrong with it.',
];
const NO_JOURNAL: Refusal = [
  ...([409, 'No journal is kept'] as const),
  'This emulator keeps no exchanges to verify.',
  'Start with a --journal-size above 0.',
];

/** Endpoints that fail if the disk cannot be written. */
const CHANGING = DECLARED.filter(({ responses }) => '500' in responses).map(({ operationId }) => operationId);
/** Statuses of an emulator that was started otherwise, or is not healthy. */
const ELSEWHERE: Partial<Record<EndpointId, number>> = { getHealth: 503, verifyRequests: 409, getCa: 200 };

const ROWS = DECLARED.flatMap(({ operationId: id }) => ACTS[id].map((act) => ({ id, act, ...act })));

describe.each(WAYS.map((way) => [way.name, way] as const))('an endpoint %s', (_, { applies, tryIt }) => {
  it.each(ROWS.filter(applies))('answers $id of $path with $status', async ({ id, act }) => {
    await clear();
    const sandbox = emulator.sandbox(SANDBOX);
    await act.before?.(sandbox, call);
    await tryIt({ emulator, url }, id, act);
    const [read, holds] = act.left ?? [];
    if (read) expect(await read(sandbox)).toEqual(holds);
  });
});

describe('an endpoint', () => {
  it.each(DECLARED)('$operationId refuses what the document declares for all endpoints', async (endpoint) => {
    const { operationId: id } = endpoint;
    for (const { concerns, change, refusal } of COMMON) {
      if (concerns(endpoint))
        expect([id, await send(url, id, change(ACTS[id][0]))]).toEqual([id, toAnswer(refusal(endpoint))]);
    }
  });

  it('has every method of the client in the table', () => {
    const tried = new Set(ROWS.flatMap(({ act }) => act.call?.slice(0, 1) ?? []));
    expect(listMethods(emulator).filter((name) => !tried.has(name))).toEqual([]);
  });

  it.each(ROWS.flatMap(({ act: { words, status } }) => (words && status < 300 ? [words] : [])))(
    'is refused by a verb for an invalid sandbox name: %s %s %s',
    async (...words) => {
      expect(await callVerb(url, words, 'No Name')).toEqual({
        stdout: '',
        stderr:
          `${url}: "No Name" cannot name a sandbox. ` +
          'Use 1 to 64 of a-z 0-9 . _ - with a letter or digit at both ends and no "--".\n',
        code: 1,
      });
    },
  );

  it('is refused if its sandbox would be one too many', async () => {
    for (const { operationId: id } of DECLARED) {
      await clear();
      for (const name of [SANDBOX, 'filler']) await emulator.sandbox(name).clock.get();
      const answered = await send(url, id, { ...ACTS[id][0], headers: { 'X-Emulator-Sandbox': 'one-more' } });
      if (!ENDPOINTS[id].needsSandbox) expect([id, answered.status]).toEqual([id, expect.toBeOneOf([200, 204, 404])]);
      else expect([id, answered]).toEqual([id, toAnswer(NO_ROOM)]);
    }
  });

  it('is refused if its change cannot be written to disk, and the health of the emulator says so', async () => {
    const disk = new FakeDisk();
    const data = createFolder();
    const { url: at } = await startOnDisk({ data, files: disk, providers: [provider], publicUrl: PUBLIC_URL });
    for (const id of CHANGING) {
      const sandbox = connect(at).sandbox(SANDBOX);
      await ACTS[id][0].before?.(sandbox, (path, body) => call(path, body, at));
      disk.onPoint = (point) => {
        if (!point.startsWith('remove')) throw new Error(`ENOSPC: ${point}`);
      };
      expect([id, await send(at, id, ACTS[id][0])]).toEqual([id, toAnswer(NOT_KEPT)]);
      takeLogged();
      const [{ status, answer: health }] = [await send(at, 'getHealth', ACTS.getHealth[0])];
      const failing = {
        folder: data,
        durability: 'fsync',
        status: 'failing',
        error: expect.stringContaining('ENOSPC') as unknown,
      };
      const expected = { ...(ACTS.getHealth[0].answer as object), status: 'failing', disk: failing };
      expect([id, status, health]).toEqual([id, 503, expected]);
      disk.onPoint = () => undefined;
      await sandbox[Symbol.asyncDispose]();
    }
  });

  it('is refused if it needs a journal and none is kept', async () => {
    const none = createServer(await createApp({ providers: [provider], journalSize: 0 }, testLogger));
    const port = await occupyPort(0, none);
    const { path, body } = ACTS.verifyRequests[0];
    const answered = await send(`http://127.0.0.1:${port}`, 'verifyRequests', { path, body });
    expect(answered).toEqual(toAnswer(NO_JOURNAL));
  });

  it('returns the certificate of an emulator that accepts HTTPS', async () => {
    const { url: at } = await startEmulator({ providers: [provider], providerPorts: false, https: true });
    const response = await fetch(`${at.replace('https:', 'http:')}/_emulator/ca`);
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      200,
      'application/x-pem-file',
      expect.stringMatching(/^-----BEGIN CERTIFICATE-----\n[\w+/=\n]+-----END CERTIFICATE-----\n$/),
    ]);
  });

  it('is tested with every status that the document declares', () => {
    const tried = DECLARED.map((endpoint) => {
      const { operationId: id } = endpoint;
      const statuses = [
        ...ACTS[id].map(({ status }) => status),
        ...COMMON.flatMap(({ concerns, refusal }) => (concerns(endpoint) ? [refusal(endpoint)[0]] : [])),
        ...(ENDPOINTS[id].needsSandbox ? [NO_ROOM[0]] : []),
        ...(CHANGING.includes(id) ? [NOT_KEPT[0]] : []),
        ...(ELSEWHERE[id] === undefined ? [] : [ELSEWHERE[id]]),
      ];
      return [id, [...new Set(statuses)].map(String).sort()];
    });
    expect(tried).toEqual(DECLARED.map(({ operationId: id, responses }) => [id, Object.keys(responses).sort()]));
  });
});
