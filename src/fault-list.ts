import { ConfigError } from './config-error.ts';
import { readBundled, toBundledUrl } from './core/document.ts';
import { parseRule, RuleFault, type Nameable, type Rule, type WrittenRule } from './core/fault-rule.ts';
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

/**
 * What lists of rules come to. A later rule replaces an earlier one of the same id.
 *
 * @throws {ConfigError} with file, line and path of what is wrong
 */
export async function toRules(lists: readonly RuleList[], nameable: Nameable): Promise<readonly Rule[]> {
  if (lists.length === 0) return [];
  const validate = compileSchema(await readSchema());
  const rules = new Map<string, Rule>();
  let made = 0;
  for (const { source, key, rules: written } of lists) {
    const ids = new Set<string>();
    for (const [index, rule] of written.entries()) {
      const at = [...key, index];
      if (!validate(rule)) {
        const faults = toFaults(validate.errors ?? []);
        throw new ConfigError(
          faults.map(({ path, message }) => describeFault(source, [...at, ...path], message)).join('\n'),
        );
      }
      // The schema has checked the shape.
      const shaped = rule as WrittenRule;
      const id = shaped.id ?? `seeded-${(made += 1)}`;
      if (ids.has(id)) throw new ConfigError(describeFault(source, [...at, 'id'], `The rule "${id}" is there twice.`));
      ids.add(id);
      try {
        rules.set(id, parseRule(shaped, id, nameable));
      } catch (error) {
        if (!(error instanceof RuleFault)) throw error;
        throw new ConfigError(describeFault(source, [...at, ...error.path], error.message));
      }
    }
  }
  return [...rules.values()];
}

/** That of the control API. */
async function readSchema(): Promise<object> {
  const document = (await readBundled(toBundledUrl('specs/emulator.yaml'))) as { readonly components: object };
  return { $ref: '#/components/schemas/Fault', components: document.components };
}
