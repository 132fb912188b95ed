import type { ContractOperation } from '../../core/contract/contract.ts';
import { BodyComparison, type BodyTerms } from './bodies.ts';
import type { Difference } from './difference.ts';
import { Numeral, parseJson, type Json } from './json.ts';
import { findVariation, toField, toRoot } from './place.ts';

/** What came back for one read. */
export interface Seen {
  readonly status: number;
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface AnswerTerms extends BodyTerms {
  readonly operation: ContractOperation;
  readonly isHead: boolean;
}

/** Where two answers to one read differ. Of answers with another status nothing else is compared: they mean another thing. */
export function compareAnswers(ours: Seen, theirs: Seen, terms: AnswerTerms): readonly Difference[] {
  if (ours.status !== theirs.status) {
    const moved = theirs.headers['location'];
    const told = moved === undefined ? theirs.status : `${theirs.status}, to ${moved}`;
    return [{ where: 'status', kind: 'status', ours: ours.status, theirs: told }];
  }
  const headers = compareHeaders(ours, theirs, terms);
  const [type, other] = [toMediaType(ours), toMediaType(theirs)];
  if (type !== other) {
    return [{ where: 'headers.content-type', kind: 'header', ...toSides(type, other) }, ...headers];
  }
  return terms.isHead ? headers : [...headers, ...compareContents(ours, theirs, type, terms)];
}

/** Those that the contract declares for the status. */
function compareHeaders(ours: Seen, theirs: Seen, terms: AnswerTerms): readonly Difference[] {
  const { operation, isSecret } = terms;
  const declared = Object.entries(operation.findResponse(ours.status)?.headers ?? {});
  return declared.flatMap(([name, { schema = {} }]): readonly Difference[] => {
    const key = name.toLowerCase();
    const [own, other] = [ours.headers[key], theirs.headers[key]];
    if (own === other) return [];
    const place = { ...toField(toRoot({ properties: { [name]: schema } }), name), name: key };
    const variation = isSecret(key) ? 'token' : findVariation(place, operation);
    const isFree = variation !== undefined && variation !== 'no';
    if (isFree && own !== undefined && other !== undefined) return [];
    return [{ where: `headers.${key}`, kind: 'header', ...toSides(own, other) }];
  });
}

function compareContents(
  ours: Seen,
  theirs: Seen,
  type: string | undefined,
  terms: AnswerTerms,
): readonly Difference[] {
  if (type === undefined || type.startsWith('text/')) {
    const [own, other] = [ours.body.toString(), theirs.body.toString()];
    return own === other ? [] : [{ where: 'body', kind: 'value', ours: own, theirs: other }];
  }
  // Of pictures and the like it is enough that they are some.
  if (!/^application\/(?:.+\+)?json$/.test(type)) return [];
  const [own, other] = [read(ours), read(theirs)];
  if (own === undefined || other === undefined) {
    if (ours.body.equals(theirs.body)) return [];
    return [{ where: 'body', kind: 'type', ours: describe(ours, own), theirs: describe(theirs, other) }];
  }
  const comparison = new BodyComparison(terms);
  const declared = terms.operation.findResponse(ours.status)?.content?.[type]?.schema;
  comparison.compare(own, other, toRoot(declared));
  return comparison.differences;
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

function toSides(ours: string | undefined, theirs: string | undefined): Pick<Difference, 'ours' | 'theirs'> {
  return { ...(ours !== undefined && { ours }), ...(theirs !== undefined && { theirs }) };
}
