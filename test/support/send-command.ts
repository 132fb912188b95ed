import type TestAgent from 'supertest/lib/agent.js';

import { toFields, type Command, type Pools } from './commands.ts';
import { takeFirstEvent } from './first-event.ts';

/** Sends a command with what the pools know put in; `prefix` stands before its path. */
export async function sendCommand(
  app: TestAgent,
  prefix: string,
  command: Command,
  pools: Pools,
  isStream: boolean,
): Promise<{ status: number; body: unknown }> {
  const { method, path, headers, body } = command;
  const query = new URLSearchParams(toFields(pools.fill(command.query))).toString();
  const url = `${prefix}${pools.fillPath(path)}${query === '' ? '' : `?${query}`}`;
  const verb = method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete';
  const request = app[verb](url).set(pools.fill(headers));
  if (isStream) request.buffer(true).parse(takeFirstEvent);
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
