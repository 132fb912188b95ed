import { toMessage } from '../core/values/message.ts';
import { quote } from '../core/values/quotation.ts';
import type { WrittenRule } from '../core/faults/fault-rule.ts';
import { EFFECT_NAMES, parseEffectPair, parseOneOf, parseWhole, PHASES, splitPair } from '../core/faults/injection.ts';
import { UsageError } from './report.ts';

/** A rule that is being built. */
type Draft = { -readonly [N in keyof WrittenRule]: WrittenRule[N] };

const MATCH = ['subject', 'method', 'path', 'topic'];
const OWN: Readonly<Record<string, (value: string) => Partial<WrittenRule>>> = {
  id: (id) => ({ id }),
  operation: (value) => ({ operation: toOperations(value) }),
  phase: (value) => ({ phase: parseOneOf('phase', value, PHASES) }),
  skip: (value) => ({ skip: parseWhole('skip', value, 0, Number.MAX_SAFE_INTEGER) }),
  times: (value) => ({ times: parseWhole('times', value, 1, Number.MAX_SAFE_INTEGER) }),
  probability: (value) => ({ probability: parseProbability(value) }),
  ttl: (ttl) => ({ ttl }),
  enabled: (value) => ({ enabled: parseOneOf('enabled', value, ['true', 'false']) === 'true' }),
};
const FIELD = /^(query|headers|body)\.(.+)$/;

/**
 * Parses a rule of the command line: JSON, or `PROVIDER.OPERATION status=500 phase=after times=1`.
 *
 * @throws {UsageError} that names the word, what is wrong and the nearest known name
 */
export function parseShortRule(words: readonly string[]): WrittenRule {
  const [first = '', ...others] = words;
  if (first.trimStart().startsWith('{')) {
    if (others.length > 0) throw new UsageError(`${quote(others[0] ?? '')} is unexpected after a JSON rule.`);
    return parseJson(first);
  }
  const hasSubject = !first.includes('=');
  const draft: Draft = { effect: {}, ...(hasSubject && toConcern(first)) };
  try {
    const seen = new Set<string>();
    for (const word of hasSubject ? others : words) {
      const [name] = splitPair(word);
      if (seen.has(name)) throw new UsageError(`${quote(name)} is given twice.`);
      seen.add(name);
      addPair(draft, word);
    }
  } catch (error) {
    throw new UsageError(toMessage(error));
  }
  return draft;
}

function parseJson(text: string): WrittenRule {
  try {
    // The emulator checks the rule.
    return JSON.parse(text) as WrittenRule;
  } catch (error) {
    throw new UsageError(`The rule is not JSON: ${toMessage(error)}`);
  }
}

/** Parses `PROVIDER`, `PROVIDER.OPERATION`, or several operations separated by commas. */
function toConcern(word: string): Pick<WrittenRule, 'provider' | 'operation'> {
  const at = word.indexOf('.');
  if (at < 0) return { provider: word };
  return { provider: word.slice(0, at), operation: toOperations(word.slice(at + 1)) };
}

function toOperations(text: string): string | readonly string[] {
  return text.includes(',') ? text.split(',') : text;
}

function addPair(draft: Draft, word: string): void {
  const [name, value] = splitPair(word);
  const [, part, field] = FIELD.exec(name) ?? [];
  const parse = Object.hasOwn(OWN, name) ? OWN[name] : undefined;
  if (part !== undefined && field !== undefined) addField(draft, part, { [field]: value });
  else if (MATCH.includes(name)) draft.match = { ...draft.match, [name]: value };
  else if (parse) Object.assign(draft, parse(value));
  else
    draft.effect = {
      ...draft.effect,
      ...parseEffectPair(name, value, [...EFFECT_NAMES, ...Object.keys(OWN), ...MATCH]),
    };
}

function addField(draft: Draft, part: string, field: Readonly<Record<string, string>>): void {
  const known: unknown = Reflect.get(draft.match ?? {}, part);
  draft.match = { ...draft.match, [part]: typeof known === 'object' ? { ...known, ...field } : field };
}

function parseProbability(value: string): number {
  const probability = /^\d*\.?\d+$/.test(value) ? Number(value) : Number.NaN;
  if (probability <= 1) return probability;
  throw new UsageError(`"probability" takes a number from 0 to 1, not ${quote(value)}.`);
}
