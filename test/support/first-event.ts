import type { Response as Received } from 'supertest';

const END = '\n\n';

/**
 * Reads an answer that goes on up to the end of its first event, and leaves; one that ends by itself is read
 * whole. For supertest: `request.buffer(true).parse(takeFirstEvent)`.
 */
export function takeFirstEvent(
  received: Received,
  callback: (error: Error | null, text: string | undefined) => void,
): void {
  // What supertest hands over here is the stream that Node has made; an answer's text is taken from it.
  const stream = received as unknown as NodeJS.ReadableStream & { text?: string; destroy(): void };
  const goesOn = received.headers['content-type']?.startsWith('text/event-stream') === true;
  stream.on('data', (chunk: Buffer) => {
    const text = `${stream.text ?? ''}${chunk.toString()}`;
    const at = goesOn ? text.indexOf(END) : -1;
    stream.text = at < 0 ? text : text.slice(0, at + END.length);
    if (at < 0) return;
    callback(null, stream.text);
    stream.destroy();
  });
  stream.on('end', () => {
    callback(null, stream.text);
  });
}
