import { constants } from 'node:buffer';
import { readFile, stat } from 'node:fs/promises';

import { ConfigError } from '../core/values/config-error.ts';
import { version } from '../config/version.ts';
import { isSandboxName } from '../core/sandbox/sandboxes.ts';
import { parseInstant } from '../core/values/clock.ts';
import { toListSchema, toObjectSchema } from '../core/values/json-schema.ts';
import { checkSchema } from '../core/values/json-schema-check.ts';
import { toMessage } from '../core/values/message.ts';
import { quote, shorten, shortenTo } from '../core/values/quotation.ts';
import { isDeeperThan } from '../core/wire/body.ts';
import { FORMAT, type Bundle } from './bundle.ts';

const text = { type: 'string' };
const texts = { type: 'array', items: text };
const count = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
const bytes = { anyOf: [text, toObjectSchema(['base64'], { base64: text })] };
const answer = {
  type: 'object',
  required: ['status', 'headers', 'body'],
  properties: {
    status: count,
    headers: { type: 'object', additionalProperties: { type: ['string', 'number'] } },
    body: bytes,
    ended: text,
    events: texts,
  },
};
const request = {
  required: ['id', 'provider', 'method', 'url', 'headers', 'body', 'answer'],
  properties: {
    ...{ id: text, provider: text, method: text, url: { type: 'string', pattern: '^/' } },
    headers: { type: 'object', additionalProperties: { anyOf: [text, texts] } },
    body: { anyOf: [...bytes.anyOf, { type: 'null' }] },
    answer,
  },
};
const act = {
  required: ['method', 'path'],
  // A bundle contains no other endpoints.
  properties: {
    method: { enum: ['POST', 'PUT', 'DELETE'] },
    path: { type: 'string', pattern: '^/(faults|controls)(/|$)' },
  },
};
const waited = { required: ['id'], properties: { id: text, ago: count } };
const item = {
  type: 'object',
  required: ['kind', 'at'],
  properties: { kind: { enum: ['request', 'act', 'clock', 'go', 'left'] }, at: text },
  allOf: Object.entries({ request, act, go: waited, left: waited }).map(([kind, then]) => ({
    if: { properties: { kind: { const: kind } } },
    then,
  })),
};
const schema = toObjectSchema(['bundle', 'version', 'sandbox', 'options', 'chapters'], {
  bundle: { const: FORMAT },
  version: text,
  sandbox: text,
  redacted: texts,
  options: toObjectSchema(['providers', 'set', 'strict', 'requestFaults'], {
    ...{ providers: texts, set: texts, strict: { type: 'boolean' }, requestFaults: { type: 'boolean' } },
    bodyLimit: count,
  }),
  chapters: toListSchema(['how', 'at', 'numbering', 'state', 'items'], {
    how: { enum: ['start', 'reset', 'import', 'restore', 'fork'] },
    at: text,
    numbering: toObjectSchema(['requests', 'commits', 'entries'], { requests: count, commits: count, entries: count }),
    state: { type: 'object' },
    items: { type: 'array', items: item },
  }),
});

/** Maximum nesting of a bundle file; an imported state has half as many levels. */
const DEEPEST = 2000;
/** Maximum characters of one error, because a name in it may have any length. */
const MISTAKE = 300;

/** Reads and checks a bundle file. @throws {ConfigError} if it is not a bundle */
export async function readBundle(file: string): Promise<Bundle> {
  const written = await readText(file);
  const refuse = (why: string): never => {
    throw new ConfigError(`${file} is not a bundle: ${why}`);
  };
  if (isDeeperThan(written, DEEPEST)) return refuse(`it is nested more than ${DEEPEST} levels deep`);
  let content: unknown;
  try {
    content = JSON.parse(written);
  } catch (error) {
    return refuse(shortenTo(MISTAKE, toMessage(error)));
  }
  assertFormat(file, content);
  const { mistakes, more } = checkSchema(schema, content);
  if (mistakes.length > 0) {
    const said = mistakes.map(({ pointer, message }) => shortenTo(MISTAKE, `${pointer} ${message}`.trim()));
    return refuse(`${said.join('; ')}${more ? '; and more' : ''}`);
  }
  // The schema has checked the type.
  const bundle = content as Bundle;
  if (!isSandboxName(bundle.sandbox)) return refuse(`/sandbox ${quote(bundle.sandbox)} cannot name a sandbox`);
  try {
    for (const { at, items } of bundle.chapters) for (const one of [{ at }, ...items]) parseInstant(one.at);
  } catch (error) {
    return refuse(toMessage(error));
  }
  return bundle;
}

async function readText(file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size > constants.MAX_STRING_LENGTH) {
      throw new ConfigError(`it has ${size} bytes; the maximum is ${constants.MAX_STRING_LENGTH}`);
    }
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new ConfigError(`${file} cannot be read: ${toMessage(error)}`);
  }
}

/** Checks the format first: the schema says nothing about other formats. */
function assertFormat(file: string, content: unknown): void {
  if (typeof content !== 'object' || content === null || !('bundle' in content)) return;
  const { bundle: format } = content;
  if (typeof format !== 'number' || format === FORMAT) return;
  const writer = 'version' in content && typeof content.version === 'string' ? content.version : undefined;
  const by = writer === undefined ? '' : `, written by version ${shorten(writer)}`;
  throw new ConfigError(
    `${file} is a bundle of format ${format}${by}; this version, ${version}, plays format ${FORMAT}.`,
  );
}
