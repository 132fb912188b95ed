import { hash } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';

import type { Captcha } from '../state.ts';

/** Pixels: at this width, a percent is a pixel. */
const WIDTH = 100;
const HEIGHT = 50;
const RADIUS = 6;
/** Bits of one pixel: four greys. The hole has the darkest one. */
const DEPTH = 2;
const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');

/** Draws a PNG with a hole at the target and a background from the challenge. The same captcha always has the same bytes. */
export function drawCaptcha({ challenge, target }: Pick<Captcha, 'challenge' | 'target'>): Buffer {
  const ground = hash('sha256', challenge, 'buffer');
  const height = RADIUS + ((ground[0] ?? 0) % (HEIGHT - 2 * RADIUS));
  const rows: Buffer[] = [];
  for (let y = 0; y < HEIGHT; y += 1) {
    const row = Buffer.alloc(1 + (WIDTH * DEPTH) / 8);
    for (let x = 0; x < WIDTH; x += 1) {
      const isHole = (x - target) ** 2 + (y - height) ** 2 <= RADIUS ** 2;
      const shade = isHole ? 0 : 1 + ((ground[(x + 3 * (y >> 2)) % ground.length] ?? 0) % 3);
      const at = 1 + ((x * DEPTH) >> 3);
      row[at] = (row[at] ?? 0) | (shade << (8 - DEPTH - ((x * DEPTH) & 7)));
    }
    rows.push(row);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(WIDTH, 0);
  header.writeUInt32BE(HEIGHT, 4);
  header[8] = DEPTH;
  // Stored without compression, so that every version of zlib makes the same bytes.
  const pixels = deflateSync(Buffer.concat(rows), { level: 0 });
  return Buffer.concat([SIGNATURE, toChunk('IHDR', header), toChunk('IDAT', pixels), toChunk('IEND', Buffer.alloc(0))]);
}

/** Returns the length, the name, the content and a checksum of both. */
function toChunk(name: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name), content]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}
