import type { CredentialPlace } from '../contract/security.ts';
import { findNearest } from '../values/nearest.ts';
import { shorten } from '../values/quotation.ts';
import { toReason, type Reason } from '../wire/reason.ts';
import type { Request } from '../wire/request.ts';
import { parseQuery, type Exchange, type Key } from './exchange.ts';

interface Refused
  extends Pick<Exchange, 'service' | 'operation' | 'sandbox' | 'credential'>, Pick<Request, 'url' | 'headers'> {}

/** Says which credential is expected, its place, and what was sent instead. It never repeats the credential. */
export function toCredentialReason(refused: Refused, text: string | undefined): Reason {
  const { service, operation, sandbox, credential, headers } = refused;
  const places = operation?.credentials ?? [];
  const [usual] = places;
  const keys = service.listKeys?.(sandbox) ?? [];
  const expected = `it is expected in ${places.map(describePlace).join(' or ') || 'the request'}`;
  const [first] = keys;
  const right = first ? `; ${first.variable} of \`credits-emulator env\` holds one that works` : describeKey(usual);
  if (credential === undefined) {
    const stray = findStray(refused, keys);
    if (stray) {
      const { where, name, key } = stray;
      return toReason(where, shorten(name), `holds the key of ${key.variable}, but ${expected}`, key.variable);
    }
    const malformed = places.find(
      ({ scheme, name }) => scheme !== undefined && headers[name.toLowerCase()] !== undefined,
    );
    if (malformed) return toReason('header', malformed.name, `is not "${malformed.scheme ?? ''} <key>"${right}`);
    return toReason(usual?.where ?? 'header', usual?.name ?? null, `no key was sent; ${expected}${right}`);
  }
  const came = places.find((place) => readPlace(refused, place)?.includes(credential)) ?? usual;
  const where = came?.where ?? 'header';
  const field = came?.name ?? null;
  // The credential works, so it was refused for another reason.
  if (keys.some(({ value }) => value === credential)) {
    return toReason(
      where,
      field,
      `the key is known, but not accepted for this operation${text === undefined ? '' : `: ${text}`}; ${expected}`,
    );
  }
  const near = keys.find(({ value }) => findNearest(credential, [value]) !== undefined);
  if (near) return toReason(where, field, `the key is unknown, but close to that of ${near.variable}`, near.variable);
  return toReason(where, field, `the key is unknown here${right}`);
}

/** The first sentence of the document about it. */
function describeKey(place: CredentialPlace | undefined): string {
  const [sentence = ''] = place?.description?.split(/(?<=\.)\s/, 1) ?? [];
  return sentence === '' ? '' : ` (${shorten(sentence)})`;
}

function describePlace({ where, name, scheme }: CredentialPlace): string {
  return scheme === undefined ? `${where} ${name}` : `${where} ${name}: ${scheme} <key>`;
}

function readPlace(refused: Refused, { where, name }: CredentialPlace): string | undefined {
  const value: unknown =
    where === 'query'
      ? Reflect.get(parseQuery(refused.url, refused.service), name)
      : refused.headers[name.toLowerCase()];
  return typeof value === 'string' ? value : undefined;
}

interface Stray {
  readonly where: 'header' | 'query';
  readonly name: string;
  readonly key: Key;
}

/** Finds a valid key in an unexpected place. */
function findStray(refused: Refused, keys: readonly Key[]): Stray | undefined {
  for (const [where, values] of [
    ['header', refused.headers],
    ['query', parseQuery(refused.url, refused.service)],
  ] as const) {
    for (const [name, value] of Object.entries<unknown>({ ...values })) {
      const key = keys.find((one) => typeof value === 'string' && value.includes(one.value));
      if (key) return { where, name, key };
    }
  }
  return undefined;
}
