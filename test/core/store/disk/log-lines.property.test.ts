import { crc32 } from 'node:zlib';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { LogLine } from '../../../../src/core/store/disk/lines.ts';
import { LogLines } from '../../../../src/core/store/disk/log-lines.ts';

/** Up to the longest that can be read back. */
const count = fc.oneof(fc.nat(), fc.integer({ min: 0, max: 999_999_999_999_999 }));
/** Of texts as clients send them, some of which take more bytes than characters. */
const body = fc
  .oneof(fc.string({ unit: 'binary' }), fc.string(), fc.string({ minLength: 20_000, maxLength: 40_000 }))
  .map((text) => JSON.stringify({ text }));
const line = fc.record({ number: count, durable: count, body });

function render({ number, durable, body }: LogLine): string {
  const head = `[${number},${durable},${Buffer.byteLength(body)},`;
  return `${head}"${crc32(head + body)
    .toString(16)
    .padStart(8, '0')}",${body}]\n`;
}

describe('lines of the log', () => {
  it('hold the checksum of their head and body between the two, also where memory was used before', () => {
    const lines = new LogLines();
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (all) => {
        lines.clear();
        for (const one of all) lines.add(one);
        const expected = all.map(render).join('');
        expect(lines.bytes.toString()).toBe(expected);
        expect(lines.length).toBe(Buffer.byteLength(expected));
      }),
    );
  });
});
