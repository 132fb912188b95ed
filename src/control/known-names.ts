import { assertNames, RuleMistake } from '../core/faults/fault-rule.ts';
import { ASKED } from '../core/wire/fault.ts';
import { findNearest } from '../core/values/nearest.ts';
import { shorten } from '../core/values/quotation.ts';
import type { Account } from '../core/store/balance-book.ts';
import type { Sandbox } from '../core/sandbox/sandbox.ts';
import type { Installation } from './endpoint.ts';
import { toFailure, type ProblemCode } from './problems.ts';
import type { components } from '../generated/emulator.ts';

type Unknown = components['schemas']['Unknown'][number];

interface Named {
  readonly provider?: string | undefined;
  readonly operation?: string | readonly string[] | undefined;
}

/** @throws {Failure} for an unknown provider or operation, with the nearest name */
export function assertKnown({ provider, operation }: Named, { nameable }: Installation, where = 'query'): void {
  assertAmong(provider, [operation ?? []].flat(), nameable, where);
}

/** The same for the ledger, which also names controls and kinds of scheduled items. */
export function assertKnownCause({ provider, operation }: Named, { nameable, providers }: Installation): void {
  const causes = [...nameable].map(([id, { operations }]) => {
    const { controls = {}, due = {} } = providers.get(id) ?? {};
    return [id, { operations: [...operations, ...Object.keys(controls), ...Object.keys(due)] }] as const;
  });
  assertAmong(provider, [operation ?? []].flat(), new Map(causes), 'query');
}

function assertAmong(
  provider: string | undefined,
  operations: readonly string[],
  nameable: Parameters<typeof assertNames>[2],
  where: string,
): void {
  try {
    assertNames(provider, operations, nameable);
  } catch (error) {
    if (!(error instanceof RuleMistake)) throw error;
    const code: ProblemCode = error.path[0] === 'provider' ? 'UNKNOWN_PROVIDER' : 'UNKNOWN_OPERATION';
    throw toFailure(code, `${where}/${error.path.join('/')}: ${error.message}`);
  }
}

type Owner = Pick<Account, 'provider' | 'tenant' | 'account'>;

/** Owners that have a balance, had one when the ledger opened, or appear in the ledger. */
function* listOwners(sandbox: Sandbox): IterableIterator<Owner> {
  yield* sandbox.accounts();
  yield* sandbox.openingAccounts() ?? [];
  yield* sandbox.ledger.newest();
}

/** Finds names of an account filter that never were in this sandbox. It reads all accounts. */
export function findUnknownAccounts(
  sandbox: Sandbox,
  { provider, tenant, account }: Partial<Owner>,
): readonly Unknown[] {
  const ofProvider = (owner: Owner): boolean => provider === undefined || owner.provider === provider;
  const tenants = function* (): IterableIterator<string> {
    for (const owner of listOwners(sandbox)) if (ofProvider(owner)) yield owner.tenant;
  };
  const strange = tenant === undefined ? undefined : findUnknown('tenant', tenant, tenants);
  const accounts = function* (): IterableIterator<string> {
    // With an unknown tenant, the account may still be right.
    const ofTenant = strange ? undefined : tenant;
    for (const owner of listOwners(sandbox)) {
      if (ofProvider(owner) && (ofTenant === undefined || owner.tenant === ofTenant)) yield owner.account;
    }
  };
  return [strange, account === undefined ? undefined : findUnknown('account', account, accounts)].filter(isThere);
}

interface OfExchanges {
  readonly provider?: string | undefined;
  readonly subject?: string | undefined;
  readonly fault?: string | undefined;
}

/** The same for a filter of exchanges: a subject that no exchange was about, a fault that is neither armed nor was met. */
export function findUnknownOfExchanges(
  sandbox: Sandbox,
  { provider, subject, fault }: OfExchanges,
): readonly Unknown[] {
  const subjects = function* (): IterableIterator<string> {
    for (const entry of sandbox.journal.newest()) {
      if (entry.subject !== undefined && (provider === undefined || entry.provider === provider)) yield entry.subject;
    }
    for (const owner of listOwners(sandbox))
      if (provider === undefined || owner.provider === provider) yield owner.account;
  };
  const faults = function* (): IterableIterator<string> {
    yield ASKED;
    for (const { rule } of sandbox.faults.list()) yield rule.id;
    for (const entry of sandbox.journal.newest()) for (const { name } of entry.faults) yield name;
  };
  return [
    subject === undefined ? undefined : findUnknown('subject', subject, subjects),
    fault === undefined || fault === '*' ? undefined : findUnknown('fault', fault, faults),
  ].filter(isThere);
}

/** Names to compare with: comparing costs much more than reading. */
const COMPARED = 20_000;

function findUnknown(field: Unknown['field'], value: string, list: () => Iterable<string>): Unknown | undefined {
  const names = new Set<string>();
  for (const name of list()) {
    if (name === value) return undefined;
    if (names.size < COMPARED) names.add(name);
  }
  const nearest = findNearest(value, names);
  return { field, value: shorten(value), ...(nearest !== undefined && { nearest }) };
}

function isThere<T>(value: T | undefined): value is T {
  return value !== undefined;
}

/** The field of a response; it is left out if all names are known. */
export function describeUnknown(unknown: readonly Unknown[]): { unknown?: Unknown[] } {
  return unknown.length > 0 ? { unknown: [...unknown] } : {};
}
