import { Ajv, type ErrorObject } from 'ajv';
import addFormats from 'ajv-formats';

import { shorten } from './quotation.ts';

let made: Ajv | undefined;

/** Made when first asked for, which a plain start does not: 5 ms. */
function getAjv(): Ajv {
  if (made) return made;
  // The first mistake ends a check: a value of some megabytes may hold millions, each of which takes memory.
  made = new Ajv({ strict: false, verbose: true });
  addFormats.default(made);
  return made;
}

/** One way in which a value does not fit its schema. */
export interface SchemaMistake {
  /** JSON pointer; a long name in it is cut. */
  readonly pointer: string;
  readonly schemaPath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message: string;
  readonly data: unknown;
  /** The schema that has the keyword. */
  readonly schema: object;
}

export interface SchemaMistakes {
  /** The first ones, in the order of the value; alternatives that all fail are one, of several sentences. */
  readonly mistakes: readonly SchemaMistake[];
  /** Whether there are others. */
  readonly more: boolean;
}

const MOST = 10;
const FITS: SchemaMistakes = { mistakes: [], more: false };

interface Schema {
  readonly items?: unknown;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

/** @throws for what is no JSON Schema */
export function assertSchema(schema: object): void {
  getAjv().compile(schema);
}

/**
 * Checks a value that is no part of a document: a fixture's section, a control's arguments. Where it does not fit, its
 * items and fields are looked at one by one, until ten mistakes are found.
 */
export function checkSchema(schema: object, value: unknown): SchemaMistakes {
  if (getAjv().compile(schema)(value)) return FITS;
  const found: (readonly SchemaMistake[])[] = [];
  collect(schema, value, '', found);
  return { mistakes: found.slice(0, MOST).flat(), more: found.length > MOST };
}

function collect(schema: Schema, value: unknown, pointer: string, found: (readonly SchemaMistake[])[]): void {
  const before = found.length;
  const ajv = getAjv();
  const validate = ajv.compile(schema);
  if (validate(value)) return;
  const whole = toMistakes(validate.errors, pointer);
  const rest = ajv.compile(withoutParts(schema));
  if (!rest(value)) found.push(openAlternatives(schema, value, toMistakes(rest.errors, pointer)));
  for (const [part, name, content] of listParts(schema, value, pointer, found)) {
    if (found.length > MOST) return;
    collect(part, content, `${pointer}/${toPointerPart(name)}`, found);
  }
  if (found.length === before) found.push(whole);
}

type Part = readonly [schema: Schema, name: string, content: unknown];

/** The items and fields that have schemas of their own. Reports on the way the fields that are missing or unknown. */
function* listParts(
  schema: Schema,
  value: unknown,
  pointer: string,
  found: (readonly SchemaMistake[])[],
): IterableIterator<Part> {
  if (Array.isArray(value)) {
    const { items } = schema;
    for (let index = 0; isSchema(items) && index < value.length; index += 1) yield [items, String(index), value[index]];
    return;
  }
  if (!isObject(value) || !hasOwnFields(schema)) return;
  const { required = [], properties = {}, additionalProperties: others } = schema;
  const at = { pointer, data: value, schema };
  for (const name of required) {
    if (!Object.hasOwn(value, name)) found.push([toMissing(name, at)]);
  }
  for (const name in value) {
    if (found.length > MOST) return;
    if (others === false && !Object.hasOwn(properties, name)) found.push([toUnknown(name, at)]);
  }
  for (const name in value) {
    const part = Object.hasOwn(properties, name) ? properties[name] : others;
    if (isSchema(part)) yield [part, name, value[name]];
  }
}

/** What each alternative misses; of an object or list, what the only one misses that takes such a value. */
function openAlternatives(
  { anyOf = [], oneOf = [] }: Schema,
  value: unknown,
  mistakes: readonly SchemaMistake[],
): readonly SchemaMistake[] {
  const last = mistakes.at(-1);
  if (last?.schemaPath !== '#/anyOf' && last?.schemaPath !== '#/oneOf') return mistakes;
  const found = (last.keyword === 'anyOf' ? anyOf : oneOf).map((alternative) => {
    const ofOne: (readonly SchemaMistake[])[] = [];
    collect(alternative, value, last.pointer, ofOne);
    return ofOne.flat();
  });
  const meant = found.filter(
    (ofOne) => !ofOne.some(({ keyword, pointer }) => keyword === 'type' && pointer === last.pointer),
  );
  if (isObject(value) && meant[0] && meant.length === 1) return meant[0];
  const opened = found.flatMap((ofOne, index) => {
    const toPath = (path: string): string => `${last.schemaPath}/${index}${path.slice(1)}`;
    return ofOne.map((mistake) => ({ ...mistake, schemaPath: toPath(mistake.schemaPath) }));
  });
  return [...opened, last];
}

function toMissing(name: string, at: Pick<SchemaMistake, 'pointer' | 'data' | 'schema'>): SchemaMistake {
  const message = `must have required property '${name}'`;
  return { ...at, schemaPath: '#/required', keyword: 'required', params: { missingProperty: name }, message };
}

function toUnknown(name: string, at: Pick<SchemaMistake, 'pointer' | 'data' | 'schema'>): SchemaMistake {
  const keyword = 'additionalProperties';
  const params = { additionalProperty: shorten(name) };
  return { ...at, schemaPath: `#/${keyword}`, keyword, params, message: 'must NOT have additional properties' };
}

const rests = new WeakMap<object, object>();

/** What a schema says beside what it says of parts. Made once, so that it is compiled once. */
function withoutParts(schema: Schema): object {
  const known = rests.get(schema);
  if (known) return known;
  const apart = [...(hasOwnFields(schema) ? FIELDS : []), ...(isSchema(schema.items) ? ['items'] : [])];
  const rest = Object.fromEntries(Object.entries(schema).filter(([keyword]) => !apart.includes(keyword)));
  rests.set(schema, rest);
  return rest;
}

const FIELDS = ['properties', 'required', 'additionalProperties'];

/** Where patterns decide which fields are others, all of them belong together. */
function hasOwnFields(schema: Schema): boolean {
  return !('patternProperties' in schema);
}

function toMistakes(errors: readonly ErrorObject[] | null | undefined, pointer: string): readonly SchemaMistake[] {
  return (errors ?? []).map((error) => ({
    pointer: pointer + error.instancePath,
    schemaPath: error.schemaPath,
    keyword: error.keyword,
    params: error.params,
    message: error.message ?? error.keyword,
    data: error.data,
    schema: error.parentSchema ?? {},
  }));
}

function toPointerPart(name: string): string {
  return shorten(name).replaceAll('~', '~0').replaceAll('/', '~1');
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
