import fc from 'fast-check';

/** One request, drawn from a document. Strings "$pool:name:n" stand for the n-th known value of that name. */
export interface Command {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly key: 'right' | 'none' | 'wrong';
  readonly body: CommandBody;
}

export type CommandBody =
  | { readonly kind: 'none' }
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'text'; readonly text: string; readonly type: string };

interface Schema {
  readonly type?: 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object' | undefined;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
}

interface DocumentedOperation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<Record<string, unknown>>;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

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
      const shared = (item['parameters'] ?? []) as NonNullable<DocumentedOperation['parameters']>;
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

/** Commands for every operation: mostly right ones, and each kind of wrong one. */
export function commandsOf(document: object): fc.Arbitrary<Command> {
  return fc.oneof(...listOperations(document).map(({ method, path, operation }) => commandOf(method, path, operation)));
}

function commandOf(
  method: string,
  path: string,
  { operationId, parameters = [], requestBody }: DocumentedOperation,
): fc.Arbitrary<Command> {
  const inPath = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name);
  const inQuery = parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name);
  const schema = requestBody && Object.values(requestBody.content)[0]?.schema;
  return fc
    .record({
      ids: fc.tuple(...inPath.map((name) => idOf(name))),
      query: fc.record(Object.fromEntries(inQuery.map((name) => [name, idOf(name)])), { requiredKeys: [] }),
      key: fc.oneof(
        { weight: 30, arbitrary: fc.constant('right' as const) },
        fc.constantFrom('none' as const, 'wrong' as const),
      ),
      body: schema ? bodyOf(schema) : fc.constant({ kind: 'none' as const }),
    })
    .map(({ ids, query, key, body }) => ({
      operationId,
      method,
      path: inPath.reduce((template, name, index) => template.replace(`{${name}}`, ids[index] ?? ''), path),
      query: query as Readonly<Record<string, string>>,
      key,
      body,
    }));
}

const pick = fc.nat(1_000_000);

function known(name: string): fc.Arbitrary<string> {
  return pick.map((n) => `$pool:${name}:${n}`);
}

function idOf(name: string): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 8, arbitrary: known(name) },
    { weight: 1, arbitrary: fc.string({ minLength: 1, unit: 'binary' }) },
  );
}

function bodyOf(schema: Schema): fc.Arbitrary<CommandBody> {
  const json = (arbitrary: fc.Arbitrary<unknown>): fc.Arbitrary<CommandBody> =>
    arbitrary.map((value) => ({ kind: 'json', value }));
  const text = (content: string, type = 'application/json'): fc.Arbitrary<CommandBody> =>
    fc.constant({ kind: 'text', text: content, type });
  return fc.oneof(
    { weight: 24, arbitrary: json(valueOf(schema, '')) },
    { weight: 3, arbitrary: json(spoiled(schema)) },
    { weight: 2, arbitrary: json(fc.jsonValue()) },
    { weight: 1, arbitrary: text('{"unfinished":') },
    { weight: 1, arbitrary: text('') },
    { weight: 1, arbitrary: text('hello', 'text/plain') },
    { weight: 1, arbitrary: text(`{"__proto__":{"a":1},"pad":"${'x'.repeat(1_100_000)}"}`) },
  );
}

/** A value that fits, as far as the keywords that our documents use say. */
function valueOf(schema: Schema, name: string): fc.Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case 'string':
      return fc.oneof(
        { weight: 2, arbitrary: known(name) },
        { weight: 3, arbitrary: fc.uuid() },
        { weight: 1, arbitrary: fc.string({ minLength: 1, unit: 'binary' }) },
      );
    case 'integer':
      return fc.oneof(fc.integer({ min: -1000, max: 1000 }), fc.maxSafeInteger());
    case 'number':
      return fc.oneof(
        { weight: 3, arbitrary: fc.integer({ min: -1000, max: 1000 }) },
        { weight: 2, arbitrary: fc.integer({ min: -100_000, max: 100_000 }).map((cents) => cents / 100) },
        { weight: 1, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
      );
    case 'boolean':
      return fc.boolean();
    case 'array':
      return fc.array(valueOf(schema.items ?? {}, name), { maxLength: 5 });
    case 'object':
      return objectOf(schema);
    case undefined:
      return fc.jsonValue();
  }
}

function objectOf({ properties, required = [] }: Schema): fc.Arbitrary<unknown> {
  if (!properties) return fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 4 });
  const fields = Object.entries(properties).map(([name, schema]) => [name, valueOf(schema, name)] as const);
  return fc.record(Object.fromEntries(fields), { requiredKeys: [...required] });
}

/** An object that fits but for one field, which is gone or of another type. */
function spoiled(schema: Schema): fc.Arbitrary<unknown> {
  const names = Object.keys(schema.properties ?? {});
  if (names.length === 0) return fc.jsonValue();
  return fc
    .tuple(objectOf(schema), fc.constantFrom(...names), fc.option(fc.jsonValue(), { nil: undefined }))
    .map(([value, name, wrong]) => ({ ...(value as object), [name]: wrong }));
}

/** Values by field name that answers have shown, for later commands to use again. */
export class Pools {
  readonly #values = new Map<string, string[]>();
  readonly #names: Readonly<Record<string, string>>;

  /** @param names of parameters whose values answers give under another name */
  constructor(names: Readonly<Record<string, string>> = {}) {
    this.#names = names;
  }

  add(name: string, value: string): void {
    const values = this.#values.get(name) ?? [];
    values.push(value);
    this.#values.set(name, values);
  }

  /** Takes every field of an answer in. Objects are kept as JSON text. */
  learn(value: unknown): void {
    if (Array.isArray(value)) for (const item of value) this.learn(item);
    else if (typeof value === 'object' && value !== null) {
      for (const [name, field] of Object.entries(value)) {
        if (typeof field === 'string') this.add(name, field);
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
    // Late values as often as early ones.
    return values[Number(n) % Math.max(values.length, 1)] ?? 'nothing-known-yet';
  }
}
