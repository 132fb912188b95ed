import addFormats from 'ajv-formats';
import {
  OpenAPIBackend,
  OpenAPIRouter,
  OpenAPIValidator,
  ValidationContext,
  type Document,
  type Operation as DocumentOperation,
  type Request as RouterRequest,
} from 'openapi-backend';

import { Failure, type Violation } from '../wire/failure.ts';
import type { Coercion, Failures } from '../wire/policies.ts';
import type { AuditTerms } from './audit-terms.ts';
import { findExcess, findSome } from './body-violations.ts';
import { assertFinite } from './references.ts';
import { Routes, type NoRoute } from './routes.ts';
import { readSecurity, type CredentialPlace, type Security } from './security.ts';
import {
  expandParameter,
  findExample,
  findResponse,
  isPlainString,
  listFields,
  toObjectSchema,
  type Content,
  type Evidence,
  type Parameter,
  type PlacedOperation,
  type Response,
  type OperationObject,
} from './operation-object.ts';

/** One operation of a document, compiled once. Validators are compiled when first used. */
export interface ContractOperation {
  /** The canonical id: if it is a twin, that of the other operation. */
  readonly operationId: string;
  readonly method: string;
  /** The path template. */
  readonly path: string;
  readonly evidence: Evidence;
  /** What the document says about it for the audit. */
  readonly audit: AuditTerms | undefined;
  /** Whether the document gives it a body. If not, bytes that are sent are not read. */
  readonly takesBody: boolean;
  readonly bodyRequired: boolean;
  /** Whether the document says `security: []`, so that it needs no credential. */
  readonly open: boolean;
  /** Whether the document says that its key is checked before anything else, unlike those of other operations. */
  readonly keyFirst: boolean;
  readonly queryNames: ReadonlySet<string>;
  /** The headers that are parameters, in lower case. */
  readonly headerNames: ReadonlySet<string>;
  /** The path's parameters, in their order. */
  readonly pathNames: readonly string[];
  /** The fields at the top of its body; none if any are allowed. */
  readonly fieldNames: ReadonlySet<string>;
  /** The places where a client may put its credential. */
  readonly credentials: readonly CredentialPlace[];
  /** How it is known that it answers with that status. */
  evidenceOf(status: number): Evidence;
  /** What the document says of answers with that status. */
  describeStatus(status: number): string | undefined;
  /** What it declares them to hold. */
  findResponse(status: number): Response | undefined;
  /** The declared query parameters of a request; what the document does not name is ignored. */
  selectQuery(query: Readonly<Record<string, unknown>>): Record<string, unknown>;
  /**
   * Lists violations of a request, in the order of the schema. Values are coerced in place to the declared types,
   * as `ContractTerms` says.
   */
  validateRequest(parts: {
    readonly path: object;
    readonly query: object;
    readonly headers: object;
    readonly body: unknown;
  }): readonly Violation[];
  /** The same for parameters that may be in any part. Nothing is coerced. */
  validateParameters(params: object): readonly Violation[];
  /** Lists violations of a reply as sentences. */
  validateReply(status: number, mediaType: string, body: unknown): readonly string[];
  /** Lists violations of the data of a named stream event as sentences. */
  validateEvent(status: number, name: string, data: unknown): readonly string[];
  /** The declared 2xx with a JSON body, for a generated example. */
  readonly example: { readonly status: number; readonly schema: object } | undefined;
}

export interface FoundOperation {
  readonly operation: ContractOperation;
  readonly params: Record<string, string>;
}

type Ajv = ReturnType<OpenAPIBackend['validator']['getAjv']>;
type ValidateFunction = ReturnType<Ajv['compile']>;

/** A document, loaded by openapi-backend, with its routes and validators. */
export class Contract {
  #made: CompiledRouter | (() => CompiledRouter);

  private constructor(made: CompiledRouter | (() => CompiledRouter)) {
    this.#made = made;
  }

  /**
   * @param document a plain object; references inside it are resolved
   * @param check whether the document itself is checked. It costs a second for five documents,
   *   so a start leaves it out for the bundled ones, which the tests check.
   */
  static async load(document: object, { check, ...terms }: LoadOptions): Promise<Contract> {
    if (!check) return new Contract(compileUnchecked(document, terms));
    assertFinite(document);
    const api = new OpenAPIBackend({ definition: document as Document, strict: true, validate: false });
    await api.init();
    return new Contract(compile(api, true, terms));
  }

  /** A contract that is not checked, and not read before it is used: reading all of them made a start 20 ms longer. */
  static late(read: () => object, terms: ContractTerms): Contract {
    return new Contract(() => compileUnchecked(read(), terms));
  }

  get #router(): CompiledRouter {
    if (typeof this.#made === 'function') this.#made = this.#made();
    return this.#made;
  }

  /** The document with its references resolved. */
  get document(): object {
    return this.#router.definition;
  }

  /** Every operation, twins included. */
  get operations(): readonly ContractOperation[] {
    return this.#router.compiled;
  }

  /** @param path encoded, without query */
  find(method: string, path: string): FoundOperation | NoRoute {
    return this.#router.find(method, path);
  }
}

function compileUnchecked(document: object, terms: ContractTerms): CompiledRouter {
  const api = new LateBackend({ definition: document as Document, quick: true, strict: true, validate: false });
  // Without checks `init` has finished when it returns.
  api.init().catch(() => undefined);
  return compile(api, false, terms);
}

/** Uses the document as it is. The library would parse quick ones a second time, for nothing. */
class LateBackend extends OpenAPIBackend {
  override loadDocument(): Promise<Document> {
    return Promise.resolve((this.document = this.inputDocument as Document));
  }
}

function compile(
  api: OpenAPIBackend,
  check: boolean,
  { coercion = 'text', failures = 'all' }: ContractTerms,
): CompiledRouter {
  const { definition, router: documented } = api;
  const validator = new OpenAPIValidator({
    definition,
    router: documented,
    lazyCompileValidators: true,
    // JSON.parse makes Infinity of 1e999; a number in a document is a finite one.
    // To compile what checks schemas themselves takes longer than the rest of a first request (20 ms of 45), and those
    // of a document that is not checked here have been. The optimizer doubles the time to compile, for no faster check.
    ajvOpts: {
      allErrors: true,
      strictNumbers: true,
      verbose: true,
      code: { optimize: false },
      ...(!check && { meta: false, validateSchema: false }),
    },
    customizeAjv: (ajv) => {
      addFormats.default(ajv);
      return ajv;
    },
  });
  if (check) assertSchemas(documented.getOperations(), validator.getAjv(ValidationContext.Response));
  const allErrors = failures === 'all';
  const router = new CompiledRouter({ definition }, (operation) =>
    compileOperation(operation, securityOf(operation, definition), {
      json: lazy(() => validator.getAjv(ValidationContext.Response)),
      body: lazy(() =>
        validator.getAjv(ValidationContext.RequestBody, {
          allErrors,
          ...(coercion === 'everything' ? { coerceTypes: 'array' } : undefined),
        }),
      ),
      text: lazy(() => validator.getAjv(ValidationContext.Params, { allErrors, coerceTypes: TEXT_COERCION[coercion] })),
      merged: lazy(() => validator.getAjv(ValidationContext.RequestBody, { allErrors })),
      some: failures === 'some',
    }),
  );
  // `init` makes a router of its own that compiles every operation again for each request.
  return (api.router = router);
}

/** openapi-backend's router with every operation compiled once into a tree of path segments. */
class CompiledRouter extends OpenAPIRouter {
  readonly compiled: readonly ContractOperation[];
  readonly #documented: readonly DocumentOperation[];
  readonly #routes = new Routes<{ readonly operation: ContractOperation; readonly documented: DocumentOperation }>();

  constructor(
    options: ConstructorParameters<typeof OpenAPIRouter>[0],
    compile: (operation: DocumentOperation) => ContractOperation,
  ) {
    super(options);
    this.#documented = super.getOperations();
    this.compiled = this.#documented.map((documented) => {
      const operation = compile(documented);
      this.#routes.add(operation.method, operation.path, { operation, documented });
      return operation;
    });
  }

  override getOperations(): DocumentOperation[] {
    return [...this.#documented];
  }

  override matchOperation(request: RouterRequest): DocumentOperation | undefined;
  override matchOperation(request: RouterRequest, strict: boolean): DocumentOperation;
  override matchOperation(request: RouterRequest, strict = false): DocumentOperation | undefined {
    const { path, method } = this.normalizeRequest(request);
    const found = this.#routes.find(method.toUpperCase(), path);
    if ('value' in found) return found.value.documented;
    if (strict) throw new Failure(found);
    return undefined;
  }

  find(method: string, path: string): FoundOperation | NoRoute {
    const found = this.#routes.find(method, path);
    return 'value' in found ? { operation: found.value.operation, params: found.params } : found;
  }
}

interface LoadOptions extends ContractTerms {
  readonly check: boolean;
}

/** How requests are held against a document. */
export interface ContractTerms {
  readonly coercion?: Coercion | undefined;
  readonly failures?: Failures | undefined;
}

const TEXT_COERCION = { text: true, everything: 'array', nothing: false } as const;

interface Validators {
  /** For replies. */
  readonly json: () => Ajv;
  readonly body: () => Ajv;
  /** For paths, queries and headers. */
  readonly text: () => Ajv;
  /** For parameters from anywhere. */
  readonly merged: () => Ajv;
  /** Whether only the first ten errors of a body are reported. */
  readonly some: boolean;
}

/**
 * Compiles every schema with one validator, which knows those that operations share; openapi-backend would make one
 * for each part of each operation.
 *
 * @throws for one that cannot be compiled, or that contains itself
 */
function assertSchemas(operations: readonly DocumentOperation[], ajv: Ajv): void {
  for (const operation of operations) {
    const { method, path, parameters = [], requestBody, responses = {} } = operation as unknown as PlacedOperation;
    const parts: readonly { readonly content?: Readonly<Record<string, Content>> }[] = [
      requestBody ?? {},
      ...Object.values(responses),
    ];
    const contents = parts.flatMap(({ content = {} }) => Object.values(content));
    const headers = Object.values(responses).flatMap((response) => Object.values(response.headers ?? {}));
    const events = contents.flatMap((content) => Object.values(content['x-emulator-events'] ?? {}));
    const schemas = [...parameters, ...contents, ...headers].map(({ schema = {} }: Content) => schema);
    for (const schema of [...schemas, ...events]) {
      try {
        ajv.compile(schema);
      } catch (error) {
        // A reference to another file may still lead back, and the compiler runs out of stack.
        const reason = error instanceof RangeError ? 'a schema that contains itself is not supported' : String(error);
        throw new Error(`${method} ${path}: ${reason}.`, { cause: error });
      }
    }
  }
}

/** Reads the document itself: the router takes a missing list for an empty one. */
function securityOf({ path, method }: DocumentOperation, { paths, security, components }: Document): Security {
  const item = paths?.[path] as Readonly<Record<string, { readonly security?: readonly object[] }>> | undefined;
  const schemes: Readonly<Record<string, object>> = components?.securitySchemes ?? {};
  return readSecurity(item?.[method]?.security ?? security, schemes);
}

function compileOperation(operation: DocumentOperation, security: Security, ajv: Validators): ContractOperation {
  const shape = operation as unknown as PlacedOperation;
  const { operationId, requestBody } = shape;
  if (operationId === undefined) throw new Error(`${shape.method} ${shape.path} has no operationId.`);
  const parameters = shape.parameters?.flatMap(expandParameter) ?? [];
  const [validatePath, validateQuery, validateHeaders] = (['path', 'query', 'header'] as const).map((where) =>
    compileParameters(parameters, where, ajv),
  );
  const inQuery = parameters.filter((parameter) => parameter.in === 'query');
  const queryNames = new Set(inQuery.map(({ name }) => name));
  const converted = inQuery.filter((parameter) => parameter['x-emulator-conversion'] === 'number');
  const bodySchema = Object.values(requestBody?.content ?? {})[0]?.schema;
  const validateBody = bodySchema && lazy(() => ajv.body().compile(bodySchema));
  const inPath = parameters.filter((parameter) => parameter.in === 'path');
  const validateParameters = lazy(() =>
    ajv.merged().compile({ allOf: [toObjectSchema(inPath), bodySchema ?? toObjectSchema(inQuery)] }),
  );
  const replies = new Map<number, ReplyContract>();
  const events = new Map<string, (data: unknown) => readonly string[]>();
  const evidence = shape['x-evidence'] ?? { level: 'assumed', source: 'nothing said' };
  return {
    operationId: shape['x-emulator-alias'] ?? operationId,
    method: shape.method.toUpperCase(),
    path: shape.path,
    evidence,
    evidenceOf: (status) => {
      const response = findResponse(shape, status);
      return response ? (response['x-evidence'] ?? evidence) : UNDECLARED;
    },
    audit: shape['x-audit'],
    takesBody: requestBody !== undefined,
    bodyRequired: requestBody?.required === true,
    ...security,
    keyFirst: shape['x-emulator-key-first'] === true,
    queryNames,
    headerNames: new Set(parameters.flatMap((one) => (one.in === 'header' ? [one.name.toLowerCase()] : []))),
    pathNames: inPath.map(({ name }) => name),
    fieldNames: new Set(listFields(bodySchema)),
    describeStatus: (status) => findResponse(shape, status)?.description,
    findResponse: (status) => findResponse(shape, status),
    selectQuery: (query) => Object.fromEntries(Object.entries(query).filter(([name]) => queryNames.has(name))),
    validateRequest: ({ path, query, headers, body }) => {
      const violations: Violation[] = [];
      for (const { name } of converted) convertToNumber(query, name);
      if (validatePath) collect(validatePath(), 'path', path, violations);
      if (validateQuery) collect(validateQuery(), 'query', query, violations);
      if (validateHeaders) collect(validateHeaders(), 'header', headers, violations);
      if (!validateBody || body === undefined) return violations;
      const excess = findExcess(bodySchema, 'body', body);
      if (excess) violations.push(excess);
      else if (!ajv.some) collect(validateBody(), 'body', body, violations);
      else if (!validateBody()(body)) violations.push(...findSome(bodySchema, body));
      return violations;
    },
    validateParameters: (params) => {
      const violations: Violation[] = [];
      const excess = bodySchema && findExcess(bodySchema, 'parameters', params);
      if (excess) violations.push(excess);
      else collect(validateParameters(), 'parameters', params, violations);
      return violations;
    },
    validateReply: (status, mediaType, body) => {
      let contract = replies.get(status);
      if (!contract) replies.set(status, (contract = compileReply(shape, status, ajv)));
      return contract(mediaType, body);
    },
    validateEvent: (status, name, data) => {
      let validate = events.get(name);
      if (!validate) events.set(name, (validate = compileEvent(shape, status, name, ajv)));
      return validate(data);
    },
    example: findExample(shape),
  };
}

const UNDECLARED: Evidence = { level: 'assumed', source: 'no such status in the document' };

/** Lists violations of a body of a media type for one status of one operation. */
type ReplyContract = (mediaType: string, body: unknown) => readonly string[];

const FITS: readonly string[] = [];

function compileReply(shape: OperationObject, status: number, ajv: Validators): ReplyContract {
  const declared = findResponse(shape, status);
  if (!declared) return () => [`status ${status} is not in the document`];
  const { content } = declared;
  if (!content) return (_, body) => (body === undefined ? FITS : [`status ${status} has no body in the document`]);
  const validators = new Map(
    Object.entries(content).map(([mediaType, { schema = {} }]) => [mediaType, lazy(() => ajv.json().compile(schema))]),
  );
  return (mediaType, body) => {
    const validate = validators.get(mediaType)?.();
    if (!validate) return [`status ${status} has no ${mediaType} in the document`];
    if (validate(body)) return FITS;
    return toSentences(validate, 'body');
  };
}

/** Compiles a named event of the operation's stream. */
function compileEvent(
  { responses = {} }: OperationObject,
  status: number,
  name: string,
  ajv: Validators,
): (data: unknown) => readonly string[] {
  const schema = responses[String(status)]?.content?.['text/event-stream']?.['x-emulator-events']?.[name];
  if (!schema) return () => [`the event "${name}" is not in the document`];
  const validate = ajv.json().compile(schema);
  return (data) => (validate(data) ? FITS : toSentences(validate, `${name} data`));
}

function toSentences({ errors }: ValidateFunction, what: string): readonly string[] {
  return (errors ?? []).map(({ instancePath, message = '' }) => `${what}${instancePath} ${message}`);
}

function compileParameters(
  parameters: readonly Parameter[],
  where: 'path' | 'query' | 'header',
  ajv: Validators,
): (() => ValidateFunction) | undefined {
  const declared = parameters.filter((parameter) => parameter.in === where);
  // A path parameter that says only "string" is met by every path that matched.
  const telling = declared.filter(({ schema }) => where !== 'path' || !isPlainString(schema));
  if (telling.length === 0) return undefined;
  const schema = toObjectSchema(declared, ({ name }) => (where === 'header' ? name.toLowerCase() : name));
  return lazy(() => ajv.text().compile(schema));
}

/** Converts in place, as the validator does. What is not a number, such as a list, becomes NaN. */
function convertToNumber(query: object, name: string): void {
  if (Object.hasOwn(query, name)) Reflect.set(query, name, Number(Reflect.get(query, name)));
}

function collect(validate: ValidateFunction, where: Violation['where'], value: unknown, into: Violation[]): void {
  if (validate(value)) return;
  for (const { instancePath, keyword, params, message = keyword, data, parentSchema } of validate.errors ?? []) {
    into.push({ where, pointer: instancePath, keyword, params, message, data, schema: parentSchema ?? {} });
  }
}

function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
