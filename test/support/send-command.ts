import type TestAgent from 'supertest/lib/agent.js';

import { toFields, type Command, type Pools } from './commands.ts';
import { readFirstEvent, takeFirstEvent } from './first-event.ts';

/** An answer, with a body of which nothing is known. */
export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Not of an image. */
  readonly text?: string;
  readonly body: unknown;
}

/** How a command reaches what it is for, with what the pools put in for its marks. */
export interface Way {
  /** What stands before its path. */
  readonly prefix: string;
  readonly pools: Pools;
  readonly isStream: boolean;
  /** Of a stream, is given what has its client leave, which otherwise does so at once. */
  readonly onOpen?: (leave: () => void) => void;
}

/** Sends a command to an emulator; of a stream the first event is the body. */
export async function sendCommand(
  app: TestAgent,
  command: Command,
  { prefix, pools, isStream, onOpen }: Way,
): Promise<Answered> {
  const { method, path, headers, body } = command;
  const query = new URLSearchParams(toFields(pools.fill(command.query))).toString();
  const url = `${prefix}${pools.fillPath(path)}${query === '' ? '' : `?${query}`}`;
  const verb = method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete';
  const request = app[verb](url).set(pools.fill(headers));
  if (isStream) request.buffer(true).parse(onOpen ? readFirstEvent(onOpen) : takeFirstEvent);
  switch (body.kind) {
    case 'none':
      return request;
    case 'json':
      return request.type('application/json').send(JSON.stringify(pools.fill(body.value) ?? null));
    case 'form':
      return request.type('form').send(new URLSearchParams(toFields(pools.fill(body.fields))).toString());
    case 'text':
      return request.type(body.type).send(body.text);
  }
}
