import {
  OpenAPIBackend,
  OpenAPIRouter,
  ValidationContext,
  type Document,
  type Operation as DocumentOperation,
  type Request as RouterRequest,
} from 'openapi-backend';

import { Failure, type Violation } from './failure.ts';

/** How a behaviour is known: from the vendor's documents, from a real client or server, or not at all. */
export interface Evidence {
  readonly level: 'documented' | 'observed' | 'assumed';
  readonly source: string;
}

/** One operation of a document, compiled once. Validators are compiled when first used. */
export interface ContractOperation {
  /** The canonical id: that of the operation it is a twin of, where it is one. */
  readonly operationId: string;
  readonly method: string;
  /** The path template. */
  readonly path: string;
  readonly evidence: Evidence;
  /** Whether the document gives it a body. Where it gives none, bytes that come are not read. */
  readonly takesBody: boolean;
  readonly bodyRequired: boolean;
  readonly queryNames: ReadonlySet<string>;
  /** The declared query parameters of a request; what the document does not name is ignored. */
  selectQuery(query: Readonly<Record<string, unknown>>): Record<string, unknown>;
  /**
   * Ways in which a request does not fit, in the order of the schema. Query and path values
   * are coerced in place to the declared types.
   */
  validateRequest(parts: {
    readonly path: object;
    readonly query: object;
    readonly headers: object;
    readonly body: unknown;
  }): readonly Violation[];
  /** Ways in which a reply does not fit, as sentences. */
  validateReply(status: number, mediaType: string, body: unknown): readonly string[];
  /** The declared 2xx with a JSON body, for a generated example. */
  readonly example: { readonly status: number; readonly schema: object } | undefined;
}

export interface Match {
  readonly operation: ContractOperation;
  readonly params: Readonly<Record<string, string>>;
}

type Ajv = ReturnType<OpenAPIBackend['validator']['getAjv']>;
type ValidateFunction = ReturnType<Ajv['compile']>;

/** The parts of a dereferenced operation that are read here. openapi-backend's own type allows references. */
interface Shape {
  readonly operationId?: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: 'path' | 'query' | 'header' | 'cookie';
    readonly required?: boolean;
    readonly schema?: object;
  }[];
  readonly requestBody?: {
    readonly required?: boolean;
    readonly content: Readonly<Record<string, { readonly schema?: object }>>;
  };
  readonly responses?: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: object }>> }>
  >;
  readonly 'x-emulator-alias'?: string;
  readonly 'x-evidence'?: Evidence;
}

/** A document, loaded by openapi-backend, with its routes and validators. */
export class Contract {
  /** The document with its references resolved. */
  readonly document: object;
  readonly #router: CompiledRouter;

  private constructor(document: object, router: CompiledRouter) {
    this.document = document;
    this.#router = router;
  }

  /**
   * @param document a plain object; references inside it are resolved
   * @param check whether the document itself is checked. It costs two seconds for five documents,
   *   so a start leaves it out for the bundled ones, which the tests check.
   */
  static async load(document: object, { check }: { readonly check: boolean }): Promise<Contract> {
    const api = new OpenAPIBackend({
      definition: document as Document,
      quick: !check,
      strict: true,
      ajvOpts: { allErrors: true, strictTypes: false },
    });
    await api.init();
    const router = new CompiledRouter({ definition: api.definition }, (operation) =>
      compileOperation(operation, {
        json: lazy(() => api.validator.getAjv(ValidationContext.RequestBody)),
        text: lazy(() => api.validator.getAjv(ValidationContext.Params, { coerceTypes: true })),
      }),
    );
    // `init` makes a router of its own that compiles every operation again for each request.
    api.router = router;
    return new Contract(api.definition, router);
  }

  /** Every operation, twins included. */
  get operations(): readonly ContractOperation[] {
    return this.#router.compiled;
  }

  /**
   * @param path encoded, without query
   * @throws {Failure} notFound, methodNotAllowed or badPath
   */
  find(method: string, path: string): Match {
    return this.#router.find(method, path);
  }
}

/** openapi-backend's router with every operation compiled once into a tree of path segments. */
class CompiledRouter extends OpenAPIRouter {
  readonly compiled: readonly ContractOperation[];
  readonly #documented: readonly DocumentOperation[];
  readonly #root: RouteNode = createNode();

  constructor(
    options: ConstructorParameters<typeof OpenAPIRouter>[0],
    compile: (operation: DocumentOperation) => ContractOperation,
  ) {
    super(options);
    this.#documented = super.getOperations();
    this.compiled = this.#documented.map(compile);
    for (const [index, operation] of this.compiled.entries()) addRoute(this.#root, operation, index);
  }

  override getOperations(): DocumentOperation[] {
    return [...this.#documented];
  }

  override matchOperation(request: RouterRequest): DocumentOperation | undefined;
  override matchOperation(request: RouterRequest, strict: boolean): DocumentOperation;
  override matchOperation(request: RouterRequest, strict = false): DocumentOperation | undefined {
    const { path, method } = this.normalizeRequest(request);
    try {
      return this.#documented[this.#findRoute(method.toUpperCase(), path).route.index];
    } catch (error) {
      if (strict) throw error;
      return undefined;
    }
  }

  find(method: string, path: string): Match {
    const { route, values } = this.#findRoute(method, path);
    const params: Record<string, string> = {};
    for (const [index, name] of route.names.entries()) params[name] = values[index] ?? '';
    return { operation: route.operation, params };
  }

  #findRoute(method: string, path: string): { route: Route; values: readonly string[] } {
    const segments = splitPath(path);
    const values: string[] = [];
    const node = findNode(this.#root, segments, 0, values);
    if (!node) throw new Failure({ kind: 'notFound' });
    const route = node.routes.get(method);
    if (!route) throw new Failure({ kind: 'methodNotAllowed', allow: [...node.routes.keys()] });
    return { route, values };
  }
}

interface Route {
  readonly operation: ContractOperation;
  readonly index: number;
  /** Of the path parameters, in the order of the path. */
  readonly names: readonly string[];
}

interface RouteNode {
  readonly literals: Map<string, RouteNode>;
  parameter: RouteNode | undefined;
  readonly routes: Map<string, Route>;
}

function createNode(): RouteNode {
  return { literals: new Map(), parameter: undefined, routes: new Map() };
}

const PARAMETER = /^\{(.+)\}$/;

function addRoute(root: RouteNode, operation: ContractOperation, index: number): void {
  const names: string[] = [];
  let node = root;
  for (const segment of operation.path.split('/').slice(1)) {
    const name = PARAMETER.exec(segment)?.[1];
    if (name === undefined) {
      const next = node.literals.get(segment) ?? createNode();
      node.literals.set(segment, next);
      node = next;
    } else {
      names.push(name);
      node = node.parameter ??= createNode();
    }
  }
  node.routes.set(operation.method, { operation, index, names });
}

/** Literal segments win over parameters; a parameter is never empty. */
function findNode(node: RouteNode, segments: readonly string[], at: number, values: string[]): RouteNode | undefined {
  const segment = segments[at];
  if (segment === undefined) return node.routes.size > 0 ? node : undefined;
  const literal = node.literals.get(segment);
  const found = literal && findNode(literal, segments, at + 1, values);
  if (found) return found;
  if (!node.parameter || segment === '') return undefined;
  const { length } = values;
  values.push(segment);
  const below = findNode(node.parameter, segments, at + 1, values);
  if (!below) values.length = length;
  return below;
}

/** Split first, decode then: an encoded slash stays inside its segment. */
function splitPath(path: string): readonly string[] {
  const segments = path.split('/').slice(1);
  if (!path.includes('%')) return segments;
  try {
    return segments.map(decodeURIComponent);
  } catch {
    throw new Failure({ kind: 'badPath' });
  }
}

interface Validators {
  readonly json: () => Ajv;
  readonly text: () => Ajv;
}

function compileOperation(operation: DocumentOperation, ajv: Validators): ContractOperation {
  const shape = operation as unknown as Shape & { readonly path: string; readonly method: string };
  const { operationId, requestBody } = shape;
  if (operationId === undefined) throw new Error(`${shape.method} ${shape.path} has no operationId.`);
  const parts = (['path', 'query', 'header'] as const).map((where) => compileParameters(shape, where, ajv));
  const queryNames = new Set(shape.parameters?.flatMap(({ name, in: where }) => (where === 'query' ? [name] : [])));
  const bodySchema = Object.values(requestBody?.content ?? {})[0]?.schema;
  const validateBody = bodySchema && lazy(() => ajv.json().compile(bodySchema));
  const replies = new Map<string, () => ValidateFunction>();
  for (const [status, { content = {} }] of Object.entries(shape.responses ?? {})) {
    for (const [mediaType, { schema }] of Object.entries(content)) {
      if (schema) replies.set(`${status} ${mediaType}`, lazy(() => ajv.json().compile(schema)));
    }
  }
  return {
    operationId: shape['x-emulator-alias'] ?? operationId,
    method: shape.method.toUpperCase(),
    path: shape.path,
    evidence: shape['x-evidence'] ?? { level: 'assumed', source: 'nothing said' },
    takesBody: requestBody !== undefined,
    bodyRequired: requestBody?.required === true,
    queryNames,
    selectQuery: (query) =>
      Object.fromEntries(Object.entries(query).filter(([name]) => queryNames.has(name))),
    validateRequest: ({ path, query, headers, body }) => {
      const violations: Violation[] = [];
      for (const part of parts) {
        if (part) collect(part.validate(), part.where, part.where === 'path' ? path : part.where === 'query' ? query : headers, violations);
      }
      if (validateBody && body !== undefined) collect(validateBody(), 'body', body, violations);
      return violations;
    },
    validateReply: (status, mediaType, body) => {
      const key = findStatus(shape.responses, status);
      const declared = key === undefined ? undefined : shape.responses?.[key];
      if (key === undefined || !declared) return [`status ${status} is not in the document`];
      if (!declared.content) return body === undefined ? [] : [`status ${status} has no body in the document`];
      const validate = replies.get(`${key} ${mediaType}`)?.();
      if (!validate) return [`status ${status} has no ${mediaType} in the document`];
      if (validate(body)) return [];
      return (validate.errors ?? []).map(({ instancePath, message }) => `body${instancePath} ${message}`);
    },
    example: findExample(shape),
  };
}

/** The status itself, or its range ("4XX"). */
function findStatus(responses: Shape['responses'] = {}, status: number): string | undefined {
  return [String(status), `${Math.floor(status / 100)}XX`].find((key) => Object.hasOwn(responses, key));
}

function compileParameters(
  { parameters = [] }: Shape,
  where: 'path' | 'query' | 'header',
  ajv: Validators,
): { where: Violation['where']; validate: () => ValidateFunction } | undefined {
  const declared = parameters.filter((parameter) => parameter.in === where);
  // A path parameter that says only "string" is met by every path that matched.
  const telling = declared.filter(({ schema }) => where !== 'path' || !isPlainString(schema));
  if (telling.length === 0) return undefined;
  const nameOf = (name: string): string => (where === 'header' ? name.toLowerCase() : name);
  const schema = {
    type: 'object',
    properties: Object.fromEntries(declared.map(({ name, schema }) => [nameOf(name), schema ?? {}])),
    required: declared.flatMap(({ name, required }) => (required ? [nameOf(name)] : [])),
  };
  return { where, validate: lazy(() => ajv.text().compile(schema)) };
}

const DESCRIBING = new Set(['type', 'description', 'title', 'example', 'examples']);

function isPlainString(schema: object | undefined): boolean {
  if (!schema) return true;
  return 'type' in schema && schema.type === 'string' && Object.keys(schema).every((key) => DESCRIBING.has(key));
}

function collect(validate: ValidateFunction, where: Violation['where'], value: unknown, into: Violation[]): void {
  if (validate(value)) return;
  for (const { instancePath, keyword, params, message } of validate.errors ?? []) {
    into.push({ where, pointer: instancePath, keyword, params, message: message ?? keyword });
  }
}

function findExample({ responses = {} }: Shape): ContractOperation['example'] {
  for (const [status, { content }] of Object.entries(responses)) {
    const schema = content?.['application/json']?.schema;
    if (schema && status.startsWith('2')) return { status: Number(status), schema };
  }
  return undefined;
}

function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
