import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

const ajv = new Ajv({ allErrors: true, strict: false, verbose: true });
addFormats.default(ajv);

/** A check of a value that is no part of a document: a fixture's section, a control's arguments. Compiled once. */
export function compileSchema(schema: object): ValidateFunction {
  return ajv.compile(schema);
}
