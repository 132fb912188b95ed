import type { Response as Received } from 'supertest';

const END = '\n\n';

type Parse = (received: Received, callback: (error: Error | null, text: string | undefined) => void) => void;

/**
 * Reads an answer that goes on up to the end of its first event, and leaves; one that ends by itself is read
 * whole. For supertest: `request.buffer(true).parse(takeFirstEvent)`.
 */
export const takeFirstEvent: Parse = readFirstEvent((leave) => {
  leave();
});

/** The same, but it leaves when it is told to. @param onOpen is given what has it leave, once the first event is there */
export function readFirstEvent(onOpen: (leave: () => void) => void): Parse {
  return (received, callback) => {
    // What supertest hands over here is the stream that Node has made; an answer's text is taken from it.
    const stream = received as unknown as NodeJS.ReadableStream & { text?: string; destroy(): void };
    const goesOn = received.headers['content-type']?.startsWith('text/event-stream') === true;
    let isOpen = false;
    stream.on('data', (chunk: Buffer) => {
      if (isOpen) return;
      const text = `${stream.text ?? ''}${chunk.toString()}`;
      const at = goesOn ? text.indexOf(END) : -1;
      stream.text = at < 0 ? text : text.slice(0, at + END.length);
      if (at < 0) return;
      isOpen = true;
      callback(null, stream.text);
      onOpen(() => {
        stream.destroy();
      });
    });
    stream.on('end', () => {
      callback(null, stream.text);
    });
    // What stays open is cut off when the emulator ends; whoever asked has its answer by then.
    stream.on('error', () => undefined);
  };
}
