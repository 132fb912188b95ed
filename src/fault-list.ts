import type { ValidateFunction } from 'ajv';

import { ConfigError } from './config-error.ts';
import { readBundled, toBundledUrl } from './core/document.ts';
import { parseRule, RuleFault, type Nameable, type Rule, type WrittenRule } from './core/fault-rule.ts';
import type { FixturePath } from './core/fixture.ts';
import { compileSchema } from './core/schema.ts';
import { toFaults } from './fixture-section.ts';
import { describeFault, readFileSource, type Source } from './source.ts';

/** Rules as a file holds them. */
export interface RuleList {
  readonly source: Source;
  /** The key below which they stand; a file may be nothing but a list. */
  readonly key: readonly string[];
  readonly rules: readonly unknown[];
}

const KEYS = ['$schema', 'faults'];

/** The rules of `--faults FILE`: a list, or a mapping with a list `faults`. @throws {ConfigError} */
export async function readRuleList(file: string): Promise<RuleList> {
  const source = await readFileSource(file);
  const { content } = source;
  if (Array.isArray(content)) return { source, key: [], rules: content };
  const fields: object = typeof content === 'object' && content !== null ? content : {};
  const other = Object.keys(fields).find((key) => !KEYS.includes(key));
  if (other !== undefined) {
    throw new ConfigError(describeFault(source, [other], `"${other}" has no place in a file of faults.`));
  }
  return toRuleList(source, 'faults' in fields ? fields.faults : undefined);
}

/** @throws {ConfigError} where it is no list */
export function toRuleList(source: Source, rules: unknown): RuleList {
  if (Array.isArray(rules)) return { source, key: ['faults'], rules };
  throw new ConfigError(describeFault(source, ['faults'], '"faults" must be a list of rules.'));
}

/** What rules may name, and which providers are passed over because they are switched off. */
export interface Naming {
  readonly nameable: Nameable;
  readonly known: Iterable<string>;
}

/**
 * What lists of rules come to. A later rule replaces an earlier one of the same id.
 *
 * @throws {ConfigError} with file, line and path of what is wrong
 */
export async function toRules(lists: readonly RuleList[], { nameable, known }: Naming): Promise<readonly Rule[]> {
  if (lists.length === 0) return [];
  const validate = await loadSchema();
  const off = new Set([...known].filter((id) => !nameable.has(id)));
  const written = lists.flatMap((list) => assertShapes(list, validate));
  const taken = new Set(written.map(({ rule }) => rule.id));
  const rules = new Map<string, Rule>();
  let made = 0;
  const createId = (): string => {
    for (;;) {
      const id = `seeded-${(made += 1)}`;
      if (!taken.has(id)) return id;
    }
  };
  for (const { rule, source, at } of written) {
    if (rule.provider !== undefined && off.has(rule.provider)) continue;
    const id = rule.id ?? createId();
    try {
      rules.set(id, parseRule(rule, id, nameable));
    } catch (error) {
      if (!(error instanceof RuleFault)) throw error;
      throw new ConfigError(describeFault(source, [...at, ...error.path], error.message));
    }
  }
  return [...rules.values()];
}

interface PlacedRule {
  readonly rule: WrittenRule;
  readonly source: Source;
  readonly at: FixturePath;
}

/** @throws {ConfigError} with all that is wrong with the first wrong rule */
function assertShapes({ source, key, rules }: RuleList, validate: ValidateFunction): readonly PlacedRule[] {
  const ids = new Set<string>();
  return rules.map((rule, index) => {
    const at = [...key, index];
    if (!validate(rule)) {
      const faults = toFaults(validate.errors ?? []);
      throw new ConfigError(
        faults.map(({ path, message }) => describeFault(source, [...at, ...path], message)).join('\n'),
      );
    }
    // The schema has checked the shape.
    const shaped = rule as WrittenRule;
    if (shaped.id !== undefined && ids.has(shaped.id)) {
      throw new ConfigError(describeFault(source, [...at, 'id'], `The rule "${shaped.id}" is there twice.`));
    }
    if (shaped.id !== undefined) ids.add(shaped.id);
    return { rule: shaped, source, at };
  });
}

let schema: Promise<ValidateFunction> | undefined;

/** That of the control API, compiled when a file with rules is first read. */
function loadSchema(): Promise<ValidateFunction> {
  return (schema ??= readSchema());
}

async function readSchema(): Promise<ValidateFunction> {
  const document = (await readBundled(toBundledUrl('specs/emulator.yaml'))) as { readonly components: object };
  return compileSchema({ $ref: '#/components/schemas/Fault', components: document.components });
}
