import { Ajv, type ErrorObject } from 'ajv';
import addFormats from 'ajv-formats';

import { shorten } from './quotation.ts';
import { takeAll, takeInSlices } from './steps.ts';

let made: Ajv | undefined;

/** Makes the validator on first use, because it takes 5 ms and a plain start does not need it. */
function getAjv(): Ajv {
  if (made) return made;
  // Not optimized, which halves the time to compile a schema. Stops at the first error: a value of some megabytes may have millions, and each takes memory.
  made = new Ajv({ strict: false, verbose: true, code: { optimize: false } });
  addFormats.default(made);
  return made;
}

/** One error of a value against its schema. */
export interface SchemaMistake {
  /** JSON pointer; long names in it are cut. */
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
  /** The first errors, in the order of the value. Alternatives that all fail are one error with several sentences. */
  readonly mistakes: readonly SchemaMistake[];
  /** Whether more errors exist. */
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

/** @throws if it is not a JSON Schema */
export function assertSchema(schema: object): void {
  getAjv().compile(schema);
}

/**
 * Checks a value against a schema outside a document: a fixture's section, a control's arguments. If it does not fit,
 * checks its items and fields one by one until ten errors are found.
 */
export function checkSchema(schema: object, value: unknown): SchemaMistakes {
  if (getAjv().compile(schema)(value)) return FITS;
  const found: Found = [];
  takeAll(collect(schema, value, '', found));
  return toFirst(found);
}

/** Does what `checkSchema` does in slices, so that others are served while a value of many megabytes is checked. */
export async function checkSchemaInSlices(schema: object, value: unknown): Promise<SchemaMistakes> {
  const found: Found = [];
  await takeInSlices(collect(schema, value, '', found));
  return toFirst(found);
}

type Found = (readonly SchemaMistake[])[];

function toFirst(found: Found): SchemaMistakes {
  return { mistakes: found.slice(0, MOST).flat(), more: found.length > MOST };
}

/** Items of a list that is checked item by item, not first as a whole. */
const LONG = 1000;

function hasLongList(value: unknown): boolean {
  const isLong = (part: unknown): boolean => Array.isArray(part) && part.length > LONG;
  return isLong(value) || (isObject(value) && !Array.isArray(value) && Object.values(value).some(isLong));
}

/** Pauses after each item and field. */
function* collect(schema: Schema, value: unknown, pointer: string, found: Found): Iterable<unknown> {
  const before = found.length;
  const ajv = getAjv();
  const isLong = hasLongList(value);
  const validate = ajv.compile(schema);
  if (!isLong && validate(value)) return;
  const whole = isLong ? [] : toMistakes(validate.errors, pointer);
  const rest = ajv.compile(withoutParts(schema));
  if (!rest(value)) found.push(openAlternatives(schema, value, toMistakes(rest.errors, pointer)));
  for (const [part, name, content] of listParts(schema, value, pointer, found)) {
    if (found.length > MOST) return;
    yield* collect(part, content, `${pointer}/${toPointerPart(name)}`, found);
    yield;
  }
  if (!isLong && found.length === before) found.push(whole);
}

type Part = readonly [schema: Schema, name: string, content: unknown];

/** Yields the items and fields that have schemas of their own, and reports missing and unknown fields. */
function* listParts(schema: Schema, value: unknown, pointer: string, found: Found): IterableIterator<Part> {
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

/** Lists the errors of each alternative if none fits, or those of the only one that takes an object or list. */
function openAlternatives(
  { anyOf = [], oneOf = [] }: Schema,
  value: unknown,
  mistakes: readonly SchemaMistake[],
): readonly SchemaMistake[] {
  const last = mistakes.at(-1);
  if (last?.schemaPath !== '#/anyOf' && last?.schemaPath !== '#/oneOf') return mistakes;
  const found = (last.keyword === 'anyOf' ? anyOf : oneOf).map((alternative) => {
    const ofOne: Found = [];
    takeAll(collect(alternative, value, last.pointer, ofOne));
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

/** The schema without its parts. Cached, so that it is compiled once. */
function withoutParts(schema: Schema): object {
  const known = rests.get(schema);
  if (known) return known;
  const apart = [...(hasOwnFields(schema) ? FIELDS : []), ...(isSchema(schema.items) ? ['items'] : [])];
  const rest = Object.fromEntries(Object.entries(schema).filter(([keyword]) => !apart.includes(keyword)));
  rests.set(schema, rest);
  return rest;
}

const FIELDS = ['properties', 'required', 'additionalProperties'];

/** Whether fields can be checked one by one: with patterns they cannot. */
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
