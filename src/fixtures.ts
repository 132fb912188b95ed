import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { ConfigError } from './config-error.ts';
import { parseInstant, type Instant } from './core/clock.ts';
import { readBundled, toBundledUrl } from './core/document.ts';
import { toMessage } from './core/failure.ts';
import { FixtureFault } from './core/fixture.ts';
import type { Provider } from './core/provider.ts';
import type { Section } from './core/seed.ts';
import { toRuleList, type RuleList } from './fault-list.ts';
import { assertSection } from './fixture-section.ts';
import { suggest } from './core/nearest.ts';
import { describeFault, readFileSource, type Source } from './source.ts';

/** What a list of worlds and files comes to. */
export interface Fixtures {
  readonly sections: readonly Section[];
  readonly clock: Instant | undefined;
  readonly randomSeed: number | undefined;
  readonly faults: readonly RuleList[];
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
  const faults: RuleList[] = [];
  let clock: Instant | undefined;
  let randomSeed: number | undefined;
  const add = async (name: string, from: readonly string[], by?: Source): Promise<void> => {
    for (const source of await readSources(name, providers, by)) {
      const fixture = assertFixture(source, ids);
      if (fixture.extends !== undefined) await addBase(fixture.extends, source, [...from, name]);
      clock = fixture.clock ?? clock;
      randomSeed = fixture.randomSeed ?? randomSeed;
      sections.push(...toSections(source, providers));
      if (fixture.faults) faults.push(fixture.faults);
    }
  };
  const addBase = async (written: string, source: Source, from: readonly string[]): Promise<void> => {
    const base = toFixtureName(written, dirname(from.at(-1) ?? ''));
    if (from.some((name) => resolve(name) === resolve(base))) {
      throw new ConfigError(describeFault(source, ['extends'], `The fixture "${written}" extends itself.`));
    }
    await add(base, from, source);
  };
  for (const name of names) await add(name, []);
  return { sections, clock, randomSeed, faults };
}

/** A file is found from the folder in which its name is written; a world has a plain name. */
export function toFixtureName(written: string, folder: string): string {
  if (!isFile(written) || isAbsolute(written)) return written;
  const name = join(folder, written);
  return isFile(name) ? name : resolve(name);
}

function isFile(name: string): boolean {
  return /[/\\]|\.(ya?ml|json)$/.test(name);
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

/** @param by what extends it, for the place of what goes wrong */
async function readSources(
  name: string,
  providers: readonly Provider[],
  by: Source | undefined,
): Promise<readonly Source[]> {
  if (name === DEFAULT_WORLD) {
    const sources = providers.map((provider) => readBundledSource(new URL(`${provider.id}.yaml`, FOLDER)));
    return (await Promise.all(sources)).filter((source) => source !== undefined);
  }
  try {
    return [await readFileSource(isFile(name) ? name : toWorldFile(name))];
  } catch (error) {
    throw by && error instanceof ConfigError ? new ConfigError(describeFault(by, ['extends'], error.message)) : error;
  }
}

function toWorldFile(name: string): string {
  const worlds = listWorlds();
  if (worlds.includes(name)) return fileURLToPath(new URL(`${name}.yaml`, WORLDS));
  const known = `Known: ${worlds.join(', ')}; a file ends in .yaml or .json.`;
  throw new ConfigError(`There is no world "${name}"${suggest(name, worlds)} ${known}`);
}

/** A provider from outside has no bundled fixture. */
async function readBundledSource(file: URL): Promise<Source | undefined> {
  if (!existsSync(file)) return undefined;
  const name = basename(file.pathname);
  return { content: await readBundled(file), trusted: true, locate: () => name };
}

interface Common {
  readonly extends: string | undefined;
  readonly clock: Instant | undefined;
  readonly randomSeed: number | undefined;
  readonly faults: RuleList | undefined;
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
  const clock = expectField(source, fields, 'clock', 'string');
  const randomSeed = expectField(source, fields, 'randomSeed', 'number');
  if (randomSeed !== undefined && !Number.isSafeInteger(randomSeed)) {
    throw new ConfigError(describeFault(source, ['randomSeed'], '"randomSeed" must be a whole number.'));
  }
  return {
    extends: expectField(source, fields, 'extends', 'string'),
    clock: clock === undefined ? undefined : parseClock(source, clock),
    randomSeed,
    faults: fields['faults'] === undefined ? undefined : toRuleList(source, fields['faults']),
  };
}

function parseClock(source: Source, clock: string): Instant {
  try {
    return parseInstant(clock);
  } catch (error) {
    throw new ConfigError(describeFault(source, ['clock'], toMessage(error)));
  }
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

function toFields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
