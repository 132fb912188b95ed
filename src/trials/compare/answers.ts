import type { ContractOperation } from '../../core/contract/contract.ts';
import { BodyComparison, type BodyTerms } from './bodies.ts';
import { Findings } from './findings.ts';
import { Numeral, parseJson, type Json } from './json.ts';
import { findVariation, toField, toRoot } from './value-location.ts';

/** The response to one read. */
export interface Seen {
  readonly status: number;
  /** Values by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface AnswerTerms extends BodyTerms {
  readonly operation: ContractOperation;
  readonly isHead: boolean;
}

/** Lists where two responses to one read differ. If the statuses differ, nothing else is compared. */
export function compareAnswers(ours: Seen, theirs: Seen, terms: AnswerTerms): Findings {
  const findings = new Findings(terms.showing);
  if (ours.status !== theirs.status) {
    const moved = theirs.headers['location'];
    const told = moved === undefined ? theirs.status : `${theirs.status}, to ${withoutTerms(moved)}`;
    const sides = { ours: ours.status, theirs: told };
    findings.add({ where: 'status', name: 'status', isSecret: false }, 'status', () => sides);
    return findings;
  }
  const [type, other] = [toMediaType(ours), toMediaType(theirs)];
  if (type !== other) addHeader('content-type', type, other, { terms, findings });
  compareHeaders(ours, theirs, terms, findings);
  if (type === other && !terms.isHead) compareContents(ours, theirs, terms, findings);
  return findings;
}

/** Compares the headers that the contract declares for the status. */
function compareHeaders(ours: Seen, theirs: Seen, terms: AnswerTerms, findings: Findings): void {
  const { operation, isSecret } = terms;
  const declared = Object.entries(operation.findResponse(ours.status)?.headers ?? {});
  for (const [name, { schema = {} }] of declared) {
    const key = name.toLowerCase();
    const [own, other] = [ours.headers[key], theirs.headers[key]];
    if (own === other) continue;
    const place = { ...toField(toRoot({ properties: { [name]: schema } }), name), name: key };
    const variation = isSecret(key) ? 'token' : findVariation(place, operation);
    const isFree = variation !== undefined && variation !== 'no';
    if (!isFree || own === undefined || other === undefined) addHeader(key, own, other, { terms, findings });
  }
}

function addHeader(
  name: string,
  ours: string | undefined,
  theirs: string | undefined,
  { terms, findings }: { readonly terms: AnswerTerms; readonly findings: Findings },
): void {
  const [own, other] = name === 'location' ? [ours, theirs].map((one) => one && withoutTerms(one)) : [ours, theirs];
  findings.add({ where: `headers.${name}`, name, isSecret: terms.isSecret(name) }, 'header', () => ({
    ...(own !== undefined && { ours: own }),
    ...(other !== undefined && { theirs: other }),
  }));
}

const HERE = 'http://here.invalid';

/** Removes the query and the user info of a location, which may contain credentials. */
function withoutTerms(location: string): string {
  if (!URL.canParse(location, HERE)) return 'what is no URL';
  const { protocol, origin, host, pathname } = new URL(location, HERE);
  if (origin === HERE) return pathname;
  return host === '' ? protocol : `${protocol}//${host}${pathname}`;
}

function compareContents(ours: Seen, theirs: Seen, terms: AnswerTerms, findings: Findings): void {
  const type = toMediaType(ours);
  const body = { where: 'body', name: '', isSecret: false };
  if (type === undefined || type.startsWith('text/')) {
    const sides = { ours: ours.body.toString(), theirs: theirs.body.toString() };
    if (sides.ours !== sides.theirs) findings.add(body, 'value', () => sides);
    return;
  }
  // Other media types, such as images, are not compared by content.
  if (!/^application\/(?:.+\+)?json$/.test(type)) return;
  const [own, other] = [read(ours), read(theirs)];
  if (own === undefined || other === undefined) {
    if (ours.body.equals(theirs.body)) return;
    findings.add(body, 'type', () => ({ ours: describe(ours, own), theirs: describe(theirs, other) }));
    return;
  }
  const declared = terms.operation.findResponse(ours.status)?.content?.[type]?.schema;
  new BodyComparison(terms, findings).compare(own, other, toRoot(declared));
}

function read({ body }: Seen): Json | undefined {
  try {
    return parseJson(body.toString());
  } catch {
    return undefined;
  }
}

function describe({ body }: Seen, json: Json | undefined): string {
  if (json === undefined) return body.length === 0 ? 'nothing' : 'no JSON';
  return json instanceof Numeral ? json.text : 'JSON';
}

function toMediaType({ headers }: Seen): string | undefined {
  return headers['content-type']?.split(';')[0]?.trim().toLowerCase();
}
