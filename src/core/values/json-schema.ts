/** Parts of the JSON Schemas of fixtures and controls. */

/** Text that is not empty. */
export const text = { type: 'string', minLength: 1 };

export const instant = {
  type: 'string',
  description: 'RFC 3339, or relative to the start: now-P30D. Now if left out.',
};

/** An amount in decimal notation. */
export const amount = {
  description: 'A number, or a decimal string for more digits than a number holds.',
  anyOf: [{ type: 'number' }, { type: 'string', pattern: '^-?[0-9]+(\\.[0-9]+)?$' }],
};

/** A credential to which `~sandbox` can be added. */
export const credential = { type: 'string', pattern: '^[^\\s~]+$' };

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
