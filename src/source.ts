import { readFile } from 'node:fs/promises';

import type * as Yaml from 'yaml';
import type { Document, LineCounter } from 'yaml';

import { ConfigError } from './config-error.ts';
import { toMessage } from './core/failure.ts';
import type { FixturePath } from './core/fixture.ts';

/** A fixture or a file with settings as it was read, and how to say where something stands in it. */
export interface Source {
  readonly content: unknown;
  /** Whether it is one of the package's own, which the tests have checked against their schemas. */
  readonly trusted: boolean;
  /** `file:line:column` of a field's name or a list's item, or what comes closest. */
  locate(path: FixturePath): string;
}

/** Reads a YAML or JSON file so that faults in it can be located. @throws {ConfigError} */
export async function readFileSource(file: string): Promise<Source> {
  const text = await readText(file);
  const yaml = await import('yaml');
  const content = file.endsWith('.json') ? parseJson(text) : undefined;
  if (content === undefined) return parseYaml(yaml, text, file);
  // A hundred times as fast as by YAML, which is needed only to say where a fault stands.
  let located: Source | undefined;
  return {
    content,
    trusted: false,
    locate: (path) => (located ??= parseYaml(yaml, text, file)).locate(path),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function parseYaml(yaml: typeof Yaml, text: string, file: string): Source {
  const lines = new yaml.LineCounter();
  const document = yaml.parseDocument(text, { lineCounter: lines });
  const [error] = document.errors;
  if (error) throw new ConfigError(`${toPlace(file, lines, error.pos[0])}: ${toSentence(error)}`);
  return {
    content: toContent(document, file),
    trusted: false,
    locate: (path) => toPlace(file, lines, findOffset(yaml, document, path)),
  };
}

/** `file:line:column: users[3].email: message` */
export function describeFault(source: Source, path: FixturePath, message: string): string {
  const where = path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`));
  return `${source.locate(path)}: ${where.length > 0 ? `${where.join('')}: ` : ''}${message}`;
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') throw new ConfigError(`There is no file "${file}".`);
    if (code === 'EISDIR') throw new ConfigError(`"${file}" is a folder, not a file.`);
    throw new ConfigError(`The file "${file}" cannot be read: ${toMessage(error)}`);
  }
}

function toSentence({ code, message }: { readonly code: string; readonly message: string }): string {
  if (code === 'MULTIPLE_DOCS') return 'A file holds one document.';
  // What follows is the place and a picture of it.
  return message.split(' at line ', 1)[0] ?? message;
}

/** An alias that points nowhere, or that is there to fill the memory, shows only now. */
function toContent(document: Document, file: string): unknown {
  try {
    return document.toJS() as unknown;
  } catch (error) {
    throw new ConfigError(`${file}: ${toMessage(error)}`);
  }
}

function toPlace(file: string, lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset);
  return `${file}:${line}:${col}`;
}

/** Where the last part of the path stands, or of what there is of it. */
function findOffset({ isMap, isNode, isScalar, isSeq }: typeof Yaml, document: Document, path: FixturePath): number {
  let offset = 0;
  let node: unknown = document.contents;
  for (const part of path) {
    let found: unknown;
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
      found = pair?.key;
      node = pair?.value;
    } else if (isSeq(node)) {
      found = node.items[Number(part)];
      node = found;
    }
    if (!isNode(found) || !found.range) break;
    offset = found.range[0];
  }
  return offset;
}
