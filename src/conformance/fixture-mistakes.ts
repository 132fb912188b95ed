import { checkSchema } from '../core/values/json-schema-check.ts';
import type { FixturePath } from '../core/provider/fixture.ts';
import { openBench, type Bench } from './bench.ts';
import type { Subject } from './subject.ts';

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: unknown;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly description?: string;
}

/** A value of a fixture with its schema. */
interface Place {
  readonly path: FixturePath;
  readonly schema: Schema;
  readonly value: unknown;
}

/** A section with one error. */
interface Mistake {
  readonly section: object;
  readonly title: string;
  /** The path that the refusal has to name. */
  readonly named: string;
}

type Section = Readonly<Record<string, readonly unknown[]>>;

const WRONG = [true, 5, 'wrong', [], {}];

/**
 * Puts states with one error each into a sandbox. They are made of the state after all samples, by the schema: a missing
 * required field, a value of a wrong type, an unknown field, an unreadable instant, and a repeated entry.
 *
 * @returns a sentence for each error that is not refused with its path. Lists without entries are skipped
 */
export async function findOverlooked(subject: Subject): Promise<readonly string[]> {
  const { id, fixture } = subject.provider;
  const bench = await openBench(subject);
  for (const sample of Object.values(subject.requests.operations)) await bench.send(sample);
  const section = toSection(await bench.act('GET', '/state'), id);
  const before = await bench.act('GET', '/state');
  const sentences = [];
  // A fixture's schema is that of an object with lists.
  for (const mistake of listMistakes(fixture.schema, section)) {
    const { status, text } = await put(bench, id, mistake.section);
    const place = `${id}.${mistake.named}`;
    if (status === 400 && text.includes(place)) continue;
    sentences.push(`${id}.fixture: ${mistake.title} is answered ${status}, and is to be refused at ${place}: ${text}`);
  }
  if (JSON.stringify(before) !== JSON.stringify(await bench.act('GET', '/state'))) {
    sentences.push(`${id}.fixture: a state that is refused changes the sandbox.`);
  }
  for (const [list, entries] of Object.entries(section)) {
    if (entries.length > 0) sentences.push(...(await findReplaced(bench, id, section, list)));
  }
  return sentences;
}

/** A repeated entry must be refused at the second one, or kept twice. */
async function findReplaced(bench: Bench, id: string, section: Section, list: string): Promise<readonly string[]> {
  const entries = section[list] ?? [];
  const { status, text } = await put(bench, id, { ...section, [list]: [...entries, entries[0]] }, 'twice');
  const place = `${id}.${list}[${entries.length}]`;
  if (status === 400 && text.includes(place)) return [];
  const left = status < 300 ? toSection(await bench.act('GET', '/state', undefined, 'twice'), id)[list] : undefined;
  if (left && left.length > entries.length) return [];
  return [`${id}.fixture: ${place} repeats ${list}[0], and is neither refused there nor kept: ${status} ${text}`];
}

function put({ ask }: Bench, id: string, section: object, sandbox = 'default'): ReturnType<Bench['ask']> {
  const headers = { 'X-Emulator-Sandbox': sandbox, 'Content-Type': 'application/json' };
  return ask('/_emulator/state', 'PUT', headers, JSON.stringify({ [id]: section }));
}

function toSection(state: unknown, id: string): Section {
  // A dumped section was loaded before, so it matches its schema.
  return (state as Readonly<Record<string, Section>>)[id] ?? {};
}

function* listMistakes(schema: Schema, section: Section): IterableIterator<Mistake> {
  for (const { path, schema: own, value } of listPlaces(schema, section, [])) {
    const [list, index, ...rest] = path;
    if (typeof list !== 'string' || typeof index !== 'number') continue;
    const place = toText(path);
    // A section that does not match the schema is refused before anything is loaded.
    const alone = (changed: unknown): object => ({ [list]: [replace(section[list]?.[index], rest, changed)] });
    const first = toText([list, 0, ...rest]);
    if (isObject(value)) {
      for (const name of own.required ?? []) {
        const { [name]: _, ...left } = value;
        yield { section: alone(left), title: `${place} without ${name}`, named: first };
      }
      if (own.additionalProperties === false) {
        const title = `an unknown field of ${place}`;
        yield { section: alone({ ...value, nowhere: 1 }), title, named: `${first}.nowhere` };
      }
    }
    const wrong = WRONG.find((one) => checkSchema(own, one).mistakes.length > 0);
    if (wrong !== undefined)
      yield { section: alone(wrong), title: `${JSON.stringify(wrong)} as ${place}`, named: first };
    if (own.description?.startsWith('RFC 3339') && typeof value === 'string') {
      yield { section: replace(section, path, 'soon') as object, title: `"soon" as ${place}`, named: place };
    }
  }
}

/** Yields the first value of each kind. */
function* listPlaces(schema: Schema, value: unknown, path: FixturePath): IterableIterator<Place> {
  const own = schema.anyOf?.find((one) => checkSchema(one, value).mistakes.length === 0) ?? schema;
  yield { path, schema: { ...schema, ...own }, value };
  if (Array.isArray(value)) {
    if (own.items && value.length > 0) yield* listPlaces(own.items, value[0], [...path, 0]);
  } else if (isObject(value)) {
    for (const [name, part] of Object.entries(own.properties ?? {})) {
      if (value[name] !== undefined) yield* listPlaces(part, value[name], [...path, name]);
    }
  }
}

function replace(value: unknown, [step, ...rest]: FixturePath, by: unknown): unknown {
  if (step === undefined) return by;
  if (Array.isArray(value))
    return value.map((part: unknown, index) => (index === step ? replace(part, rest, by) : part));
  return isObject(value) ? { ...value, [step]: replace(value[step], rest, by) } : value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function toText(path: FixturePath): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .slice(1);
}
