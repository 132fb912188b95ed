import { defineCollection, type StateOf } from '../../src/core/store/collection.ts';
import { Stream } from '../../src/core/wire/reply.ts';
import type { FailureReason } from '../../src/core/wire/failure.ts';
import { defineProvider, type Provider } from '../../src/core/provider/provider.ts';
import type { Context } from '../../src/core/provider/call.ts';
import { asItIs } from './deliveries.ts';

interface Note {
  readonly name: string;
  /** How often it has been written. */
  readonly version: number;
  readonly text: string;
  /** How often the text is repeated when it is shown. */
  readonly times: number;
}

/** A note as clients see it. */
export type ShownNote = Omit<Note, 'times'>;

const collections = {
  notes: defineCollection({ key: (note: Note) => note.name, orders: { name: ({ name }) => [name] } }),
};

const options = { heartbeat: { kind: 'duration', default: 420_000, describe: 'Between comments.' } } as const;

interface Json<T> {
  content: { 'application/json': T };
}

interface Named {
  parameters: { path: { name: string } };
}

/** As openapi-typescript would make it of board.yaml. */
interface Spec {
  getNote: Named & { responses: { 200: Json<ShownNote> } };
  putNote: Named & {
    requestBody: Json<{ text: string; times?: number }>;
    responses: { 200: Json<{ version: number }> };
  };
  followNote: Named & { responses: { 200: { content: { 'text/event-stream': ShownNote } } } };
}

interface Board {
  spec: Spec;
  collections: typeof collections;
  principal: object;
  options: typeof options;
  code: never;
}

type State = StateOf<typeof collections>;

function show({ state }: Pick<Context<Board>, 'state'>, name: string): ShownNote {
  const note = state.notes.find(name);
  return { name, version: note?.version ?? 0, text: note ? note.text.repeat(note.times) : '' };
}

/** A provider of streams, under `/board`: each note is a topic. It starts without notes. */
export const board: Provider = defineProvider<Board>({
  id: 'board',
  title: 'Board',
  hosts: [],
  document: new URL('board.yaml', import.meta.url),
  options,
  env: () => ({}),
  stages: ['parse', 'validate'],
  body: { accept: ['application/json'], limit: 1_000_000, depth: 20, protoKeys: 'data' },
  paths: { doubleSlash: 'refuse', trailingSlash: 'refuse' },
  headers: {},
  credential: () => undefined,
  authenticate: () => ({}),
  subject: ({ path }) => ('name' in path ? String(path.name) : undefined),
  secrets: [],
  collections,
  webhooks: asItIs,
  streams: {
    topics: (changes) => changes.map(({ key }) => key),
    heartbeat: ({ heartbeat }) => heartbeat,
    patience: 10_000,
  },
  controls: {},
  fixture: {
    schema: { type: 'object', additionalProperties: false, properties: { notes: { type: 'array' } } },
    load: (section, state: State) => {
      for (const note of (section as { notes?: Note[] }).notes ?? []) state.notes.put(note);
    },
    dump: (state: State) => ({ notes: [...state.notes.list('name')] }),
  },
  operations: {
    getNote: (call) => ({ status: 200, body: show(call, call.path.name) }),
    putNote: ({ state, path: { name }, body: { text, times = 1 } }) => {
      const version = (state.notes.find(name)?.version ?? 0) + 1;
      state.notes.put({ name, version, text, times });
      return { status: 200, body: { version } };
    },
    followNote: ({ path: { name } }) => ({
      status: 200,
      body: new Stream(name, (context: Pick<Context<Board>, 'state'>) => show(context, name)),
    }),
  },
  renderFailure: (failure) => ({ status: toStatus(failure), body: { error: failure.kind } }),
});

function toStatus(failure: FailureReason<never>): number {
  if (failure.kind === 'bug') return 500;
  return failure.kind === 'notFound' || failure.kind === 'methodNotAllowed' ? 404 : 400;
}
