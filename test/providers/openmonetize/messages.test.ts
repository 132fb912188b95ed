import { describe, expect, it } from 'vitest';

import type { Violation } from '../../../src/core/wire/failure.ts';
import { toAjvMessage, toZodMessage } from '../../../src/providers/openmonetize/messages.ts';

const text = { type: 'string' };
const number = { type: 'number' };
const tier = { type: 'string', enum: ['STARTER', 'GROWTH', 'ENTERPRISE'] };
const GRANT = {
  type: 'object',
  properties: { userId: text, amount: number, metadata: { type: 'object' }, tier },
};

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
  ])('calls the part %s as the validator does', (where, message) => {
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
    ['a number that is missing', lack('amount'), 'body/amount Invalid input: expected number, received undefined'],
    ['a text that is missing', lack('userId'), 'body/userId Invalid input: expected string, received undefined'],
    ['a record that is missing', lack('metadata'), 'body/metadata Invalid input: expected record, received undefined'],
    [
      'a choice that is missing',
      lack('tier'),
      'body/tier Invalid option: expected one of "STARTER"|"GROWTH"|"ENTERPRISE"',
    ],
    [
      'a field of a list that is missing',
      lack('amount', { pointer: '/events/7' }),
      'body/events/7/amount Invalid input: expected number, received undefined',
    ],
    [
      'text for a number',
      violate('type', '/amount', { data: '10', schema: number }),
      'body/amount Invalid input: expected number, received string',
    ],
    [
      'null for a text',
      violate('type', '/reason', { data: null, schema: text }),
      'body/reason Invalid input: expected string, received null',
    ],
    [
      'a list for a record',
      violate('type', '/metadata', { data: [], schema: { type: 'object' } }),
      'body/metadata Invalid input: expected record, received array',
    ],
    [
      'truth for a list',
      violate('type', '/events', { data: true, schema: { type: 'array' } }),
      'body/events Invalid input: expected array, received boolean',
    ],
    [
      'a fraction for a whole number',
      violate('type', '/input_tokens', { data: 1.5, schema: { type: 'integer' } }),
      'body/input_tokens Invalid input: expected int, received number',
    ],
    [
      'text for a whole number',
      violate('type', '/input_tokens', { data: '1', schema: { type: 'integer' } }),
      'body/input_tokens Invalid input: expected number, received string',
    ],
    [
      'a number for a choice',
      violate('type', '/tier', { data: 5, schema: tier }),
      'body/tier Invalid option: expected one of "STARTER"|"GROWTH"|"ENTERPRISE"',
    ],
    [
      'another choice',
      violate('enum', '/tier', { data: 'FREE', schema: tier }),
      'body/tier Invalid option: expected one of "STARTER"|"GROWTH"|"ENTERPRISE"',
    ],
    [
      'less than a bound',
      violate('minimum', '/amount', { params: { limit: 1 } }),
      'body/amount Too small: expected number to be >=1',
    ],
    [
      'what is not more than 0',
      violate('minimum', '/amount', { params: { limit: 5e-324 } }),
      'body/amount Too small: expected number to be >0',
    ],
    [
      'more than a bound',
      violate('maximum', '/limit', { where: 'query', params: { limit: 100 } }),
      'querystring/limit Too big: expected number to be <=100',
    ],
    [
      'a text that is too short',
      violate('minLength', '/userId', { params: { limit: 1 } }),
      'body/userId Too small: expected string to have >=1 characters',
    ],
    [
      'a text that is too long',
      violate('maxLength', '/name', { params: { limit: 255 } }),
      'body/name Too big: expected string to have <=255 characters',
    ],
    [
      'a list that is too short',
      violate('minItems', '/events', { params: { limit: 1 } }),
      'body/events Too small: expected array to have >=1 items',
    ],
    [
      'a list that is too long',
      violate('maxItems', '/events', { params: { limit: 1000 } }),
      'body/events Too big: expected array to have <=1000 items',
    ],
    [
      'an e-mail that is none',
      violate('format', '/email', { params: { format: 'email' } }),
      'body/email Invalid email address',
    ],
    [
      'a UUID that is none',
      violate('format', '/events/0/event_id', { params: { format: 'uuid' } }),
      'body/events/0/event_id Invalid UUID',
    ],
    [
      'an instant that is none',
      violate('pattern', '/expiresAt', { schema: { pattern: '^.*T.*Z$' } }),
      'body/expiresAt Invalid ISO datetime',
    ],
    ['what it has no words for', violate('not', '/amount'), 'body/amount Invalid input'],
  ])('tells of %s', (_, violation, message) => {
    expect(toZodMessage([violation])).toBe(message);
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['string', 'x'],
    ['array', []],
    ['number', 5],
    ['boolean', false],
  ])('calls a body that is no object one of the type %s', (received, data) => {
    expect(toZodMessage([violate('type', '', { data, schema: GRANT })])).toBe(
      `body/ Invalid input: expected object, received ${received}`,
    );
  });

  it('names all failures, separated by commas', () => {
    expect(
      toZodMessage(
        [violate('minimum', '/amount', { params: { limit: 1 } }), lack('userId'), lack('tier')].toReversed(),
      ),
    ).toBe(
      'body/tier Invalid option: expected one of "STARTER"|"GROWTH"|"ENTERPRISE", ' +
        'body/userId Invalid input: expected string, received undefined, ' +
        'body/amount Too small: expected number to be >=1',
    );
  });

  it('tells those of one event behind each other, and the events as they stand', () => {
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

  it('tells of one field one failure only', () => {
    expect(
      toZodMessage([
        violate('type', '/amount', { data: 'x', schema: number }),
        violate('minimum', '/amount', { params: { limit: 1 } }),
      ]),
    ).toBe('body/amount Invalid input: expected number, received string');
  });
});
