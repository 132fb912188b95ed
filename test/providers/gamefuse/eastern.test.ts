import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseInstant, toInstant } from '../../../src/core/values/clock.ts';
import { renderEasternDate, renderEasternTime, toEasternMonth } from '../../../src/providers/gamefuse/eastern.ts';
import { propertyRuns } from '../../support/property.ts';

it.each([
  // What the live service answered.
  ['2024-07-21T18:23:37.457Z', '2024-07-21T14:23:37.457-04:00'],
  ['2026-01-01T00:00:00Z', '2025-12-31T19:00:00.000-05:00'],
  ['2026-01-01T04:59:59.999Z', '2025-12-31T23:59:59.999-05:00'],
  ['2026-01-01T05:00:00Z', '2026-01-01T00:00:00.000-05:00'],
  ['2026-07-01T03:59:59.999Z', '2026-06-30T23:59:59.999-04:00'],
  ['2026-07-01T04:00:00Z', '2026-07-01T00:00:00.000-04:00'],
  // The hour that is left out in spring, and the one that comes twice in autumn.
  ['2026-03-08T06:59:59.999Z', '2026-03-08T01:59:59.999-05:00'],
  ['2026-03-08T07:00:00Z', '2026-03-08T03:00:00.000-04:00'],
  ['2026-11-01T05:59:59.999Z', '2026-11-01T01:59:59.999-04:00'],
  ['2026-11-01T06:00:00Z', '2026-11-01T01:00:00.000-05:00'],
  ['2024-02-29T12:00:00Z', '2024-02-29T07:00:00.000-05:00'],
  // Summer began in April then, and before the epoch there was one, too.
  ['2006-03-20T12:00:00Z', '2006-03-20T07:00:00.000-05:00'],
  ['1969-07-20T20:17:40.001Z', '1969-07-20T16:17:40.001-04:00'],
  // No year is before the first that can be written: its first hours are shown as the first instant.
  ['0000-01-01T00:00:00Z', '0000-01-01T00:00:00.000-04:56'],
  ['0000-01-01T04:55:59.999Z', '0000-01-01T00:00:00.000-04:56'],
  ['0000-01-01T04:56:00.001Z', '0000-01-01T00:00:00.001-04:56'],
  ['9999-12-31T23:59:59.999Z', '9999-12-31T18:59:59.999-05:00'],
])('%s is %s in New York', (utc, eastern) => {
  const instant = parseInstant(utc);
  expect(renderEasternTime(instant)).toBe(eastern);
  expect(renderEasternDate(instant)).toBe(eastern.slice(0, 10));
  expect(toEasternMonth(instant)).toBe(eastern.slice(0, 7));
});

describe('any instant', () => {
  const instants = fc
    .integer({ min: Date.parse('1970-01-01T00:00:00Z'), max: Date.parse('2100-01-01T00:00:00Z') })
    .map(toInstant);

  it('is restored from its rendered time, in any order of instants', () => {
    fc.assert(
      fc.property(fc.array(instants, { minLength: 1, maxLength: 5 }), (several) => {
        for (const instant of [...several, ...several]) {
          expect(Date.parse(renderEasternTime(instant))).toBe(instant);
        }
      }),
      { numRuns: propertyRuns(200) },
    );
  });

  it('has the day of the calendar in New York', () => {
    const calendar = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/New_York', dateStyle: 'short' });
    fc.assert(
      fc.property(instants, (instant) => {
        expect(renderEasternDate(instant)).toBe(calendar.format(instant));
      }),
      { numRuns: propertyRuns(200) },
    );
  });
});
