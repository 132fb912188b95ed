import { toInstant } from '../../src/core/values/clock.ts';
import { assertOr, failed, Failure, type FailureReason } from '../../src/core/wire/failure.ts';
import { defineProvider, type Provider } from '../../src/core/provider/provider.ts';
import type { Context, Operation } from '../../src/core/provider/call.ts';
import { defineCollection } from '../../src/core/store/collection.ts';

interface Counter {
  readonly name: string;
  readonly count: number;
}

const collections = {
  counters: defineCollection({
    key: (counter: Counter) => counter.name,
    orders: { name: (counter) => [counter.name] },
    balances: [{ field: 'count', unit: 'points', tenant: () => 'shop', account: ({ name }: Counter) => name }],
  }),
};

const options = { limit: { kind: 'integer', default: 1_000_000, describe: 'How high a counter goes.' } } as const;

interface Named {
  parameters: { path: { name: string } };
}

interface Json<T> {
  content: { 'application/json': T };
}

/** As openapi-typescript would make it of tally.yaml. */
interface Spec {
  getCounter: Named & { responses: { 200: Json<Counter> } };
  addToCounter: Named & {
    requestBody: Json<{ by: number; key?: string; memo?: string }>;
    responses: { 200: Json<Counter & { receipt: string }> };
  };
  addLater: Named & {
    requestBody: Json<{ by: number; in: number; kind?: string }>;
    responses: { 202: Json<{ at: number }> };
  };
  spillCounter: Named & { responses: { 200: Json<Counter> } };
  breakCounter: Named & { responses: { 200: Json<Counter> } };
  echoBody: { requestBody: Json<unknown>; responses: { 200: Json<{ body: unknown }> } };
  getForecast: { responses: { 200: Json<object> } };
  deleteWishes: { responses: { 204: { content?: never } } };
}

/** Code to status. */
const FAILURES = { NO_SUCH_COUNTER: 404, OVER_THE_LIMIT: 409, SPILT: 500 } as const;

interface Tally {
  spec: Spec;
  collections: typeof collections;
  principal: object;
  options: typeof options;
  code: keyof typeof FAILURES;
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

function add({ state }: Pick<Context<Tally>, 'state'>, name: string, by: number): Counter {
  const counter = { name, count: (state.counters.find(name)?.count ?? 0) + by };
  state.counters.put(counter);
  return counter;
}

const addToCounter: Operation<Spec['addToCounter'], Tally> = (call) => {
  const { path, body, random } = call;
  const receipt = random.text('receipt', LETTERS, 8);
  const counter = add(call, path.name, body.by);
  // After the write, so that a refusal has something to take back.
  assertOr(counter.count <= call.options.limit, 'OVER_THE_LIMIT');
  call.note({ key: body.key, memo: body.memo });
  return { status: 200, body: { ...counter, receipt } };
};

/** A provider of integer balances in memory, small and complete, under `/tally`. It starts without counters. */
export const tally: Provider = defineProvider<Tally>({
  id: 'tally',
  title: 'Tally',
  hosts: ['api.tally.example'],
  document: new URL('tally.yaml', import.meta.url),
  options,
  env: (_, url) => ({ TALLY_BASE_URL: url }),
  stages: ['authenticate', 'parse', 'validate'],
  body: {
    accept: ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'],
    assume: 'application/json',
    limit: 100_000,
    depth: 20,
    protoKeys: 'data',
  },
  paths: { doubleSlash: 'refuse', trailingSlash: 'refuse' },
  headers: { 'X-Tally': 'yes' },
  // Nobody needs a key; "wrong" is no good.
  credential: ({ headers }) => headers.authorization,
  authenticate: ({ credential }) => {
    if (credential === 'wrong') throw new Failure({ kind: 'unauthenticated' });
    return {};
  },
  subject: ({ path }) => ('name' in path ? String(path.name) : undefined),
  secrets: ['password'],
  collections,
  due: {
    add: (context, payload) => {
      const { name, by } = payload as { name: string; by: number };
      add(context, name, by);
    },
    explode: (context) => {
      add(context, 'debris', 1);
      throw new Error('The scheduled item exploded.');
    },
  },
  controls: {
    recount: {
      describe: 'Set a counter.',
      schema: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'count'],
        properties: { name: { type: 'string' }, count: { type: 'integer' } },
      },
      run: ({ state, args }: Context<Tally> & { readonly args: Counter }) => {
        state.counters.put(args);
        return args;
      },
    },
  },
  fixture: {
    schema: {
      type: 'object',
      additionalProperties: false,
      properties: {
        counters: {
          type: 'array',
          items: {
            type: 'object',
            additionalProperties: false,
            required: ['name', 'count'],
            properties: { name: { type: 'string' }, count: { type: 'integer' } },
          },
        },
      },
    },
    load: (section, state) => {
      for (const counter of (section as { counters?: Counter[] }).counters ?? []) state.counters.put(counter);
    },
    dump: (state) => ({ counters: [...state.counters.list('name')] }),
  },
  operations: {
    getCounter: ({ path, state }) => {
      const counter = state.counters.find(path.name);
      assertOr(counter, 'NO_SUCH_COUNTER');
      return { status: 200, body: counter };
    },
    addToCounter,
    addLater: (call) => {
      const { path, body } = call;
      const at = toInstant(call.now + body.in);
      call.schedule(at, body.kind ?? 'add', { name: path.name, by: body.by });
      return { status: 202, body: { at } };
    },
    spillCounter: (call) => {
      add(call, call.path.name, 1);
      return failed('SPILT');
    },
    breakCounter: (call) => {
      add(call, call.path.name, 1);
      throw new Error('The counter broke.');
    },
    echoBody: ({ body }) => ({ status: 200, body: { body } }),
  },
  renderFailure: (failure) => {
    if (failure.kind === 'refused') return { status: FAILURES[failure.code], body: { error: failure.code } };
    const status = failure.kind === 'injected' ? failure.status : STATUS[failure.kind];
    return { status, body: { error: failure.kind } };
  },
});

export const STATUS: Readonly<Record<Exclude<FailureReason['kind'], 'refused' | 'injected'>, number>> = {
  notFound: 404,
  methodNotAllowed: 405,
  badPath: 400,
  parse: 400,
  tooLarge: 413,
  unauthenticated: 401,
  invalid: 400,
  limited: 429,
  unwritten: 501,
  bug: 500,
};
