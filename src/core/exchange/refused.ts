import type { IncomingHttpHeaders } from 'node:http';

import type { ContractOperation } from '../contract/contract.ts';
import type { KeptBody } from '../sandbox/journal.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { parseFields } from '../wire/body.ts';
import type { FailureReason, Violation } from '../wire/failure.ts';
import type { MetFault } from '../wire/fault.ts';
import type { Reason } from '../wire/reason.ts';
import type { Service } from './exchange.ts';

/** Why an exchange ended without success: a failure, a reply of an operation that is none, or a disk that fails. */
export type Cause = FailureReason | { readonly kind: 'answered' } | { readonly kind: 'notKept' };

/** A violation without the value that has it. */
export interface KeptViolation extends Pick<Violation, 'where' | 'pointer' | 'keyword' | 'message'> {
  /** The type of what is there. */
  readonly type: string;
  /** What is there, where it is a short text and one of several is asked for. */
  readonly choice: string | undefined;
  readonly choices: readonly unknown[];
  /** A field that is asked for, or one that is not known. */
  readonly name: string | undefined;
  readonly fields: KeptFields;
  readonly schema: object;
}

/** The fields of an object, held against those that are declared for it. */
export interface KeptFields {
  /** Sent and not declared. */
  readonly unknown: readonly string[];
  /** Declared and not sent. */
  readonly absent: readonly string[];
}

/** What the reasons of a refusal are made of. All of it is short, or kept by the journal in any case. */
export interface Refused {
  /** Without the violations. */
  readonly cause: Cause;
  readonly isInjected: boolean;
  readonly status: number;
  readonly service: Service;
  readonly sandbox: Sandbox;
  readonly operation: ContractOperation | undefined;
  readonly basePath: string | undefined;
  readonly path: string;
  /** Of the path. */
  readonly params: object;
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** As far as the journal keeps it. */
  readonly body: KeptBody | undefined;
  readonly credential: string | undefined;
  readonly subject: string | undefined;
  readonly met: readonly MetFault[];
  readonly violations: readonly KeptViolation[];
  /** How many violations more there were. */
  readonly more: number;
  /** Of the body, or of all parameters where the service merges them. */
  readonly fields: KeptFields;
}

export function toReason(
  where: Reason['where'],
  field: string | null,
  problem: string,
  nearest: string | null = null,
): Reason {
  return { where, field, problem, nearest };
}

/** All of the query, also what the document does not know. */
export function readQuery({ url, service }: Refused): object {
  const queryAt = url.indexOf('?');
  return queryAt < 0 ? {} : parseFields(url.slice(queryAt + 1), service.body);
}

/** Fields of an object that are looked at, and unknown ones that are kept. */
const LOOKED_AT = 256;
const NAMES = 16;
/** Characters of a name that is kept: what is longer is near to none. */
const LONGEST = 64;

/** The fields of an object against those that are declared for it. It takes no longer the more there are. */
export function holdAgainst(value: unknown, declared: ReadonlySet<string>): KeptFields {
  if (declared.size === 0 || typeof value !== 'object' || value === null || Array.isArray(value)) return NO_FIELDS;
  const unknown: string[] = [];
  let count = 0;
  for (const name in value) {
    if ((count += 1) > LOOKED_AT || unknown.length === NAMES) break;
    // A copy: a slice would keep the whole text alive that it was cut from.
    if (name.length <= LONGEST && !declared.has(name)) unknown.push(Buffer.from(name).toString());
  }
  if (unknown.length === 0) return NO_FIELDS;
  return { unknown, absent: [...declared].filter((name) => !Object.hasOwn(value, name)) };
}

const NO_FIELDS: KeptFields = { unknown: [], absent: [] };
