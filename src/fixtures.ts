import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Ajv } from 'ajv';

import { ConfigError } from './config.ts';
import { readBundled, toBundledUrl } from './core/document.ts';
import { toMessage } from './core/failure.ts';
import { FixtureFault, type FixturePath } from './core/fixture.ts';
import type { Provider } from './core/provider.ts';
import type { Section } from './core/seed.ts';
import { suggest } from './nearest.ts';

/** What a list of worlds and files comes to. */
export interface Fixtures {
  readonly sections: readonly Section[];
  readonly clock: string | undefined;
  readonly randomSeed: number | undefined;
}

/** A fixture as it was read, and how to say where something stands in it. */
export interface Source {
  readonly content: unknown;
  /** Whether it is one of the package's own, which the tests have checked against their schemas. */
  readonly trusted: boolean;
  /** `file:line:column`, or what comes closest. */
  locate(path: FixturePath): string;
}

const FOLDER = toBundledUrl('fixtures/');
const WORLDS = new URL('worlds/', FOLDER);
/** The world that is made of every provider's own fixture. */
const DEFAULT_WORLD = 'default';
const COMMON_KEYS = ['$schema', 'extends', 'clock', 'randomSeed', 'faults'];

/** Names that `--fixtures` knows. */
export function listWorlds(): readonly string[] {
  const files = existsSync(WORLDS) ? readdirSync(WORLDS) : [];
  return [DEFAULT_WORLD, ...files.filter((file) => file.endsWith('.yaml')).map((file) => file.replace(/\.yaml$/, ''))];
}

/**
 * Reads worlds and files in order; later ones add to and override earlier ones.
 *
 * @param providers those that are switched on; sections of other known ones are passed over
 * @throws {ConfigError} with file, line and path of every fault
 */
export async function loadFixtures(
  names: readonly string[],
  providers: readonly Provider[],
  known: Iterable<string>,
): Promise<Fixtures> {
  const ids = new Set(known);
  const sections: Section[] = [];
  let clock: string | undefined;
  let randomSeed: number | undefined;
  const add = async (name: string, from: readonly string[]): Promise<void> => {
    if (from.includes(name)) throw new ConfigError(`The fixture "${name}" extends itself.`);
    for (const source of await readSources(name, providers)) {
      const fixture = assertFixture(source, ids);
      if (fixture.extends !== undefined) await add(fixture.extends, [...from, name]);
      clock = fixture.clock ?? clock;
      randomSeed = fixture.randomSeed ?? randomSeed;
      sections.push(...toSections(source, providers));
    }
  };
  for (const name of names) await add(name, []);
  return { sections, clock, randomSeed };
}

/** The providers' sections of one fixture, each checked against its schema. @throws {ConfigError} */
export function toSections(source: Source, providers: readonly Provider[]): readonly Section[] {
  const sections: Section[] = [];
  for (const provider of providers) {
    const content = toFields(source.content)[provider.id];
    if (content === undefined) continue;
    if (!source.trusted) assertSection(source, provider, content);
    sections.push({
      provider,
      content,
      locate: (error) =>
        error instanceof FixtureFault
          ? new ConfigError(describeFault(source, [provider.id, ...error.path], error.message))
          : error,
    });
  }
  return sections;
}

async function readSources(name: string, providers: readonly Provider[]): Promise<readonly Source[]> {
  if (name === DEFAULT_WORLD) {
    const sources = providers.map((provider) => readBundledSource(new URL(`${provider.id}.yaml`, FOLDER)));
    return (await Promise.all(sources)).filter((source) => source !== undefined);
  }
  if (/[/\\]|\.(ya?ml|json)$/.test(name)) return [await readFileSource(name)];
  if (!/^[\w-]+$/.test(name) || !listWorlds().includes(name)) {
    throw new ConfigError(
      `There is no world "${name}"${suggest(name, listWorlds())} Known: ${listWorlds().join(', ')}; a file ends in .yaml or .json.`,
    );
  }
  return [await readFileSource(fileURLToPath(new URL(`${name}.yaml`, WORLDS)))];
}

/** A provider from outside has no bundled fixture. */
async function readBundledSource(file: URL): Promise<Source | undefined> {
  if (!existsSync(file)) return undefined;
  const name = basename(file.pathname);
  return { content: await readBundled(file), trusted: true, locate: () => name };
}

/** Reads a YAML or JSON file so that faults in it can be located. @throws {ConfigError} */
export async function readFileSource(file: string): Promise<Source> {
  const { LineCounter, parseDocument, isNode } = await import('yaml');
  const lines = new LineCounter();
  const document = parseDocument(await readText(file), { lineCounter: lines });
  const [error] = document.errors;
  if (error) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw new ConfigError(`${file}:${line}:${col}: ${error.message.split(' at line ', 1)[0] ?? error.message}`);
  }
  return {
    content: document.toJS() as unknown,
    trusted: false,
    locate: (path) => {
      for (let length = path.length; length > 0; length -= 1) {
        const node = document.getIn(path.slice(0, length), true);
        if (!isNode(node) || !node.range) continue;
        const { line, col } = lines.linePos(node.range[0]);
        return `${file}:${line}:${col}`;
      }
      return `${file}:1:1`;
    },
  };
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new ConfigError(`The file "${file}" cannot be read: ${toMessage(error)}`);
  }
}

interface Common {
  readonly extends: string | undefined;
  readonly clock: string | undefined;
  readonly randomSeed: number | undefined;
}

/** Checks what is not any provider's. @throws {ConfigError} */
export function assertFixture(source: Source, ids: ReadonlySet<string>): Common {
  const { content } = source;
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new ConfigError(describeFault(source, [], 'A fixture is a mapping with a key per provider.'));
  }
  const known = [...COMMON_KEYS, ...ids];
  const wrong = Object.keys(content).find((key) => !known.includes(key));
  if (wrong !== undefined) {
    throw new ConfigError(describeFault(source, [wrong], `"${wrong}" is no provider${suggest(wrong, known)}`));
  }
  const fields = toFields(content);
  if (fields['faults'] !== undefined) {
    throw new ConfigError(describeFault(source, ['faults'], 'Faults in fixtures are not supported by this version.'));
  }
  return {
    extends: expectField(source, fields, 'extends', 'string'),
    clock: expectField(source, fields, 'clock', 'string'),
    randomSeed: expectField(source, fields, 'randomSeed', 'number'),
  };
}

interface FieldTypes {
  string: string;
  number: number;
}

function expectField<K extends keyof FieldTypes>(
  source: Source,
  fields: Readonly<Record<string, unknown>>,
  name: string,
  kind: K,
): FieldTypes[K] | undefined {
  const value = fields[name];
  if (value === undefined || isOfKind(value, kind)) return value;
  throw new ConfigError(describeFault(source, [name], `"${name}" must be a ${kind}.`));
}

function isOfKind<K extends keyof FieldTypes>(value: unknown, kind: K): value is FieldTypes[K] {
  return typeof value === kind;
}

function assertSection(source: Source, provider: Provider, content: unknown): void {
  const subject = findMagicSubject(content);
  if (subject) {
    const detail = 'A record with a fault (a magic subject) is not supported by this version.';
    throw new ConfigError(describeFault(source, [provider.id, ...subject], detail));
  }
  const validate = new Ajv({ allErrors: true, strict: false }).compile(provider.fixture.schema);
  if (validate(content)) return;
  const faults = (validate.errors ?? []).map(({ instancePath, keyword, params, message = keyword }) => {
    const path = [provider.id, ...toPath(instancePath)];
    if (keyword !== 'additionalProperties') return describeFault(source, path, toExpectation(params, message));
    const extra = String(params['additionalProperty']);
    return describeFault(source, [...path, extra], `"${extra}" is not known here.`);
  });
  throw new ConfigError([...new Set(faults)].join('\n'));
}

function toExpectation(params: Readonly<Record<string, unknown>>, message: string): string {
  const allowed = params['allowedValues'];
  return Array.isArray(allowed) ? `${message}: ${allowed.join(', ')}` : message;
}

/** JSON pointer to path; digits are indexes, because no section has a record with digits for a field. */
function toPath(pointer: string): FixturePath {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part.replaceAll('~1', '/').replaceAll('~0', '~')));
}

/** Where the first record of a section with a `fault` field is. */
function findMagicSubject(section: unknown): FixturePath | undefined {
  for (const [list, records] of Object.entries(toFields(section))) {
    if (!Array.isArray(records)) continue;
    const index = records.findIndex((record) => toFields(record)['fault'] !== undefined);
    if (index >= 0) return [list, index, 'fault'];
  }
  return undefined;
}

function toFields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function describeFault(source: Source, path: FixturePath, message: string): string {
  const where = path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`));
  return `${source.locate(path)}: ${where.length > 0 ? `${where.join('')}: ` : ''}${message}`;
}
