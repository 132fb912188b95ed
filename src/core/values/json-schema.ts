/** Parts of which the JSON Schemas of fixtures and controls are made. */

/** Text that is not empty. */
export const text = { type: 'string', minLength: 1 };

/** An object with these properties and no others. */
export function toObjectSchema(required: readonly string[], properties: object): object {
  return { type: 'object', additionalProperties: false, required, properties };
}

/** A list of such objects. */
export function toListSchema(required: readonly string[], properties: object): object {
  return { type: 'array', items: toObjectSchema(required, properties) };
}

export function orNull(schema: object): object {
  return { anyOf: [schema, { type: 'null' }] };
}
