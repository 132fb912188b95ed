import { follow, type Followed } from './events.ts';

/** One event of GET /events. */
export interface Told {
  readonly id: number;
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>> & { readonly seq: number };
}

/** A client of GET /events, which leaves when the test ends. */
export interface Hearer extends Pick<Followed<Told>, 'stop' | 'goOn' | 'leave' | 'ended'> {
  /** All that it was told. */
  readonly told: readonly Told[];
  /** Resolves when it was told so many events in all. */
  readonly heard: (count: number) => Promise<readonly Told[]>;
  /** How many comments came. */
  readonly comments: () => number;
}

export interface HearOptions {
  /** The id behind which it begins. */
  readonly last?: number;
  readonly query?: string;
  readonly sandbox?: string;
}

/** @param url of the emulator */
export async function hear(url: string, { last, query = '', sandbox = 'default' }: HearOptions = {}): Promise<Hearer> {
  const headers = { 'X-Emulator-Sandbox': sandbox, ...(last === undefined ? {} : { 'Last-Event-ID': String(last) }) };
  const told: Told[] = [];
  let comments = 0;
  const parse = (text: string): readonly Told[] => {
    const blocks = text.split('\n\n').slice(0, -1);
    const events = blocks.filter((block) => !block.startsWith(':')).map(parseEvent);
    comments += blocks.length - events.length;
    told.push(...events);
    return events;
  };
  const { next, ...followed } = await follow(`${url}/_emulator/events${query}`, { headers, parse });
  const heard = async (count: number): Promise<readonly Told[]> => {
    while (told.length < count) await next();
    return told;
  };
  return { ...followed, told, heard, comments: () => comments };
}

const EVENT = /^id: (\d+)\nevent: (\w+)\ndata: (.+)$/;

function parseEvent(block: string): Told {
  const [, id, name = '', data = ''] = EVENT.exec(block) ?? [];
  if (id === undefined) throw new Error(`No event: ${block.slice(0, 200)}`);
  return { id: Number(id), name, data: JSON.parse(data) as Told['data'] };
}
