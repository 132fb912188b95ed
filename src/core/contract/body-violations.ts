import { checkSchema } from '../values/json-schema-check.ts';
import type { Violation } from '../wire/failure.ts';
import type { ObjectSchema } from './operation-object.ts';

/** The first ten errors of a body. */
export function findSome(schema: object, body: unknown): readonly Violation[] {
  const { mistakes, more } = checkSchema(schema, body);
  const violations = mistakes.map((mistake): Violation => ({ where: 'body', ...mistake }));
  return more ? [...violations, MORE] : violations;
}

const MORE: Violation = { where: 'body', pointer: '', keyword: 'more', params: {}, message: 'has more mistakes' };

/** A list in a body that is longer than it may be. Its items are not checked, since each may fail in many ways. */
export function findExcess(
  { properties = {} }: ObjectSchema,
  where: Violation['where'],
  body: unknown,
): Violation | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  for (const [name, schema] of Object.entries(properties)) {
    const data: unknown = Object.hasOwn(body, name) ? Reflect.get(body, name) : undefined;
    if (!Array.isArray(data)) continue;
    const { maxItems: limit = Infinity } = schema;
    if (data.length <= limit) continue;
    const message = `must NOT have more than ${limit} items`;
    return { where, pointer: `/${name}`, keyword: 'maxItems', params: { limit }, message, data, schema };
  }
  return undefined;
}
