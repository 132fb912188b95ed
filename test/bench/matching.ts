import { toInstant } from '../../src/core/values/clock.ts';
import { parseRule, type Nameable } from '../../src/core/faults/fault-rule.ts';
import { Faults } from '../../src/core/faults/armed-rules.ts';
import { coreCollections } from '../../src/core/sandbox/core-collections.ts';
import { CORE } from '../../src/core/store/due.ts';
import { Catalog } from '../../src/core/store/roots.ts';
import { Store } from '../../src/core/store/store.ts';
import type { Pair } from './row.ts';

const LOOKS = 2_000_000;
const NANOSECONDS = 1_000_000;

/** Nanoseconds to find out that no rule meets an exchange: where there is none, and where all are of other operations. */
export function compareMatching(rules: number): Pair {
  return { baseline: () => measure(toFaults(0)), ours: () => measure(toFaults(rules)) };
}

function toFaults(count: number): Faults {
  const operations = Array.from({ length: count }, (_, index) => `operation${index}`);
  const nameable: Nameable = new Map([['bench', { operations, codes: [] }]]);
  const rules = operations.map((operation) =>
    parseRule({ provider: 'bench', operation, effect: { status: 500 } }, operation, nameable),
  );
  const store = new Store(new Catalog([{ id: CORE, collections: coreCollections }]));
  const faults = new Faults(store, store.open(CORE, coreCollections).rules);
  store.transaction(() => {
    for (const rule of rules) faults.put(rule, toInstant(0));
  });
  return faults;
}

function measure(faults: Faults): Promise<number> {
  let met = 0;
  const look = (times: number): void => {
    for (let at = 0; at < times; at += 1) if (faults.planFor('bench', 'measured')) met += 1;
  };
  look(LOOKS / 10);
  const start = performance.now();
  look(LOOKS);
  const took = performance.now() - start;
  if (met > 0) throw new Error('A rule of another operation met it.');
  return Promise.resolve((took * NANOSECONDS) / LOOKS);
}
