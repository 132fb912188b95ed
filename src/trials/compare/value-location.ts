import type { ContractOperation } from '../../core/contract/contract.ts';

/** The parts of a schema that say what a value is. References are resolved. */
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
 * How a value may be another one and mean the same: an `id` is the service's own name for something, an `instant` is when
 * something was, a `measure` is how much there is now of what runs on, a `token` is made by each service for itself; `no` is
 * said of what only looks so.
 */
export type Variation = (typeof VARIATIONS)[number];

const VARIATIONS = ['id', 'instant', 'measure', 'token', 'no'] as const;

/** Where a value stands in an answer, and what the contract says of it. */
export interface ValueLocation {
  /** A JSON pointer. */
  readonly pointer: string;
  /** Of the field, or of the one in whose list it stands. */
  readonly name: string;
  /** All that may describe it; none where the contract says nothing. */
  readonly schemas: readonly ValueSchema[];
  /** The object of the contract that has the field. */
  readonly owner: ValueSchema | undefined;
  /** Whether it, or what it stands in, is named as a secret. */
  readonly isSecret: boolean;
}

export function toRoot(schema: object | undefined): ValueLocation {
  return { pointer: '', name: '', schemas: schema ? expand([schema]) : [], owner: undefined, isSecret: false };
}

export function toField({ pointer, schemas, isSecret: isInside }: ValueLocation, name: string, isSecret = false): ValueLocation {
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

/** Schemas with the alternatives of which they are made. */
function expand(schemas: readonly ValueSchema[]): readonly ValueSchema[] {
  const all = new Set<ValueSchema>(schemas);
  // What is added while the set is walked is walked too.
  for (const { allOf = [], anyOf = [], oneOf = [] } of all) {
    for (const part of [...allOf, ...anyOf, ...oneOf]) all.add(part);
  }
  return [...all];
}

const FORMATS: Readonly<Record<string, Variation>> = { 'date-time': 'instant', date: 'instant', uuid: 'id' };
/** `id`, `user_id`, `userId`, `orderIds`. */
const ID_NAME = /^id$|_ids?$|[a-z0-9]I[dD]s?$/;

/** How values there may differ, as the contract says, or by the name where it says nothing. */
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
