import type { ContractOperation } from '../../core/contract/contract.ts';

/** The parts of a schema that describe a value. References are resolved. */
export interface ValueSchema {
  readonly type?: string;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, ValueSchema>>;
  readonly additionalProperties?: boolean | ValueSchema;
  readonly items?: ValueSchema;
  readonly allOf?: readonly ValueSchema[];
  readonly anyOf?: readonly ValueSchema[];
  readonly oneOf?: readonly ValueSchema[];
  readonly 'x-emulator-varies'?: string;
}

/**
 * How a value may differ and mean the same: an `id` is the service's own name for something, an `instant` is a time, a
 * `measure` is an amount that changes with time, a `token` is each service's own; `no` marks a value that only looks like one.
 */
export type Variation = (typeof VARIATIONS)[number];

const VARIATIONS = ['id', 'instant', 'measure', 'token', 'no'] as const;

/** The location of a value in a response, and its schemas. */
export interface ValueLocation {
  /** A JSON pointer. */
  readonly pointer: string;
  /** The name of the field, or of the list that contains the value. */
  readonly name: string;
  /** Every schema that may describe it; none if the contract says nothing. */
  readonly schemas: readonly ValueSchema[];
  /** The object schema that has the field. */
  readonly owner: ValueSchema | undefined;
  /** Whether it, or an object around it, is named as a secret. */
  readonly isSecret: boolean;
}

export function toRoot(schema: object | undefined): ValueLocation {
  return { pointer: '', name: '', schemas: schema ? expand([schema]) : [], owner: undefined, isSecret: false };
}

export function toField(
  { pointer, schemas, isSecret: isInside }: ValueLocation,
  name: string,
  isSecret = false,
): ValueLocation {
  const owner = schemas.find(({ properties }) => properties && Object.hasOwn(properties, name));
  const found = schemas.flatMap(({ properties, additionalProperties }) => {
    if (properties && Object.hasOwn(properties, name)) return [properties[name] ?? {}];
    return typeof additionalProperties === 'object' ? [additionalProperties] : [];
  });
  const written = name.replaceAll('~', '~0').replaceAll('/', '~1');
  return { pointer: `${pointer}/${written}`, name, schemas: expand(found), owner, isSecret: isInside || isSecret };
}

export function toItem(place: ValueLocation, index: number): ValueLocation {
  const items = place.schemas.flatMap((schema) => schema.items ?? []);
  return { ...place, pointer: `${place.pointer}/${index}`, schemas: expand(items) };
}

/** The schemas and all their alternatives. */
function expand(schemas: readonly ValueSchema[]): readonly ValueSchema[] {
  const all = new Set<ValueSchema>(schemas);
  // A set also visits what is added while it is walked.
  for (const { allOf = [], anyOf = [], oneOf = [] } of all) {
    for (const part of [...allOf, ...anyOf, ...oneOf]) all.add(part);
  }
  return [...all];
}

const FORMATS: Readonly<Record<string, Variation>> = { 'date-time': 'instant', date: 'instant', uuid: 'id' };
/** `id`, `user_id`, `userId`, `orderIds`. */
const ID_NAME = /^id$|_ids?$|[a-z0-9]I[dD]s?$/;

/** How values at this location may differ, as the contract says, or else by the name. */
export function findVariation(
  { name, pointer, schemas }: ValueLocation,
  { audit }: Pick<ContractOperation, 'audit'>,
): Variation | undefined {
  for (const schema of schemas) {
    const said = VARIATIONS.find((one) => one === schema['x-emulator-varies']);
    if (said !== undefined) return said;
  }
  const cursor = audit?.cursor && `/${audit.cursor.out.replaceAll('.', '/')}`;
  if (cursor !== undefined && `${pointer}/`.startsWith(`${cursor}/`)) return 'token';
  for (const { format } of schemas) {
    const meant = FORMATS[format ?? ''];
    if (meant) return meant;
  }
  return ID_NAME.test(name) ? 'id' : undefined;
}
