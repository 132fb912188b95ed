import { createServer, type IncomingMessage } from 'node:http';

import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { FieldReader, HeadReader } from '../../src/http/whole-request.ts';
import { conversation } from '../support/heads.ts';
import { propertyRuns } from '../support/property.ts';
import { openWire, type Wire } from '../support/wire.ts';

/** A request as somebody reads it. */
interface Read {
  readonly method: string | undefined;
  readonly url: string | undefined;
  /** In their order. */
  readonly headers: readonly (readonly [string, unknown])[];
  readonly body: string;
}

let wire: Wire;
let told: Read[] = [];

beforeAll(async () => {
  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 }, (request, response) => {
    const read = { method: request.method, url: request.url, headers: Object.entries(request.headers), body: '' };
    told.push(read);
    request.on('data', (chunk: Buffer) => (read.body += chunk.toString('latin1')));
    response.end();
  });
  // What node:http makes of it is not compared here.
  server.on('connect', (_request: IncomingMessage, socket) => socket.destroy());
  wire = await openWire(server);
});

afterAll(() => {
  wire.close();
});

/** All requests that bare `node:http` finds in these bytes. */
async function readByNode(bytes: Buffer): Promise<readonly Read[]> {
  told = [];
  await wire.tell([bytes]);
  return told;
}

function openReader(): HeadReader {
  return new HeadReader(new FieldReader());
}

/** Those that stand there whole, up to the first that is left to `node:http`. */
function readWhole(bytes: Buffer, toReader: () => HeadReader): readonly Read[] {
  const found: Read[] = [];
  let rest = bytes;
  while (rest.length > 0) {
    const head = toReader().read(rest);
    if (!head || rest.length < head.size + head.length) break;
    const { method, url, headers, size, length } = head;
    const body = rest.toString('latin1', size, size + length);
    found.push({ method, url, headers: Object.entries(headers), body });
    rest = rest.subarray(size + length);
  }
  return found;
}

it('reads of whatever comes what node:http reads, or nothing', async () => {
  let whole = 0;
  await fc.assert(
    fc.asyncProperty(conversation, async (text) => {
      const bytes = Buffer.from(text, 'latin1');
      const own = readWhole(bytes, openReader);
      whole += own.length;
      expect(own).toEqual((await readByNode(bytes)).slice(0, own.length));
    }),
    { numRuns: propertyRuns(400) },
  );
  // Else nothing would have been compared.
  expect(whole).toBeGreaterThan(100);
});

it('reads one request behind another, on many connections, as each by itself', () => {
  const fields = new FieldReader();
  fc.assert(
    fc.property(conversation, (text) => {
      const bytes = Buffer.from(text, 'latin1');
      const reader = new HeadReader(fields);
      expect(readWhole(bytes, () => reader)).toEqual(readWhole(bytes, openReader));
    }),
    { numRuns: propertyRuns(1000) },
  );
});

it('reads a head that has only begun as none, and one whose body has only begun as the whole one', () => {
  fc.assert(
    fc.property(conversation, fc.double({ min: 0, max: 1, noNaN: true }), (text, cut) => {
      const bytes = Buffer.from(text, 'latin1');
      const whole = openReader().read(bytes);
      const begun = bytes.subarray(0, Math.floor(cut * bytes.length));
      expect(openReader().read(begun)).toEqual(whole && begun.length >= whole.size ? whole : undefined);
    }),
    { numRuns: propertyRuns(1000) },
  );
});
