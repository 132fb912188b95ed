import fc from 'fast-check';

import type { ProviderRequests } from './requests.ts';

/** One request, drawn from a document. Strings "$pool:name:n" stand for the n-th known value of that name. */
export interface Command {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly query: Fields;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: CommandBody;
}

export type CommandBody =
  | { readonly kind: 'none' }
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'form'; readonly fields: Fields }
  | { readonly kind: 'text'; readonly text: string; readonly type: string };

/** What a query or a form is made of. It becomes text with `toFields`, after the pools have filled it. */
type Fields = Readonly<Record<string, unknown>>;

interface Schema {
  /** The usual one first. The other members are ignored where this one is there. */
  readonly anyOf?: readonly Schema[];
  readonly nullable?: boolean;
  readonly type?: 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object' | undefined;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
}

type Content = Readonly<Record<string, { readonly schema: Schema }>>;

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly style?: string;
  readonly schema: Schema;
}

interface DocumentedOperation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, unknown>>;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Bytes, for the emulator that gets the commands: a body that is too large for it should not take long. */
export const BODY_LIMIT = 100_000;

/** The operations of a dereferenced document with the statuses that it declares for each. */
export function listStatuses(document: object): ReadonlyMap<string, readonly number[]> {
  return new Map(
    listOperations(document).map(({ operation }) => [
      operation.operationId,
      Object.keys(operation.responses).map(Number),
    ]),
  );
}

const METHODS = ['get', 'put', 'post', 'delete', 'patch'];

function listOperations(document: object): { method: string; path: string; operation: DocumentedOperation }[] {
  return Object.entries((document as Document).paths).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([method, operation]) => {
      if (!METHODS.includes(method)) return [];
      const own = operation as DocumentedOperation;
      const shared = (item['parameters'] ?? []) as readonly Parameter[];
      return [
        {
          method: method.toUpperCase(),
          path,
          operation: { ...own, parameters: [...(own.parameters ?? []), ...shared] },
        },
      ];
    }),
  );
}

/** Whether values of that name are known from the start. */
type IsSeeded = (name: string) => boolean;

/**
 * Commands for every operation: mostly right ones, and each kind of wrong one.
 *
 * @param roots what may stand before a path
 */
export function commandsOf(
  document: object,
  requests: Pick<ProviderRequests, 'headers' | 'stranger' | 'pools' | 'values' | 'operations'>,
  roots: readonly string[] = [''],
): fc.Arbitrary<Command> {
  const { pools = {}, values = {} } = requests;
  const isSeeded = (name: string): boolean => Object.hasOwn(values, pools[name] ?? name);
  const commands = listOperations(document).map(({ method, path, operation }) => {
    const command = commandOf(method, path, operation, headersOf(operation.operationId, requests), isSeeded);
    return fc
      .tuple(rootOf(roots, requests.operations[operation.operationId]?.path), command)
      .map(([root, made]) => ({ ...made, path: `${root}${made.path}` }));
  });
  return fc.oneof(...commands);
}

/** Mostly that of the operation's sample: it may be the only one under which there is such an operation. */
function rootOf(roots: readonly string[], sample = ''): fc.Arbitrary<string> {
  const usual = roots.find((root) => sample.startsWith(root)) ?? roots[0];
  return fc.oneof(...roots.map((root) => ({ weight: root === usual ? 3 : 1, arbitrary: fc.constant(root) })));
}

function commandOf(
  method: string,
  path: string,
  { operationId, parameters = [], requestBody }: DocumentedOperation,
  headers: fc.Arbitrary<Command['headers']>,
  isSeeded: IsSeeded,
): fc.Arbitrary<Command> {
  const inPath = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name);
  const inQuery = parameters.filter((parameter) => parameter.in === 'query');
  const exploded = inQuery.find(({ style, schema }) => style === 'form' && schema.properties);
  const plain = inQuery
    .filter((parameter) => parameter !== exploded)
    .map(({ name, schema }) => [name, queryValueOf(schema, name, isSeeded)] as const);
  return fc
    .record({
      ids: fc.tuple(...inPath.map((name) => idOf(name))),
      query: fc.oneof({ weight: 8, arbitrary: recordOf(Object.fromEntries(plain)) }, fc.constant({})),
      listed: fc.oneof({ weight: 39, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: pick }),
      headers,
      values: placed(exploded?.schema, requestBody?.content, isSeeded),
    })
    .map(({ ids, query, listed, headers: sent, values }) => ({
      operationId,
      method,
      path: inPath.reduce((template, name, index) => template.replace(`{${name}}`, ids[index] ?? ''), path),
      query: withList({ ...query, ...values.query }, listed),
      headers: sent,
      body: values.body,
    }));
}

/** Mostly right credentials, else those of the stranger, wrong ones or none. */
function headersOf(
  operationId: string,
  { headers, stranger }: Pick<ProviderRequests, 'headers' | 'stranger'>,
): fc.Arbitrary<Command['headers']> {
  const wrong = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, `${value}x`]));
  const isLeft = stranger?.only.includes(operationId) === true;
  const strange = pick.map((n) =>
    Object.fromEntries(
      Object.entries(stranger?.headers ?? {}).map(([name, value]) => [
        name,
        value.startsWith('$pool:') ? `${value}:${n}` : value,
      ]),
    ),
  );
  return fc.oneof(
    { weight: isLeft ? 0 : 30, arbitrary: fc.constant(headers) },
    { weight: stranger ? (isLeft ? 30 : 3) : 0, arbitrary: strange },
    { weight: 2, arbitrary: fc.constantFrom({}, wrong) },
  );
}

/** The n-th parameter turned into a list, where none is expected. */
function withList(query: Fields, n: number | undefined): Fields {
  const names = Object.keys(query);
  const listed = n === undefined ? undefined : names[n % names.length];
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => [name === listed ? `${name}[]` : name, value]),
  );
}

/** The values of an operation, in its body or its query; mostly in its body where it takes them from either. */
function placed(
  exploded: Schema | undefined,
  content: Content | undefined,
  isSeeded: IsSeeded,
): fc.Arbitrary<Pick<Command, 'query' | 'body'>> {
  const none = { kind: 'none' } as const;
  const inBody = content && bodyOf(content, isSeeded).map((body) => ({ query: {}, body }));
  const inQuery =
    exploded &&
    fc
      .oneof(
        { weight: 8, arbitrary: objectOf(exploded, isSeeded) },
        { weight: 1, arbitrary: spoiled(exploded, isSeeded) },
      )
      .map((query) => ({ query, body: none }));
  if (inBody && inQuery) return fc.oneof({ weight: 3, arbitrary: inBody }, { weight: 1, arbitrary: inQuery });
  return inBody ?? inQuery ?? fc.constant({ query: {}, body: none });
}

const pick = fc.nat(1_000_000);
const anyText = fc.string({ minLength: 1, unit: 'binary' });

function known(name: string): fc.Arbitrary<string> {
  return pick.map((n) => `$pool:${name}:${n}`);
}

function idOf(name: string): fc.Arbitrary<string> {
  return fc.oneof({ weight: 8, arbitrary: known(name) }, { weight: 1, arbitrary: anyText });
}

function queryValueOf(schema: Schema, name: string, isSeeded: IsSeeded): fc.Arbitrary<unknown> {
  const usual = schema.anyOf?.[0] ?? schema;
  if (isSeeded(name) || (usual.type === 'string' && !usual.enum)) return idOf(name);
  return fc.oneof({ weight: 8, arbitrary: valueOf(schema, name, isSeeded) }, { weight: 1, arbitrary: anyText });
}

function bodyOf(content: Content, isSeeded: IsSeeded): fc.Arbitrary<CommandBody> {
  const schema = Object.values(content)[0]?.schema ?? {};
  const form = content['application/x-www-form-urlencoded']?.schema;
  const json = (arbitrary: fc.Arbitrary<unknown>): fc.Arbitrary<CommandBody> =>
    arbitrary.map((value) => ({ kind: 'json', value }));
  const text = (body: string, type = 'application/json'): fc.Arbitrary<CommandBody> =>
    fc.constant({ kind: 'text', text: body, type });
  const fitting = json(valueOf(schema, '', isSeeded));
  const asForm = form && objectOf(form, isSeeded).map((fields) => ({ kind: 'form' as const, fields }));
  return fc.oneof(
    {
      weight: 24,
      arbitrary: asForm ? fc.oneof({ weight: 4, arbitrary: fitting }, { weight: 1, arbitrary: asForm }) : fitting,
    },
    { weight: 3, arbitrary: json(spoiled(schema, isSeeded)) },
    { weight: 2, arbitrary: json(fc.jsonValue()) },
    { weight: 1, arbitrary: text('{"unfinished":') },
    { weight: 1, arbitrary: text('') },
    { weight: 1, arbitrary: text('hello', 'text/plain') },
    { weight: 1, arbitrary: text('<hello/>', 'application/xml') },
    { weight: 1, arbitrary: text(`{"__proto__":{"a":1},"pad":"${'x'.repeat(BODY_LIMIT)}"}`) },
  );
}

/** A value that fits, as far as the keywords that our documents use say. */
function valueOf(schema: Schema, name: string, isSeeded: IsSeeded): fc.Arbitrary<unknown> {
  const { type, nullable, anyOf = [] } = schema;
  const mayBeText = type === 'string' || anyOf.some((alternative) => alternative.type === 'string');
  const mayBeNull = nullable === true || anyOf.some((alternative) => alternative.nullable);
  return fc.oneof(
    { weight: 15, arbitrary: fittingOf(schema, name, isSeeded) },
    { weight: mayBeNull ? 1 : 0, arbitrary: fc.constant(null) },
    { weight: mayBeText && isSeeded(name) ? 75 : 0, arbitrary: known(name) },
  );
}

function fittingOf(schema: Schema, name: string, isSeeded: IsSeeded): fc.Arbitrary<unknown> {
  if (schema.anyOf) return alternativeOf(schema.anyOf, name, isSeeded);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case 'string':
      return textOf(schema, name);
    case 'integer':
      return oftenWithin(schema, fc.oneof(fc.integer({ min: -1000, max: 1000 }), fc.maxSafeInteger()));
    case 'number':
      return oftenWithin(
        schema,
        fc.oneof(
          { weight: 3, arbitrary: fc.integer({ min: -1000, max: 1000 }) },
          { weight: 2, arbitrary: fc.integer({ min: -100_000, max: 100_000 }).map((cents) => cents / 100) },
          { weight: 1, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
        ),
      );
    case 'boolean':
      return fc.boolean();
    case 'array':
      return fc.array(valueOf(schema.items ?? {}, name, isSeeded), { minLength: schema.minItems ?? 0, maxLength: 5 });
    case 'object':
      return objectOf(schema, isSeeded);
    case undefined:
      return fc.jsonValue();
  }
}

const FORMATS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  email: fc.emailAddress(),
  uuid: fc.uuid(),
  'date-time': fc
    .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    .map((date) => date.toISOString()),
};

function textOf({ format = '' }: Schema, name: string): fc.Arbitrary<string> {
  const formatted = FORMATS[format];
  return fc.oneof(
    { weight: 2, arbitrary: known(name) },
    { weight: formatted ? 12 : 3, arbitrary: formatted ?? fc.uuid() },
    { weight: 1, arbitrary: anyText },
  );
}

/** Where the document has a bound, mostly whole numbers that keep it. */
function oftenWithin({ minimum, maximum }: Schema, any: fc.Arbitrary<number>): fc.Arbitrary<number> {
  if (minimum === undefined && maximum === undefined) return any;
  // One that stands for "more than zero" is the smallest fraction that there is.
  const min = Math.ceil(minimum ?? (maximum ?? 0) - 1000);
  const within = fc.integer({ min, max: Math.floor(maximum ?? min + 1000) });
  return fc.oneof({ weight: 9, arbitrary: within }, { weight: 1, arbitrary: any });
}

const small = fc.integer({ min: -2, max: 30 });

/** Mostly the first alternative. A number that may be text is an id or an amount, so most are what those are like. */
function alternativeOf(alternatives: readonly Schema[], name: string, isSeeded: IsSeeded): fc.Arbitrary<unknown> {
  const types = alternatives.map(({ type }) => type);
  const any = fc.oneof(
    ...alternatives.map((alternative, index) => ({
      weight: index === 0 ? 4 : 1,
      arbitrary: valueOf(alternative, name, isSeeded),
    })),
  );
  if (!(types[0] === 'number' || types[0] === 'integer') || !types.includes('string')) return any;
  return fc.oneof(
    { weight: 10, arbitrary: small },
    { weight: 6, arbitrary: known(name) },
    { weight: 3, arbitrary: small.map(String) },
    { weight: 1, arbitrary: fc.integer({ min: 2 ** 31, max: Number.MAX_SAFE_INTEGER }) },
    { weight: 1, arbitrary: any },
  );
}

function objectOf({ properties, required = [] }: Schema, isSeeded: IsSeeded): fc.Arbitrary<Fields> {
  if (!properties) return fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 4 });
  const fields = Object.entries(properties).map(([name, schema]) => [name, valueOf(schema, name, isSeeded)] as const);
  return recordOf(Object.fromEntries(fields), required);
}

/** With every field half of the time: a document need not say what its operation refuses to do without. */
function recordOf(
  fields: Readonly<Record<string, fc.Arbitrary<unknown>>>,
  required: readonly string[] = [],
): fc.Arbitrary<Fields> {
  return fc.oneof(fc.record(fields), fc.record(fields, { requiredKeys: [...required] }));
}

/** An object that fits but for one field, which is gone or of another type. */
function spoiled(schema: Schema, isSeeded: IsSeeded): fc.Arbitrary<Fields> {
  const names = Object.keys(schema.properties ?? {});
  if (names.length === 0) return objectOf(schema, isSeeded);
  return fc
    .tuple(objectOf(schema, isSeeded), fc.constantFrom(...names), fc.option(fc.jsonValue(), { nil: undefined }))
    .map(([value, name, wrong]) => ({ ...value, [name]: wrong }));
}

/** Fields as text: objects as JSON, null not at all. */
export function toFields(fields: Fields): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}

/** Values by field name that are known from the start or that answers have shown, for later commands to use again. */
export class Pools {
  readonly #values = new Map<string, string[]>();
  readonly #names: Readonly<Record<string, string>>;

  constructor({ pools = {}, values = {} }: Pick<ProviderRequests, 'pools' | 'values'>) {
    this.#names = pools;
    for (const [name, seeded] of Object.entries(values)) for (const value of seeded) this.add(name, value);
  }

  add(name: string, value: string): void {
    const values = this.#values.get(name) ?? [];
    values.push(value);
    this.#values.set(name, values);
  }

  /** Takes every text and integer of an answer in, as text. Objects are kept as JSON too. */
  learn(value: unknown): void {
    if (Array.isArray(value)) for (const item of value) this.learn(item);
    else if (typeof value === 'object' && value !== null) {
      for (const [name, field] of Object.entries(value)) {
        if (typeof field === 'string' || Number.isInteger(field)) this.add(name, String(field));
        else if (typeof field === 'object' && field !== null) {
          this.add(name, JSON.stringify(field));
          this.learn(field);
        }
      }
    }
  }

  /** The same value with every "$pool:name:n" replaced. */
  fill<T>(value: T): T {
    if (value === undefined) return value;
    return JSON.parse(JSON.stringify(value), (_, field: unknown) =>
      typeof field === 'string' ? this.#resolve(field) : field,
    ) as T;
  }

  fillPath(path: string): string {
    return path
      .split('/')
      .map((segment) => encodeURIComponent(Buffer.from(this.#resolve(segment)).toString()))
      .join('/');
  }

  #resolve(text: string): string {
    const [, name, n] = /^\$pool:(.*):(\d+)$/.exec(text) ?? [];
    if (name === undefined) return text;
    const values = this.#values.get(this.#names[name] ?? name) ?? [];
    // Late values as often as early ones. Where nothing is known, small numbers are what ids begin with.
    return values[Number(n) % Math.max(values.length, 1)] ?? String(Number(n) % 30);
  }
}
