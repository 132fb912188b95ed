import { findNearest } from '../values/nearest.ts';
import { quote, shorten } from '../values/quotation.ts';
import type { Reason } from '../wire/reason.ts';
import { holdAgainst, readQuery, toReason, type KeptFields, type KeptViolation, type Refused } from './refused.ts';

/** What does not fit the document. */
export function toInvalidReasons(refused: Refused): readonly Reason[] {
  const { violations, more } = refused;
  const misfits = violations
    .filter((violation) => !isSummary(violation, violations))
    .map(toMisfit)
    .filter((one, index, all) => all.findIndex((other) => isSame(one, other)) === index);
  const rest = more > 0 ? [toReason(misfits.at(-1)?.where ?? 'body', null, `does not fit in ${more} more ways`)] : [];
  return [...misfits, ...toMisspelt(refused, misfits), ...rest];
}

function isSame(one: Reason, other: Reason): boolean {
  return one.where === other.where && one.field === other.field && one.problem === other.problem;
}

const SUMMARIES = ['anyOf', 'oneOf', 'allOf', 'if'];

/** What says only that none of several schemas fits, where each of them says why. */
function isSummary({ keyword, pointer }: KeptViolation, all: readonly KeptViolation[]): boolean {
  return SUMMARIES.includes(keyword) && all.some((other) => other.keyword !== keyword && other.pointer === pointer);
}

function toMisfit({
  where,
  pointer,
  keyword,
  message,
  type,
  choice,
  choices,
  name,
  fields,
  schema,
}: KeptViolation): Reason {
  const field = toField(pointer);
  switch (keyword) {
    case 'required': {
      const missing = name ?? '';
      const { unknown, absent } = fields;
      const meant = findNearest(missing, unknown);
      if (meant !== undefined) {
        const problem = `is not known here, and ${quote(missing)} is missing`;
        return toReason(where, toField(pointer, meant), problem, missing);
      }
      // Those that are misspelt are told of one by one.
      const others = unknown.filter((one) => findNearest(one, absent) === undefined).slice(0, SHOWN);
      const sent = others.map(quote).join(', ');
      const problem = others.length > 0 ? `is missing; sent, but not known here: ${sent}` : 'is missing';
      return toReason(where, toField(pointer, missing), problem);
    }
    case 'additionalProperties': {
      const { properties = {} } = schema as { readonly properties?: object };
      const nearest = findNearest(name ?? '', Object.keys(properties));
      return toReason(where, toField(pointer, name), 'is not known here', nearest ?? null);
    }
    case 'enum': {
      const nearest = choice === undefined ? undefined : findNearest(choice, choices.map(String));
      const listed = choices.slice(0, CHOICES).map((one) => JSON.stringify(one));
      return toReason(where, field, shorten(`must be one of ${listed.join(', ')}`), nearest ?? null);
    }
    case 'type':
      return toReason(where, field, `${message}, and is of type ${type}`);
  }
  return toReason(where, field, message);
}

/** Unknown fields that are named in one reason, and choices. */
const SHOWN = 3;
const CHOICES = 20;

/** A pointer as people write it: "events.0.amount". */
function toField(pointer: string, name?: string): string | null {
  const parts = pointer.split('/').slice(1);
  const names = parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const field = [...names, ...(name === undefined ? [] : [name])].join('.');
  return field === '' ? null : shorten(field);
}

/** Names that a service ignores, each near to one that it knows and that was not sent. */
export function toMisspelt(refused: Refused, told: readonly Reason[]): readonly Reason[] {
  const { service, fields, operation } = refused;
  if (!operation) return [];
  const where = service.parameters === 'merged' ? 'parameters' : 'body';
  const inQuery = holdAgainst(readQuery(refused), operation.queryNames);
  const isTold = (field: string): boolean => told.some((one) => one.field === field || one.nearest === field);
  return [...findMisspelt(where, fields), ...findMisspelt('query', inQuery)].filter(
    ({ field, nearest }) => !isTold(field ?? '') && !isTold(nearest ?? ''),
  );
}

function findMisspelt(where: Reason['where'], { unknown, absent }: KeptFields): readonly Reason[] {
  return unknown.flatMap((name) => {
    const nearest = findNearest(name, absent);
    return nearest === undefined ? [] : [toReason(where, name, 'is not known here', nearest)];
  });
}
