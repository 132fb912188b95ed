import { readFile } from 'node:fs/promises';

import { compose } from '../compose.ts';
import { ConfigError } from '../config/config-error.ts';
import { readConfig } from '../config/imported-providers.ts';
import { toListSchema, toObjectSchema } from '../core/values/json-schema.ts';
import { checkSchema } from '../core/values/json-schema-check.ts';
import { silent } from '../core/values/logger.ts';
import { toMessage } from '../core/values/message.ts';
import { bundled } from '../providers/index.ts';
import type { Bundle } from './bundle.ts';
import { NotPlayable } from './player.ts';
import { replay, type Replayed } from './replay.ts';

const count = { type: 'integer', minimum: 0 };
const texts = { type: 'array', items: { type: 'string' } };
const bytes = { anyOf: [{ type: 'string' }, toObjectSchema(['base64'], { base64: { type: 'string' } })] };
const answer = {
  type: 'object',
  required: ['status', 'headers', 'body'],
  properties: { status: count, headers: { type: 'object' }, body: bytes },
};
const item = {
  type: 'object',
  required: ['kind', 'at'],
  properties: { kind: { enum: ['request', 'act', 'clock', 'go', 'left'] }, at: { type: 'string' } },
  if: { properties: { kind: { const: 'request' } } },
  then: {
    required: ['id', 'provider', 'method', 'url', 'headers', 'body', 'answer'],
    properties: { headers: { type: 'object' }, body: { anyOf: [...bytes.anyOf, { type: 'null' }] }, answer },
  },
};
const schema = toObjectSchema(['bundle', 'version', 'sandbox', 'options', 'chapters'], {
  bundle: { const: 1 },
  version: { type: 'string' },
  sandbox: { type: 'string' },
  redacted: texts,
  options: toObjectSchema(['providers', 'set', 'strict', 'requestFaults'], {
    ...{ providers: texts, set: texts, strict: { type: 'boolean' }, requestFaults: { type: 'boolean' } },
    bodyLimit: count,
  }),
  chapters: toListSchema(['how', 'at', 'numbering', 'state', 'items'], {
    how: { enum: ['start', 'reset', 'import', 'restore', 'fork'] },
    at: { type: 'string' },
    numbering: toObjectSchema(['requests', 'commits', 'entries'], { requests: count, commits: count, entries: count }),
    state: { type: 'object' },
    items: { type: 'array', items: item },
  }),
});

/** @throws {ConfigError} for what is no bundle */
export async function readBundle(file: string): Promise<Bundle> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new ConfigError(`${file} cannot be read: ${toMessage(error)}`);
  });
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new ConfigError(`${file} is no bundle: ${toMessage(error)}`);
  }
  const { mistakes, more } = checkSchema(schema, content);
  if (mistakes.length > 0) {
    const said = mistakes.map(({ pointer, message }) => `${pointer} ${message}`.trim());
    throw new ConfigError(`${file} is no bundle: ${said.join('; ')}${more ? '; and more' : ''}`);
  }
  // The schema has checked the shape.
  return content as Bundle;
}

/**
 * Plays a bundle against a fresh emulator.
 *
 * @param files that export providers which are not bundled
 * @throws {ConfigError} @throws {NotPlayable} @throws {NotRecorded}
 */
export async function playBundle(bundle: Bundle, files: readonly string[] = []): Promise<Replayed> {
  const { redacted, options } = bundle;
  if (redacted && redacted.length > 0) {
    throw new NotPlayable(
      `Its secrets were taken out, so that what depends on them cannot be played: ${describe(redacted)}.`,
    );
  }
  const config = await readConfig({ ...options, provider: files, record: true, port: 0, control: 'on' }, bundled);
  const { theatre, sandboxes, streams, close } = await compose(config, silent);
  try {
    return await replay(bundle, theatre);
  } finally {
    sandboxes.close();
    streams.close();
    await close();
  }
}

const SHOWN = 5;

function describe(ids: readonly string[]): string {
  const more = ids.length > SHOWN ? ` and ${ids.length - SHOWN} more` : '';
  return `${ids.slice(0, SHOWN).join(', ')}${more}`;
}
