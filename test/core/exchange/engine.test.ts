import { describe, expect, it } from 'vitest';

import { compose } from '../../../src/compose/compose.ts';
import { toConfig } from '../../../src/config/config.ts';
import { Contract } from '../../../src/core/contract/contract.ts';
import { readBundled } from '../../../src/core/values/bundled-file.ts';
import { Tally } from '../../../src/core/exchange/tally.ts';
import { Engine, type Handled } from '../../../src/core/exchange/engine.ts';
import { abandoned } from '../../../src/core/wire/answer.ts';
import type { Request } from '../../../src/core/wire/request.ts';
import type { Service } from '../../../src/core/exchange/exchange.ts';
import type { Provider } from '../../../src/core/provider/provider.ts';
import type { Sandbox } from '../../../src/core/sandbox/sandbox.ts';
import { createProviderService } from '../../../src/core/exchange/stages.ts';
import { takeLogged, testLogger } from '../../support/log.ts';
import { tally } from '../../support/providers.ts';
import { stay } from '../../support/arrival.ts';

interface Opened {
  readonly engine: Engine;
  readonly sandbox: Sandbox;
  readonly service: Service;
}

async function open(provider: Provider = tally): Promise<Opened> {
  const { sandboxes } = await compose(
    toConfig({ providers: [provider], clock: '2026-01-01T00:00:00Z' }, []),
    testLogger,
  );
  const contract = await Contract.load((await readBundled(provider.document)) as object, { check: false });
  const service = createProviderService(provider, contract, { strict: false });
  return { engine: new Engine(testLogger, new Tally()), sandbox: sandboxes.get('default'), service };
}

function post(url: string, body: string, type = 'application/json'): Request {
  return { method: 'POST', url, headers: { 'content-type': type }, body: Buffer.from(body), onLeave: stay };
}

function readReceipt(handled: Handled): string | undefined {
  if (handled === abandoned || 'severed' in handled) return undefined;
  return (JSON.parse(String(handled.body)) as { receipt?: string }).receipt;
}

const ADD = post('/counters/a/add', '{"by":1}');
const FORM = '--x\r\nContent-Disposition: form-data; name="by"\r\n\r\n1\r\n--x--\r\n';

describe(Engine, () => {
  it('answers at once where no stage waits', async () => {
    const { engine, ...arrival } = await open();
    const answer = engine.handle({ ...arrival, request: ADD, credential: undefined });
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'X-Emulator-Request-Id': 'default-1', 'X-Tally': 'yes' },
      head: false,
    });
  });

  it('gives up an exchange whose sandbox was reset while it waited, and leaves no trace of it', async () => {
    const { engine, ...arrival } = await open();
    const request = post('/echo', FORM, 'multipart/form-data; boundary=x');
    const pending = engine.handle({ ...arrival, request, credential: undefined });
    expect(pending).toBeInstanceOf(Promise);
    arrival.sandbox.reset();
    expect(await pending).toBe(abandoned);
    expect([...arrival.sandbox.journal.newest()]).toEqual([]);
  });

  it('renders what breaks in an operation as the provider does, keeps nothing of it and says so in log and journal', async () => {
    const { engine, ...arrival } = await open();
    const answer = await engine.handle({ ...arrival, request: post('/counters/a/break', ''), credential: undefined });
    expect(answer).toMatchObject({ status: 500 });
    expect(JSON.stringify(answer)).not.toContain('at ');
    const [entry] = [...arrival.sandbox.journal.newest()];
    expect(entry).toMatchObject({ operation: 'breakCounter', commit: undefined, bug: expect.any(String) as string });
    expect(takeLogged()).toMatchObject([{ message: 'a bug in the emulator', fields: { operation: 'breakCounter' } }]);
  });

  it('reports a reply that does not fit the document, and sends it all the same', async () => {
    const wrong: Provider = {
      ...tally,
      operations: { ...tally.operations, getCounter: () => ({ status: 200, body: { name: 5 } }) },
    };
    const { engine, ...arrival } = await open(wrong);
    const request: Request = { method: 'GET', url: '/counters/a', headers: {}, body: Buffer.alloc(0), onLeave: stay };
    expect(await engine.handle({ ...arrival, request, credential: undefined })).toMatchObject({
      status: 200,
      body: '{"name":5}',
    });
    const [entry] = [...arrival.sandbox.journal.newest()];
    expect(entry?.violations.length).toBeGreaterThan(0);
    expect(takeLogged()).toMatchObject([{ message: 'a reply does not fit the document' }]);
  });

  it('commits what an operation did that returns a failure', async () => {
    const { engine, ...arrival } = await open();
    await engine.handle({ ...arrival, request: ADD, credential: undefined });
    const answer = await engine.handle({ ...arrival, request: post('/counters/a/spill', ''), credential: undefined });
    expect(answer).toMatchObject({ status: 500 });
    const [entry] = [...arrival.sandbox.journal.newest()];
    expect(entry).toMatchObject({ operation: 'spillCounter', bug: undefined });
    expect(entry?.commit?.changes.length).toBeGreaterThan(0);
  });

  it('reports each exchange as the journal has it, once it is in there', async () => {
    const reported: unknown[] = [];
    const { sandbox, service } = await open();
    const engine = new Engine(testLogger, new Tally(), (entry) => reported.push(entry));
    await engine.handle({ sandbox, service, request: ADD, credential: 'key' });
    expect(reported).toEqual([sandbox.journal.find('default-1')]);
  });

  it('gives an id back that a refused operation had drawn', async () => {
    const { engine, ...arrival } = await open();
    const draw = async (by: number): Promise<unknown> => {
      const answer = await engine.handle({
        ...arrival,
        request: post('/counters/a/add', `{"by":${by}}`),
        credential: undefined,
      });
      return readReceipt(answer);
    };
    const untouched = await open();
    const expected = await untouched.engine.handle({ ...untouched, request: ADD, credential: undefined });
    expect(await draw(2_000_000)).toBeUndefined();
    expect(await draw(1)).toBe(readReceipt(expected));
  });
});
