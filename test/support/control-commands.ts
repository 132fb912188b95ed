import type fc from 'fast-check';

import type { Provider } from '../../src/core/provider/provider.ts';
import { commandsOf, type Command } from './commands.ts';
import type { ProviderRequests } from './requests.ts';

/** A schema in the form that documents have: there null is no type of its own. */
function toDocumented(schema: object): unknown {
  return JSON.parse(JSON.stringify(schema), (_, part: unknown) => {
    const types = typeof part === 'object' && part !== null && 'type' in part ? part.type : undefined;
    if (!Array.isArray(types)) return part;
    return {
      ...(part as object),
      type: types.find((type) => type !== 'null') as unknown,
      nullable: types.includes('null'),
    };
  });
}

/** The controls of a provider as a document, with moves of the clock beside them. */
function toControlDocument({ id, controls }: Provider): object {
  const paths = Object.entries(controls).map(([name, { schema }]) => {
    const requestBody = { content: { 'application/json': { schema: toDocumented(schema) } } };
    return [`/controls/${id}/${name}`, { post: { operationId: name, requestBody, responses: {} } }] as const;
  });
  const advance = {
    content: {
      'application/json': { schema: { type: 'object', properties: { by: { enum: ['PT1S', 'PT4S', 'P3D'] } } } },
    },
  };
  const clock = { post: { operationId: 'advance', requestBody: advance, responses: {} } };
  return { paths: { ...Object.fromEntries(paths), '/clock/advance': clock } };
}

/** Random controls of a provider and moves of the clock, below `/_emulator`. */
export function controlCommandsOf(provider: Provider, requests: ProviderRequests): fc.Arbitrary<Command> {
  return commandsOf(toControlDocument(provider), { ...requests, headers: {} });
}
