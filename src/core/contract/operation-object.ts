import type { AuditTerms } from './audit-terms.ts';

/** How a behaviour is known: from the vendor's documents, from a real client or server, or not at all. */
export interface Evidence {
  readonly level: 'documented' | 'observed' | 'assumed';
  readonly source: string;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'cookie';
  readonly required?: boolean;
  readonly schema?: ObjectSchema;
  readonly style?: string;
  readonly explode?: boolean;
  /** Text is converted as JavaScript's `Number` does, whatever the contract coerces. */
  readonly 'x-emulator-conversion'?: 'number';
}

export interface ObjectSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, ObjectSchema>>;
  readonly required?: readonly string[];
  readonly maxItems?: number;
  readonly allOf?: readonly ObjectSchema[];
  readonly anyOf?: readonly ObjectSchema[];
  readonly oneOf?: readonly ObjectSchema[];
}

export interface Content {
  readonly schema?: object;
  /** The schemas of the named events of a stream. */
  readonly 'x-emulator-events'?: Readonly<Record<string, object>>;
}

/** The response of an operation for one status or a range of statuses. */
export interface Response {
  readonly description?: string;
  readonly 'x-evidence'?: Evidence;
  readonly content?: Readonly<Record<string, Content>>;
  readonly headers?: Readonly<Record<string, { readonly schema?: object }>>;
}

/** The parts of a dereferenced operation that are read here. openapi-backend's own type allows references. */
export interface OperationObject {
  readonly operationId?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: {
    readonly required?: boolean;
    readonly content: Readonly<Record<string, { readonly schema?: ObjectSchema }>>;
  };
  readonly responses?: Readonly<Record<string, Response>>;
  readonly 'x-emulator-alias'?: string;
  readonly 'x-emulator-key-first'?: boolean;
  readonly 'x-evidence'?: Evidence;
  readonly 'x-audit'?: AuditTerms;
}

export interface PlacedOperation extends OperationObject {
  readonly path: string;
  readonly method: string;
}

/** The response of the status itself, or of its range ("4XX"). */
export function findResponse({ responses = {} }: OperationObject, status: number): Response | undefined {
  return responses[String(status)] ?? responses[`${Math.floor(status / 100)}XX`];
}

/** The properties of an object and of the alternatives that it may be. */
export function listFields(schema: ObjectSchema | undefined, depth = 0): readonly string[] {
  // References are resolved, and a schema may be an alternative of itself.
  if (!schema || depth > DEEPEST) return [];
  const { properties = {}, allOf = [], anyOf = [], oneOf = [] } = schema;
  const alternatives = [...allOf, ...anyOf, ...oneOf];
  return [...Object.keys(properties), ...alternatives.flatMap((alternative) => listFields(alternative, depth + 1))];
}

const DEEPEST = 3;

export function toObjectSchema(
  parameters: readonly Parameter[],
  nameOf: (parameter: Parameter) => string = ({ name }) => name,
): object {
  return {
    type: 'object',
    properties: Object.fromEntries(parameters.map((parameter) => [nameOf(parameter), parameter.schema ?? {}])),
    required: parameters.filter(({ required }) => required).map(nameOf),
  };
}

/** By default an object in the query is exploded: its properties are parameters themselves. */
export function expandParameter(parameter: Parameter): readonly Parameter[] {
  const { in: where, style = 'form', explode = true, schema } = parameter;
  if (where !== 'query' || style !== 'form' || !explode || !schema?.properties) return [parameter];
  return Object.entries(schema.properties).map(([name, property]) => ({
    name,
    in: 'query',
    required: schema.required?.includes(name) === true,
    schema: property,
  }));
}

const DESCRIBING = new Set(['type', 'description', 'title', 'example', 'examples']);

export function isPlainString(schema: ObjectSchema | undefined): boolean {
  if (!schema) return true;
  return schema.type === 'string' && Object.keys(schema).every((key) => DESCRIBING.has(key));
}

export function findExample({
  responses = {},
}: OperationObject): { readonly status: number; readonly schema: object } | undefined {
  for (const [status, { content }] of Object.entries(responses)) {
    const schema = content?.['application/json']?.schema;
    if (schema && /^2(\d\d|XX)$/.test(status)) return { status: Number(status.replace('XX', '00')), schema };
  }
  return undefined;
}
