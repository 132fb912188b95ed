import { describe, expect, it } from 'vitest';

import { compose } from '../../../src/compose/compose.ts';
import { toConfig } from '../../../src/config/config.ts';
import { Contract } from '../../../src/core/contract/contract.ts';
import { readBundled } from '../../../src/core/values/bundled-file.ts';
import { Tally } from '../../../src/core/exchange/tally.ts';
import { Engine, type Handled } from '../../../src/core/exchange/engine.ts';
import { abandoned, type OpenStream } from '../../../src/core/wire/answer.ts';
import { Stream } from '../../../src/core/wire/reply.ts';
import type { Request } from '../../../src/core/wire/request.ts';
import type { Provider } from '../../../src/core/provider/provider.ts';
import type { Context } from '../../../src/core/provider/call.ts';
import type { Sandbox } from '../../../src/core/sandbox/sandbox.ts';
import { createProviderService } from '../../../src/core/exchange/stages.ts';
import { board, type ShownNote } from '../../support/board.ts';
import { Client } from '../../support/client.ts';
import { START } from '../../support/emulator.ts';
import { takeLogged, testLogger } from '../../support/log.ts';
import { stay } from '../../support/arrival.ts';

/** Holds no state. */
const loading = readBundled(board.document).then((document) => Contract.load(document as object, { check: false }));

interface Opened {
  readonly engine: Engine;
  readonly sandbox: Sandbox;
  readonly handle: (request: Request, provider?: Provider) => Handled | Promise<Handled>;
}

async function open(...providers: readonly Provider[]): Promise<Opened> {
  const { sandboxes } = await compose(toConfig({ providers, clock: START }, []), testLogger);
  const contract = await loading;
  const services = new Map(
    providers.map((provider) => [provider, createProviderService(provider, contract, { strict: false })]),
  );
  const sandbox = sandboxes.get('default');
  const engine = new Engine(testLogger, new Tally());
  const handle: Opened['handle'] = (request, provider = providers[0]) => {
    const service = provider && services.get(provider);
    if (!service) throw new Error('There is no such provider.');
    return engine.handle({ service, sandbox, request, credential: undefined });
  };
  return { engine, sandbox, handle };
}

function put(name: string, text: string): Request {
  return {
    method: 'PUT',
    url: `/notes/${name}`,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ text })),
    onLeave: stay,
  };
}

function get(name: string, method = 'GET'): Request {
  return { method, url: `/notes/${name}/stream`, headers: {}, body: Buffer.alloc(0), onLeave: stay };
}

function toStream(answer: Handled): OpenStream {
  if (answer === abandoned || 'severed' in answer || !answer.stream) throw new Error('That is no stream.');
  return answer.stream;
}

async function getStream(handled: Handled | Promise<Handled>): Promise<OpenStream> {
  return toStream(await handled);
}

/** Has a client listen, and forget the snapshot that it gets at once. */
async function listen(handled: Handled | Promise<Handled>, client: Client = new Client()): Promise<Client> {
  (await getStream(handled)).subscribe(client);
  client.events.length = 0;
  return client;
}

const toText = (note: object): string => `data: ${JSON.stringify(note)}\n\n`;

/** Board with other snapshots of a note, as its stream tells them. */
function showing(change: (note: ShownNote) => unknown): Provider {
  return {
    ...board,
    operations: {
      ...board.operations,
      followNote: (call) => {
        const reply = board.operations['followNote']?.(call);
        if (!reply || !('body' in reply) || !(reply.body instanceof Stream)) throw new Error('That is no stream.');
        const { topic, read } = reply.body as Stream<Context<never>>;
        return {
          status: 200,
          body: new Stream<Context<never>>(topic, (context) => change(read(context) as ShownNote)),
        };
      },
    },
  };
}

describe('a reply that is a stream', () => {
  it('begins with the snapshot as it is, and nobody listens before it is sent', async () => {
    const { handle, sandbox } = await open(board);
    await handle(put('a', 'one'));
    const stream = await getStream(handle(get('a')));
    expect(sandbox.topics.size).toBe(0);
    await handle(put('a', 'two'));
    const client = new Client();
    const leave = stream.subscribe(client);
    expect(sandbox.topics.size).toBe(1);
    expect(client.texts).toEqual([toText({ name: 'a', version: 2, text: 'two' })]);
    leave();
    expect(sandbox.topics.size).toBe(0);
  });

  it('is told the snapshot after every change of its own', async () => {
    const { handle } = await open(board);
    const client = new Client();
    await listen(handle(get('a')), client);
    await handle(put('a', 'one'));
    await handle(put('b', 'two'));
    await handle(put('a', 'three'));
    expect(client.texts).toEqual([
      toText({ name: 'a', version: 1, text: 'one' }),
      toText({ name: 'a', version: 2, text: 'three' }),
    ]);
  });

  it('is told nothing by what was refused or came to nothing', async () => {
    const breaking: Provider = {
      ...board,
      operations: {
        ...board.operations,
        putNote: (call) => {
          const reply = board.operations['putNote']?.(call);
          if (JSON.stringify(call.body).includes('well')) return reply ?? { status: 500 };
          throw new Error('The chalk broke.');
        },
      },
    };
    const { handle } = await open(breaking);
    const client = new Client();
    await listen(handle(get('a')), client);
    await handle({ ...put('a', ''), body: Buffer.from('{"text":1}') });
    await handle(put('a', 'broken'));
    expect(takeLogged()).toMatchObject([{ message: 'a bug in the emulator' }]);
    await handle(put('a', 'well'));
    expect(client.texts).toEqual([toText({ name: 'a', version: 1, text: 'well' })]);
  });

  it('is none where HEAD asks', async () => {
    const { handle, sandbox } = await open(board);
    const answer = await handle(get('a', 'HEAD'));
    expect(answer).toMatchObject({ status: 200, head: true, headers: { 'Content-Type': 'text/event-stream' } });
    expect(answer).not.toHaveProperty('stream');
    expect(sandbox.topics.size).toBe(0);
  });

  it('is a bug of a provider that does not say how its streams go on', async () => {
    const { streams, ...speechless } = board;
    expect(streams).toBeDefined();
    const { handle } = await open(speechless);
    expect(await handle(get('a'))).toMatchObject({ status: 500, body: '{"error":"bug"}' });
    expect(JSON.stringify(takeLogged())).toContain('does not say how its streams go on');
  });

  it('reads one snapshot for all who listen', async () => {
    let reads = 0;
    const { handle, sandbox } = await open(
      showing((note) => {
        reads += 1;
        return note;
      }),
    );
    const clients = Array.from({ length: 600 }, () => new Client());
    for (const client of clients) await listen(handle(get('a')), client);
    const before = reads;
    expect(sandbox.topics.size).toBe(600);
    await handle(put('a', 'one'));
    expect(reads).toBe(before + 1);
    expect(new Set(clients.flatMap(({ events }) => events)).size).toBe(1);
    expect(clients.every(({ events }) => events.length === 1)).toBe(true);
  });

  it('has told all who listen by the time that the cause is answered', async () => {
    const { handle } = await open(board);
    const clients = Array.from({ length: 600 }, () => new Client());
    for (const client of clients) await listen(handle(get('a')), client);
    const pending = handle(put('a', 'one'));
    expect(pending).toBeInstanceOf(Promise);
    expect(clients.some(({ events }) => events.length === 0)).toBe(true);
    expect(await pending).toMatchObject({ status: 200 });
    expect(clients.every(({ events }) => events.length === 1)).toBe(true);
  });

  it('has told all who listen by the time that either of two causes is answered', async () => {
    const { handle } = await open(board);
    const clients = Array.from({ length: 600 }, () => new Client());
    for (const client of clients) await listen(handle(get('a')), client);
    const [one, two] = [handle(put('a', 'one')), handle(put('a', 'two'))];
    expect(await one).toMatchObject({ status: 200 });
    expect(clients.filter(({ events }) => events.length === 0)).toEqual([]);
    await two;
    expect(new Set(clients.map(({ texts }) => texts.at(-1)))).toEqual(
      new Set([toText({ name: 'a', version: 2, text: 'two' })]),
    );
  });

  it('misses no change while others are still being told of another', async () => {
    const { handle } = await open(board);
    for (let count = 0; count < 600; count += 1) await listen(handle(get('a')), new Client());
    const causing = handle(put('a', 'one'));
    const client = new Client();
    const send = (answer: Handled): OpenStream => {
      const stream = toStream(answer);
      stream.subscribe(client);
      return stream;
    };
    // As the app does: at once, unless it has to wait.
    const opening = handle(get('b'));
    const sent = opening instanceof Promise ? opening.then(send) : send(opening);
    await handle(put('b', 'two'));
    await sent;
    await causing;
    expect(client.texts.at(-1)).toBe(toText({ name: 'b', version: 1, text: 'two' }));
  });

  it('is told nothing of another provider whose topic has the same name', async () => {
    const other: Provider = { ...board, id: 'blackboard' };
    const { handle } = await open(board, other);
    const [client, stranger] = [new Client(), new Client()];
    await listen(handle(get('a'), board), client);
    await listen(handle(get('a'), other), stranger);
    await handle(put('a', 'of the board'), board);
    expect([client.texts, stranger.texts]).toEqual([[toText({ name: 'a', version: 1, text: 'of the board' })], []]);
  });
});

describe('a snapshot that does not fit the document', () => {
  const misfit = { message: 'a reply does not fit the document' };

  it('is told, logged, and in the journal of the request that it answers', async () => {
    const { handle, sandbox } = await open(showing(({ name }) => ({ name, version: -1, text: '' })));
    await getStream(handle(get('a')));
    expect(takeLogged()).toMatchObject([{ ...misfit, fields: { id: 'default-1', operation: 'followNote' } }]);
    expect([...sandbox.journal.newest()].map(({ violations }) => violations.length)).toEqual([1]);
  });

  it('is logged later too, once however many listen', async () => {
    const { handle } = await open(showing((note) => (note.text === 'wrong' ? { ...note, version: 'one' } : note)));
    const clients = Array.from({ length: 10 }, () => new Client());
    for (const client of clients) await listen(handle(get('a')), client);
    await handle(put('a', 'right'));
    expect(takeLogged()).toEqual([]);
    await handle(put('a', 'wrong'));
    expect(takeLogged()).toMatchObject([{ ...misfit, fields: { operation: 'followNote', sandbox: 'default' } }]);
    for (const { events } of clients) expect(events).toHaveLength(2);
  });

  it('that cannot be read at all disturbs neither its cause nor other topics', async () => {
    const { handle } = await open(
      showing((note) => {
        if (note.text === 'unreadable') throw new Error('Nobody can read that.');
        return note;
      }),
    );
    const client = new Client();
    for (const name of ['a', 'b']) await listen(handle(get(name)), client);
    expect(await handle(put('a', 'unreadable'))).toMatchObject({ status: 200, body: '{"version":1}' });
    expect(takeLogged()).toMatchObject([
      { message: 'a stream has no snapshot', fields: { error: 'Nobody can read that.' } },
    ]);
    await handle(put('b', 'one'));
    expect(client.texts).toEqual([toText({ name: 'b', version: 1, text: 'one' })]);
  });

  it('that cannot be read at first is a bug, and opens nothing', async () => {
    const { handle, sandbox } = await open(
      showing(() => {
        throw new Error('Nobody can read that.');
      }),
    );
    expect(await handle(get('a'))).toMatchObject({ status: 500, body: '{"error":"bug"}' });
    expect(takeLogged()).toMatchObject([{ message: 'a bug in the emulator' }]);
    expect(sandbox.topics.size).toBe(0);
  });
});
