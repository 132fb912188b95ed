import { request } from 'node:http';

import { onTestFinished } from 'vitest';

/** One event of GET /events. */
export interface Told {
  readonly id: number;
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>> & { readonly seq: number };
}

/** A client of GET /events, which leaves when the test ends. */
export interface Hearer {
  /** All that it was told. */
  readonly told: readonly Told[];
  /** Resolves when it was told so many events in all. */
  readonly heard: (count: number) => Promise<readonly Told[]>;
  readonly stop: () => void;
  readonly goOn: () => void;
  readonly leave: () => void;
  /** How many comments came. */
  readonly comments: () => number;
  readonly ended: Promise<'whole' | 'broken'>;
}

export interface HearOptions {
  /** The id behind which it begins. */
  readonly last?: number;
  readonly query?: string;
  readonly sandbox?: string;
}

/** @param url of the emulator */
export function hear(url: string, { last, query = '', sandbox = 'default' }: HearOptions = {}): Promise<Hearer> {
  return new Promise((resolve, reject) => {
    const headers = { 'X-Emulator-Sandbox': sandbox, ...(last === undefined ? {} : { 'Last-Event-ID': String(last) }) };
    const asked = request(`${url}/_emulator/events${query}`, { headers, agent: false }, (response) => {
      const told: Told[] = [];
      const waiting = new Set<() => void>();
      let rest = '';
      let comments = 0;
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        const blocks = (rest + text).split('\n\n');
        rest = blocks.pop() ?? '';
        for (const block of blocks) {
          if (block.startsWith(':')) comments += 1;
          else told.push(parseEvent(block));
        }
        for (const look of [...waiting]) look();
      });
      response.on('error', () => undefined);
      const ended = new Promise<'whole' | 'broken'>((tell) => {
        response.on('close', () => {
          tell(response.complete ? 'whole' : 'broken');
        });
      });
      const heard = (count: number): Promise<readonly Told[]> =>
        new Promise((give) => {
          const look = (): void => {
            if (told.length < count) return;
            waiting.delete(look);
            give(told);
          };
          waiting.add(look);
          look();
        });
      resolve({
        told,
        heard,
        stop: () => void response.pause(),
        goOn: () => void response.resume(),
        leave: () => void asked.destroy(),
        comments: () => comments,
        ended,
      });
    });
    asked.on('error', reject);
    asked.end();
    onTestFinished(() => void asked.destroy());
  });
}

const EVENT = /^id: (\d+)\nevent: (\w+)\ndata: (.+)$/;

function parseEvent(block: string): Told {
  const [, id, name = '', data = ''] = EVENT.exec(block) ?? [];
  if (id === undefined) throw new Error(`No event: ${block.slice(0, 200)}`);
  return { id: Number(id), name, data: JSON.parse(data) as Told['data'] };
}
