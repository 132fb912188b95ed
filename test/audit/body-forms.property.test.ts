import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { BodyForms } from '../../src/audit/body-forms.ts';
import { propertyRuns } from '../support/property.ts';

const NAMES = ['amount', 'userId', 'key', 'note', 'password', '__proto__', '1'] as const;
const KNOWN: ReadonlySet<string> = new Set(['amount', 'userId', 'key', 'note', '__proto__', '1']);

const name = fc.constantFrom(...NAMES);
const scalar = fc.oneof(
  fc.integer(),
  fc.constantFrom('', 'k1', 'k2', 'a:b', '{', '"', '\\', 'é', ' ', '},{"key":"x"'),
  fc.constantFrom(null, true, 1.5, -0, 1e21, [], { key: 'inside' }, [{ key: 'inside' }]),
);
const body = fc.oneof(
  { weight: 8, arbitrary: fc.array(fc.tuple(name, scalar), { maxLength: 5 }) },
  { weight: 1, arbitrary: fc.constant([['key', 'k1'] as const]) },
);

/** Written by hand, so that names may come twice. */
function write(fields: readonly (readonly [string, unknown])[], style: number): string {
  const [colon, comma] = [':', ': ', ' :\n'].map((text, place) => [text, [',', ', ', ' ,\t'][place]])[style] ?? [];
  return `{${fields.map(([field, value]) => `${JSON.stringify(field)}${colon}${JSON.stringify(value)}`).join(comma)}}`;
}

/** What the forms say, from all of the body. */
function glimpse(text: string): string | undefined {
  const read = JSON.parse(text) as Record<string, unknown>;
  const { key } = read;
  return typeof key === 'string' ? key : '';
}

function isPlain(text: string): boolean {
  const read = JSON.parse(text) as Record<string, unknown>;
  const hasOthersOnly = Object.values(read).every((value) => typeof value !== 'object' || value === null);
  return hasOthersOnly && Object.keys(read).every((field) => KNOWN.has(field));
}

describe(BodyForms, () => {
  it('tell of a body what parsing it tells, or nothing', () => {
    let told = 0;
    fc.assert(
      fc.property(fc.array(fc.tuple(body, fc.nat(2)), { minLength: 1, maxLength: 40 }), (bodies) => {
        const forms = new BodyForms({ isPlain: (names) => names.every((one) => KNOWN.has(one)), key: 'key' });
        for (const [fields, style] of bodies) {
          const text = write(fields, style);
          const found = forms.glimpse(text) ?? forms.learn(text, () => JSON.parse(text) as unknown);
          if (!found) continue;
          told += 1;
          expect([text, found.key, isPlain(text)]).toEqual([text, glimpse(text), true]);
        }
      }),
      { numRuns: propertyRuns(300) },
    );
    expect(told).toBeGreaterThan(0);
  });

  it('know a form again without having it parsed', () => {
    const forms = new BodyForms({ isPlain: () => true, key: 'key' });
    const [first, second] = ['{"userId":"ada","amount":5,"key":"k1"}', '{"userId":"benoit","amount":-12,"key":"k2"}'];
    forms.learn(first, () => JSON.parse(first) as unknown);
    expect(forms.glimpse(second)).toEqual({ key: 'k2' });
  });
});
