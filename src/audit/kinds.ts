import type { AuditTerms } from '../core/contract/audit-terms.ts';
import type { ContractOperation } from '../core/contract/contract.ts';
import type { Sandbox } from '../core/sandbox/sandbox.ts';
import type { Audited } from './audited.ts';
import { BodyForms } from './body-forms.ts';
import { hashText } from '../core/values/hash.ts';

/** What the exchanges of one operation have in common, or those of a service that met none. */
export interface Kind {
  readonly audited: Audited | undefined;
  readonly operation: ContractOperation | undefined;
  readonly terms: AuditTerms | undefined;
  readonly sandbox: Sandbox;
  /** Whether the service takes parameters wherever they stand. */
  readonly isMerged: boolean;
  /** That its body may have; none where any would do. */
  readonly fieldNames: ReadonlySet<string>;
  /** Numbers that stand for its provider, and for its operation. */
  readonly seeds: { readonly provider: number; readonly operation: number };
  /** Of bodies that need not be parsed. */
  readonly forms: BodyForms | undefined;
}

/** Finds out once what the exchanges of each operation have in common. */
export class Kinds {
  readonly #audited: ReadonlyMap<string, Audited>;
  readonly #sandbox: Sandbox;
  /** By provider and operation. */
  readonly #kinds = new Map<string, Map<string | undefined, Kind>>();

  constructor(audited: ReadonlyMap<string, Audited>, sandbox: Sandbox) {
    this.#audited = audited;
    this.#sandbox = sandbox;
  }

  find(provider: string, id: string | undefined): Kind {
    let own = this.#kinds.get(provider);
    if (!own) this.#kinds.set(provider, (own = new Map<string | undefined, Kind>()));
    let kind = own.get(id);
    if (!kind) own.set(id, (kind = this.#toKind(provider, id)));
    return kind;
  }

  #toKind(provider: string, id: string | undefined): Kind {
    const audited = this.#audited.get(provider);
    const operation = id === undefined ? undefined : audited?.operations.get(id);
    const isMerged = audited?.service.parameters === 'merged';
    const fieldNames = operation ? listFieldNames(operation, isMerged) : NONE;
    const forms = audited && operation?.takesBody === true ? toForms(audited, operation, fieldNames) : undefined;
    const ofProvider = hashText(provider, 0);
    const seeds = { provider: ofProvider, operation: hashText(id ?? '', ofProvider) };
    return { audited, operation, terms: operation?.audit, sandbox: this.#sandbox, isMerged, fieldNames, forms, seeds };
  }
}

const NONE: ReadonlySet<string> = new Set();

/** Of a service that merges its parameters, wherever they may stand. */
function listFieldNames(operation: ContractOperation, isMerged: boolean): ReadonlySet<string> {
  const { fieldNames, pathNames, queryNames, credentials, takesBody } = operation;
  if (!isMerged) return fieldNames;
  if (takesBody && fieldNames.size === 0) return NONE;
  return new Set([...pathNames, ...queryNames, ...fieldNames, ...credentials.flatMap(({ name }) => name)]);
}

function toForms(
  { isSecret }: Audited,
  { audit, fieldNames: own }: ContractOperation,
  fieldNames: ReadonlySet<string>,
): BodyForms {
  const isKnown = (name: string): boolean => own.size === 0 || fieldNames.size === 0 || fieldNames.has(name);
  const key = audit?.key;
  return new BodyForms({
    isPlain: (names) => names.every((name) => isKnown(name) && !isSecret(name)),
    key: key?.includes('[].') === true ? undefined : key,
  });
}
