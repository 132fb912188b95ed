import type { Chance } from '../values/random.ts';
import type { Answer, Delivery } from '../wire/answer.ts';
import { WITHOUT_BODY, type Reply } from '../wire/reply.ts';
import type { BodyEffect, Effect } from '../wire/fault.ts';

/** Whether an effect can be applied to the body of this reply. */
export function canApply(effect: Effect, { status, headers, body }: Reply, method: string): effect is BodyEffect {
  if (effect.kind !== 'body' && effect.kind !== 'cut' && effect.kind !== 'slow') return false;
  if (method === 'HEAD' || body === undefined || body === '' || WITHOUT_BODY.has(status)) return false;
  if (effect.kind !== 'body' || effect.how !== 'malformed-json') return true;
  const isJson = typeof body !== 'string' && !Buffer.isBuffer(body);
  return isJson || headers?.['Content-Type']?.includes('json') === true;
}

/** The response as the client gets it. @param draw returns a random value */
export function distort(answer: Answer, effect: BodyEffect, draw: () => Chance): Answer {
  switch (effect.kind) {
    case 'cut':
      return cut(answer, effect.afterBytes, 'reset');
    case 'slow':
      return { ...answer, delivery: { kind: 'slow', bytesPerSecond: effect.bytesPerSecond } };
    case 'body':
      break;
  }
  switch (effect.how) {
    case 'truncate':
      return cut(answer, Math.floor(Buffer.byteLength(answer.body) / 2), 'close');
    case 'garbage':
      return { ...answer, body: toGarbage(Buffer.byteLength(answer.body), draw()) };
    case 'malformed-json': {
      const body = `${answer.body.toString().slice(0, -1)},`;
      return { ...answer, body, headers: { ...answer.headers, 'Content-Length': Buffer.byteLength(body) } };
    }
    case 'wrong-type':
      return { ...answer, headers: { ...answer.headers, 'Content-Type': 'text/html; charset=utf-8' } };
  }
}

/** What the client received. A response that is cut after its last byte may look whole. */
export function toFate(effect: BodyEffect, { delivery }: Answer): 'whole' | 'replaced' | 'cut' | 'unsure' {
  if (effect.kind === 'slow') return 'whole';
  if (delivery?.kind !== 'cut') return 'replaced';
  return delivery.isShort ? 'cut' : 'unsure';
}

const WORDS: Readonly<Record<Extract<Delivery, { kind: 'cut' }>['end'], string>> = { reset: 'reset', close: 'closed' };

function cut(answer: Answer, afterBytes: number, end: 'reset' | 'close'): Answer {
  const length = Buffer.byteLength(answer.body);
  const bytes = Math.min(afterBytes, length);
  return {
    ...answer,
    delivery: { kind: 'cut', bytes, end, isShort: bytes < length },
    ended: `${WORDS[end]} after ${bytes} of ${length} bytes`,
  };
}

/** Bytes that are not text in any encoding of JSON. */
function toGarbage(length: number, chance: Chance): Buffer {
  const garbage = Buffer.alloc(length);
  for (let at = 0; at < length; at += 1) garbage[at] = chance.word(at >>> 2) >>> (8 * (at % 4));
  garbage[0] = 0xff;
  return garbage;
}
