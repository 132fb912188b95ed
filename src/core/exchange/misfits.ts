import type { ContractOperation } from '../contract/contract.ts';
import { findNearest } from '../values/nearest.ts';
import { quote, shorten, shortenTo } from '../values/quotation.ts';
import type { Violation } from '../wire/failure.ts';
import { toReason, type Reason } from '../wire/reason.ts';
import { parseQuery, type Exchange } from './exchange.ts';

/** Violations that are described one by one, unknown fields that are named in one reason, and choices. */
const DESCRIBED = 10;
const SHOWN = 3;
const CHOICES = 20;
/** Characters of a validator's message. */
const MESSAGE = 300;

const NO_NAMES: ReadonlySet<string> = new Set();

/** What does not fit the document. */
export function listMisfits(exchange: Exchange, violations: readonly Violation[]): readonly Reason[] {
  const { operation } = exchange;
  const described = violations.slice(0, DESCRIBED);
  const misfits = described
    .filter((violation) => !isSummary(violation, described))
    .map((violation) => toMisfit(violation, operation))
    .filter((one, index, all) => all.findIndex((other) => isSame(one, other)) === index);
  const more = violations.length - described.length;
  const rest = more > 0 ? [toReason(misfits.at(-1)?.where ?? 'body', null, `does not fit in ${more} more ways`)] : [];
  return [...misfits, ...listMisspelt(exchange, misfits), ...rest];
}

/** Names that a service ignores, each near to one that it knows and that was not sent. */
export function listMisspelt(exchange: Exchange, listed: readonly Reason[] = []): readonly Reason[] {
  const { service, operation, request, params, body } = exchange;
  if (!operation) return [];
  const sent =
    service.parameters === 'merged'
      ? findMisspelt('parameters', params, toParameterNames(operation))
      : findMisspelt('body', body, operation.fieldNames);
  const { url } = request;
  const inQuery = url.includes('?') ? findMisspelt('query', parseQuery(url, service), operation.queryNames) : [];
  const isListed = (name: string | null): boolean => listed.some((one) => one.field === name || one.nearest === name);
  return [...sent, ...inQuery].filter(({ field, nearest }) => !isListed(field) && !isListed(nearest));
}

function isSame(one: Reason, other: Reason): boolean {
  return one.where === other.where && one.field === other.field && one.problem === other.problem;
}

const SUMMARIES = ['anyOf', 'oneOf', 'allOf', 'if'];

/** Whether it says only that none of several schemas fits, while others say why each of them does not. */
function isSummary({ keyword, pointer }: Violation, all: readonly Violation[]): boolean {
  return SUMMARIES.includes(keyword) && all.some((other) => other.keyword !== keyword && other.pointer === pointer);
}

function toMisfit(violation: Violation, operation: ContractOperation | undefined): Reason {
  const { where, pointer, keyword, params, message, data } = violation;
  const field = toField(pointer);
  switch (keyword) {
    case 'required':
      return toMissing(violation, toName(params['missingProperty']), operation);
    case 'additionalProperties': {
      const name = toName(params['additionalProperty']);
      const nearest = findNearest(name, propertiesOf(violation));
      return toReason(where, toField(pointer, name), 'is not known here', nearest ?? null);
    }
    case 'enum': {
      const { allowedValues } = params;
      const choices: readonly unknown[] = Array.isArray(allowedValues) ? allowedValues : [];
      const nearest = typeof data === 'string' ? findNearest(data, choices.map(String)) : undefined;
      const listed = choices.slice(0, CHOICES).map((one) => JSON.stringify(one));
      return toReason(where, field, shorten(`must be one of ${listed.join(', ')}`), nearest ?? null);
    }
    case 'type': {
      const type = data === null ? 'null' : Array.isArray(data) ? 'array' : typeof data;
      return toReason(where, field, `${message}, and is of type ${type}`);
    }
  }
  return toReason(where, field, shortenTo(MESSAGE, message));
}

function toMissing(violation: Violation, missing: string, operation: ContractOperation | undefined): Reason {
  const { where, pointer, data } = violation;
  const others = where === 'parameters' && pointer === '' ? toParameterNames(operation) : NO_NAMES;
  const { unknown, absent } = compareNames(data, new Set([...propertiesOf(violation), ...others]));
  const meant = findNearest(missing, unknown);
  if (meant !== undefined) {
    return toReason(where, toField(pointer, meant), `is not known here, and ${quote(missing)} is missing`, missing);
  }
  // Misspelt names have reasons of their own.
  const sent = unknown.filter((one) => findNearest(one, absent) === undefined).slice(0, SHOWN);
  const problem =
    sent.length > 0 ? `is missing; the request has the unknown names ${sent.map(quote).join(', ')}` : 'is missing';
  return toReason(where, toField(pointer, missing), problem);
}

function toName(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function propertiesOf({ schema = {} }: Violation): readonly string[] {
  const { properties = {} } = schema as { readonly properties?: object };
  return Object.keys(properties);
}

/** All parameters of an operation, wherever they may be; none if its body takes any field. */
function toParameterNames(operation: ContractOperation | undefined): ReadonlySet<string> {
  if (!operation || (operation.takesBody && operation.fieldNames.size === 0)) return NO_NAMES;
  return new Set([...operation.pathNames, ...operation.queryNames, ...operation.fieldNames]);
}

/** A pointer as people write it: "events.0.amount". */
function toField(pointer: string, name?: string): string | null {
  const parts = pointer.split('/').slice(1);
  const names = parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const field = [...names, ...(name === undefined ? [] : [name])].join('.');
  return field === '' ? null : shorten(field);
}

function findMisspelt(where: Reason['where'], value: unknown, declared: ReadonlySet<string>): readonly Reason[] {
  const { unknown, absent } = compareNames(value, declared);
  return unknown.flatMap((name) => {
    const nearest = findNearest(name, absent);
    return nearest === undefined ? [] : [toReason(where, name, 'is not known here', nearest)];
  });
}

/** Maximum fields of an object that are checked, unknown ones that are listed, and characters of a name; longer names are skipped. */
const LOOKED_AT = 256;
const UNKNOWN = 16;
const NAME = 64;

interface ComparedNames {
  /** Sent and not declared. */
  readonly unknown: readonly string[];
  /** Declared and not sent. */
  readonly absent: readonly string[];
}

const ALL_KNOWN: ComparedNames = { unknown: [], absent: [] };

/** The fields of an object against those that are declared for it; the cost is bounded, however many were sent. */
function compareNames(value: unknown, declared: ReadonlySet<string>): ComparedNames {
  if (declared.size === 0 || typeof value !== 'object' || value === null || Array.isArray(value)) return ALL_KNOWN;
  const unknown: string[] = [];
  let count = 0;
  for (const name in value) {
    if ((count += 1) > LOOKED_AT || unknown.length === UNKNOWN) break;
    if (name.length <= NAME && !declared.has(name)) unknown.push(name);
  }
  if (unknown.length === 0) return ALL_KNOWN;
  return { unknown, absent: [...declared].filter((name) => !Object.hasOwn(value, name)) };
}
