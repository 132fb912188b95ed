import { expect, it } from 'vitest';

import { getOwnContract } from '../../../src/compose/contracts.ts';
import type { ContractOperation } from '../../../src/core/contract/contract.ts';
import type { AuditTerms } from '../../../src/core/contract/audit-terms.ts';
import { RULE_NAMES, type RuleName } from '../../../src/audit/finding.ts';
import { bundled } from '../../../src/providers/index.ts';
import { PARTS } from './cast.ts';

/** What a provider must have for its clients to make a mistake. Other rules apply to every provider. */
const NEEDED: Partial<Record<RuleName, (operations: readonly ContractOperation[]) => boolean>> = {
  'stale-write': (operations) =>
    operations.some(
      (one) =>
        one.audit?.kind === 'set' && one.audit.shows === 'subject' && operations.some((read) => isReadOf(read, one)),
    ),
  'no-key': has(({ key }) => key !== undefined),
  'page-loop': has(({ cursor }) => cursor !== undefined),
  'missing-effect': has(({ settles }) => settles === true),
  'stream-abandoned': (operations) => operations.some(({ operationId }) => operationId.endsWith('Stream')),
};

function has(test: (terms: AuditTerms) => boolean): (operations: readonly ContractOperation[]) => boolean {
  return (operations) => operations.some(({ audit }) => audit !== undefined && test(audit));
}

/** Whether an operation is a dedicated read of what another one sets. */
function isReadOf({ audit }: ContractOperation, { audit: other }: ContractOperation): boolean {
  return audit?.kind === 'read' && audit.shows === 'subject' && other?.shows === 'subject';
}

it('every rule has wrong clients of every provider that it applies to', () => {
  const all = PARTS.map(({ provider }) => provider);
  const applying = RULE_NAMES.map((rule): [RuleName, readonly string[]] => [
    rule,
    all.filter((id) => {
      const provider = bundled.find((one) => one.provider.id === id)?.provider;
      if (!provider) throw new Error(`There is no ${id}.`);
      return NEEDED[rule]?.(getOwnContract(provider.document, provider).operations) ?? true;
    }),
  ]);
  expect([bundled.length, Object.fromEntries(applying)]).toEqual([
    all.length,
    {
      'double-effect': all,
      'key-reuse': all,
      // No document says whether a balance may fall below zero. overdrawn.test.ts lists who allows and who refuses it.
      overdrawn: all,
      'page-loop': ['klaim', 'inveterate'],
      'stale-write': ['klaim', 'gamefuse', 'inveterate'],
      'no-key': ['openmonetize'],
      'retry-after-ignored': all,
      'stream-abandoned': ['decentraland'],
      'secret-in-url': all,
      'ignored-field': all,
      'unseen-effect': all,
      'missing-effect': ['inveterate', 'openmonetize'],
      'futile-retry': all,
      'retry-storm': all,
      'off-contract': all,
    },
  ]);
});
