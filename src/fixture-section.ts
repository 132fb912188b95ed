import type { ErrorObject } from 'ajv';

import { ConfigError } from './config-error.ts';
import type { FixturePath } from './core/fixture.ts';
import type { Provider } from './core/provider.ts';
import { compileSchema } from './core/schema.ts';
import { findNearest, suggest } from './core/nearest.ts';
import { describeFault, type Source } from './source.ts';

/** Checks one provider's section of a fixture. @throws {ConfigError} with all that is wrong, a fault a line */
export function assertSection(source: Source, provider: Provider, content: unknown): void {
  const validate = compileSchema(provider.fixture.schema);
  if (validate(content)) return;
  const faults = toFaults(validate.errors ?? []).map(({ path, message }) =>
    describeFault(source, [provider.id, ...path], message),
  );
  throw new ConfigError(faults.join('\n'));
}

interface Fault {
  readonly path: FixturePath;
  readonly message: string;
}

const ALTERNATIVE = /\/(?:anyOf|oneOf)\/\d+\//;
const ALTERNATIVES = new Set(['anyOf', 'oneOf']);

/** Alternatives that all fail are one fault. */
export function toFaults(errors: readonly ErrorObject[]): readonly Fault[] {
  const failed = new Map<string, string[]>();
  for (const error of errors) {
    if (!ALTERNATIVE.test(error.schemaPath)) continue;
    failed.set(error.instancePath, [...(failed.get(error.instancePath) ?? []), toExpectation(error)]);
  }
  return errors
    .filter(({ schemaPath }) => !ALTERNATIVE.test(schemaPath))
    .map((error) => {
      const path = toPath(error.instancePath);
      if (error.keyword === 'additionalProperties') return toUnknownField(path, error);
      const expected = ALTERNATIVES.has(error.keyword) ? failed.get(error.instancePath) : undefined;
      return { path, message: expected?.join(', or ') ?? toExpectation(error) };
    });
}

function toUnknownField(path: FixturePath, { params, parentSchema }: ErrorObject): Fault {
  const name = String((params as Readonly<Record<string, unknown>>)['additionalProperty']);
  const known = Object.keys(toObject(parentSchema?.['properties']));
  return { path: [...path, name], message: `"${name}" is not known here${suggest(name, known)}` };
}

function toExpectation({ keyword, params, message = keyword, data }: ErrorObject): string {
  const allowed = (params as Readonly<Record<string, unknown>>)['allowedValues'];
  if (!Array.isArray(allowed)) return message;
  const nearest = typeof data === 'string' ? findNearest(data, allowed.map(String)) : undefined;
  return `${message}: ${allowed.join(', ')}${nearest === undefined ? '' : `; did you mean "${nearest}"?`}`;
}

/** JSON pointer to path; digits are indexes, because no section has a record with digits for a field. */
function toPath(pointer: string): FixturePath {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part.replaceAll('~1', '/').replaceAll('~0', '~')));
}

function toObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}
