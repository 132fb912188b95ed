/** A request made from the examples of a document. */
export interface ExampleRequest {
  readonly operationId: string;
  /** The name of the example; "" if there is only one. */
  readonly title: string;
  readonly method: string;
  /** The path with its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly type: string; readonly value: unknown } | undefined;
}

interface Exemplary {
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

interface Parameter extends Exemplary {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema?: Exemplary;
}

interface DocumentedOperation {
  readonly operationId: string;
  readonly 'x-emulator-alias'?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Readonly<Record<string, Exemplary>> };
}

/** A value and the name of its example. */
type Named = readonly [name: string, value: unknown];

const METHODS = ['get', 'put', 'post', 'delete', 'patch'];

interface Documented {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components?: {
    readonly securitySchemes?: Readonly<Record<string, { readonly in?: string; readonly name?: string }>>;
  };
}

/**
 * Lists requests for every operation of a dereferenced document: one for each example of its body, or of the parameter
 * that has the most examples.
 *
 * @param isBare with required parameters and credentials only
 */
export function listExamples(document: object, { isBare = false } = {}): readonly ExampleRequest[] {
  const { paths, components } = document as Documented;
  const credentials = new Set(
    Object.values(components?.securitySchemes ?? {}).flatMap((scheme) => (scheme.in === 'query' ? [scheme.name] : [])),
  );
  const isTaken = ({ name, required }: Parameter): boolean => !isBare || required === true || credentials.has(name);
  return Object.entries(paths).flatMap(([path, item]) =>
    METHODS.filter((method) => method in item).flatMap((method) => {
      const operation = item[method] as DocumentedOperation;
      const shared = (item['parameters'] ?? []) as readonly Parameter[];
      const { requestBody, ...others } = operation;
      const isWhole = !isBare || requestBody?.required === true;
      return toRequests(
        method,
        path,
        isWhole ? operation : others,
        [...shared, ...(operation.parameters ?? [])].filter(isTaken),
      );
    }),
  );
}

function toRequests(
  method: string,
  path: string,
  { operationId: ownId, 'x-emulator-alias': operationId = ownId, requestBody }: DocumentedOperation,
  parameters: readonly Parameter[],
): readonly ExampleRequest[] {
  const given = parameters.map((parameter) => ({
    parameter,
    values: listValues({ ...parameter.schema, ...parameter }),
  }));
  const bodies = Object.entries(requestBody?.content ?? {}).flatMap(([type, content]) =>
    listValues(content).map(([name, value]) => ({ name, body: { type, value } })),
  );
  const count = Math.max(1, bodies.length, ...given.map(({ values }) => values.length));
  return Array.from({ length: count }, (_, index) => {
    const body = bodies[Math.min(index, bodies.length - 1)];
    const parts = given.flatMap(({ parameter, values }) => {
      const value = values[Math.min(index, values.length - 1)];
      return value ? [{ ...parameter, texts: [value[1]].flat().map(toText) }] : [];
    });
    const inPart = (where: Parameter['in']) => parts.filter((part) => part.in === where);
    const query = new URLSearchParams();
    for (const { name, texts } of inPart('query')) for (const text of texts) query.append(name, text);
    const filled = inPart('path').reduce(
      (template, { name, texts }) => template.replace(`{${name}}`, encodeURIComponent(texts.join())),
      path,
    );
    return {
      operationId,
      title: body?.name ?? '',
      method: method.toUpperCase(),
      path: query.size === 0 ? filled : `${filled}?${query.toString()}`,
      headers: Object.fromEntries(inPart('header').map(({ name, texts }) => [name, texts.join()])),
      body: body?.body,
    };
  });
}

function listValues({ example, examples = {} }: Exemplary): readonly Named[] {
  if (example !== undefined) return [['', example]];
  return Object.entries(examples).map(([name, { value }]) => [name, value]);
}

/** Renders an example's value as text for a request. */
export function toText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
