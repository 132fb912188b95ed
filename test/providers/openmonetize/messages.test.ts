import { describe, expect, it } from 'vitest';

import type { Violation } from '../../../src/core/wire/failure.ts';
import { toAjvMessage, toZodMessage } from '../../../src/providers/openmonetize/messages.ts';

const text = { type: 'string' };
const number = { type: 'number' };
const tier = { type: 'string', enum: ['STARTER', 'GROWTH', 'ENTERPRISE'] };
const GRANT = { type: 'object', properties: { userId: text, amount: number, metadata: { type: 'object' }, tier } };

function violate(keyword: string, pointer: string, fields: Partial<Violation> = {}): Violation {
  return { where: 'body', pointer, keyword, params: {}, message: `must ${keyword}`, ...fields };
}

function lack(missingProperty: string, fields: Partial<Violation> = {}): Violation {
  return violate('required', '', { params: { missingProperty }, schema: GRANT, ...fields });
}

describe(toAjvMessage, () => {
  it.each([
    [violate('minimum', '/quantity', { params: { limit: 5e-324 } }), 'body/quantity must be > 0'],
    [violate('minimum', '/amount', { params: { limit: 0 }, message: 'must be >= 0' }), 'body/amount must be >= 0'],
    [
      violate('pattern', '/timestamp', { message: 'must match "^.*T$"' }),
      'body/timestamp must be an ISO datetime with Z',
    ],
  ])('shows no bound or pattern that only the document has', (violation, message) => {
    expect(toAjvMessage([violation])).toBe(message);
  });

  it('is empty without failures', () => {
    expect(toAjvMessage([])).toBe('');
  });

  it.each<[Violation['where'], string]>([
    ['body', 'body/amount must be number'],
    ['path', 'params/amount must be number'],
    ['query', 'querystring/amount must be number'],
    ['header', 'headers/amount must be number'],
  ])('names the part %s as the validator does', (where, message) => {
    expect(toAjvMessage([violate('type', '/amount', { where, message: 'must be number' })])).toBe(message);
  });

  it('names only the part if the whole part is wrong', () => {
    expect(toAjvMessage([violate('type', '', { message: 'must be object' })])).toBe('body must be object');
  });

  it('names only the first failure', () => {
    const failures = [
      violate('type', '/userId', { message: 'must be string' }),
      violate('minimum', '/amount', { message: 'must be >= 1' }),
    ];
    expect(toAjvMessage(failures)).toBe('body/userId must be string');
    expect(toAjvMessage(failures.toReversed())).toBe('body/amount must be >= 1');
  });

  it('looks at the path before the body, and at the body before the query', () => {
    const [path, body, query] = (['path', 'body', 'query'] as const).map((where) =>
      violate('type', '/x', { where, message: 'must be x' }),
    );
    const tell = (...failures: readonly (Violation | undefined)[]): string =>
      toAjvMessage(failures.filter((failure) => failure !== undefined));
    expect([tell(query, body, path), tell(query, body), tell(query)]).toEqual([
      'params/x must be x',
      'body/x must be x',
      'querystring/x must be x',
    ]);
  });
});

describe(toZodMessage, () => {
  it('is empty without failures', () => {
    expect(toZodMessage([])).toBe('');
  });

  it.each<[string, Violation, string]>([
    ['a record that is missing', lack('metadata'), 'body/metadata Invalid input: expected record, received undefined'],
    [
      'truth for a list',
      violate('type', '/events', { data: true, schema: { type: 'array' } }),
      'body/events Invalid input: expected array, received boolean',
    ],
    ['what it has no words for', violate('not', '/amount'), 'body/amount Invalid input'],
  ])('describes %s', (_, violation, message) => {
    expect(toZodMessage([violation])).toBe(message);
  });

  it('names the failures of one event together, and the events in their order', () => {
    const events = [10, 2, 0].flatMap((index) =>
      ['timestamp', 'event_id'].map((name) => violate('enum', `/events/${index}/${name}`)),
    );
    expect(toZodMessage(events).match(/[^/ ]+\/\d+\/\w+/g)).toEqual([
      'events/0/event_id',
      'events/0/timestamp',
      'events/2/event_id',
      'events/2/timestamp',
      'events/10/event_id',
      'events/10/timestamp',
    ]);
  });

  it('names one failure of a field only', () => {
    expect(
      toZodMessage([
        violate('type', '/amount', { data: 'x', schema: number }),
        violate('minimum', '/amount', { params: { limit: 1 } }),
      ]),
    ).toBe('body/amount Invalid input: expected number, received string');
  });
});
