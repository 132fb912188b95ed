import { describe, expect, it } from 'vitest';

import { defineFailures } from '../../../src/core/provider/failure-table.ts';
import { findOperationMistakes, findProviderMistakes } from '../../../src/core/provider/provider-check.ts';
import { bundled } from '../../../src/providers/index.ts';
import { board } from '../../support/board.ts';
import { cloakroom } from '../../support/cloakroom.ts';
import { tally } from '../../support/providers.ts';

const option = { kind: 'oneOf', values: ['quiet', 'loud'], default: 'quiet', describe: 'How.' };
const { document, operations } = tally;

/** Tally with other parts; `undefined` takes one away. */
const but = (parts: object): unknown => ({ ...tally, ...parts });

describe(findProviderMistakes, () => {
  it.each([...bundled.map(({ provider }) => provider), tally, cloakroom, board])(
    'finds nothing wrong with $id',
    (provider) => {
      expect(findProviderMistakes(provider)).toEqual([]);
    },
  );

  it.each<[unknown, string[]]>([
    [null, ['A provider must be an object, got null.']],
    [[], ['A provider must be an object, got a list.']],
    [but({ renderFailure: undefined }), ['tally.renderFailure is missing.']],
    [
      but({ renderFailure: undefined, renderFailures: () => ({}) }),
      ['tally.renderFailure is missing.', 'tally.renderFailures is not known; did you mean "renderFailure"?'],
    ],
    [
      but({ fixture: { ...tally.fixture, generate: { counters: { fields: {}, needs: { shops: 1 } } } } }),
      [
        'tally.fixture.generate.counters.complete is missing.',
        'tally.fixture.generate.counters.needs.shops must be a function, got 1.',
      ],
    ],
    [but({ colections: {} }), ['tally.colections is not known; did you mean "collections"?']],
    [but({ title: '' }), ['tally.title must be text that is not empty, got "".']],
    [
      but({ hosts: ['localhost'] }),
      ['tally.hosts[0] must be a host name without scheme, port or path, and not localhost, got "localhost".'],
    ],
    [
      but({ hosts: ['https://x.example'] }),
      ['tally.hosts[0] must be a host name without scheme, port or path, and not localhost, got "https://x.example".'],
    ],
    [
      but({ basePaths: ['v1/'] }),
      ['tally.basePaths[0] must be a path such as "/api/v2", without a trailing slash, got "v1/".'],
    ],
    [but({ basePaths: ['/v1', '/v1/x'] }), ['tally.basePaths: "/v1/x" begins with "/v1".']],
    [
      but({ document: './tally.yaml' }),
      ['tally.document must be the URL of a file, such as new URL("mine.yaml", import.meta.url), got "./tally.yaml".'],
    ],
    [
      but({ stages: ['parse', 'authentcate', 'validate'] }),
      [
        'tally.stages[1] must be one of limit, parse, authenticate, validate, got "authentcate"; did you mean "authenticate"?',
      ],
    ],
    [but({ stages: ['validate', 'parse'] }), ['tally.stages has "validate" before "parse".']],
    [but({ stages: ['parse', 'parse'] }), ['tally.stages has "parse" twice.', 'tally.stages leaves out "validate".']],
    [but({ stages: ['limit', 'parse', 'validate'] }), ['tally.limit is missing, and "limit" is one of its stages.']],
    [
      but({ limit: { rate: () => undefined, key: () => '', headers: () => ({}), retryAfter: () => 1 } }),
      ['tally.stages leaves out "limit".'],
    ],
    [
      but({ options: { mood: { ...option, kind: 'oneof' } } }),
      [
        'tally.options.mood.kind must be one of boolean, oneOf, integer, duration, rate, got "oneof"; did you mean "oneOf"?',
      ],
    ],
    [
      but({ options: { mood: { ...option, default: 'lout' } } }),
      ['tally.options.mood.default must be one of its values, got "lout"; did you mean "loud"?'],
    ],
    [
      but({ options: { most: { kind: 'integer', descibe: 'How many.', default: 1.5 } } }),
      [
        'tally.options.most.describe is missing.',
        'tally.options.most.descibe is not known; did you mean "describe"?',
        'tally.options.most.default must be a whole number, got 1.5.',
      ],
    ],
    [
      but({ options: { most: { kind: 'integer', describe: 'How many.', default: 5, minimum: 'one' } } }),
      ['tally.options.most.minimum must be a whole number, got "one".'],
    ],
    [but({ operations: { getCounter: 5 } }), ['tally.operations.getCounter must be a function, got 5.']],
    [
      but({ controls: { recount: { describe: 'x', schema: { type: 'strng' }, run: () => undefined } } }),
      [expect.stringMatching(/^tally\.controls\.recount\.schema is not a JSON Schema: /) as string],
    ],
    [
      but({ collections: { counters: { key: 'name' } } }),
      ['tally.collections.counters.key must be a function, got "name".'],
    ],
    [
      but({ collections: { counters: { key: String, balance: [] } } }),
      ['tally.collections.counters.balance is not known; did you mean "balances"?'],
    ],
    [
      but({ recordVersion: '2', collections: { counters: { key: String, stored: { write: String } } } }),
      [
        'tally.collections.counters.stored.read is missing.',
        'tally.recordVersion must be a whole number of at least 0, got "2".',
      ],
    ],
    [but({ fixture: { schema: {}, load: () => undefined } }), ['tally.fixture.dump is missing.']],
    [but({ due: { add: {} } }), ['tally.due.add must be a function, got an object.']],
    [
      but({ streams: { topics: () => [], heartbeat: 5, patience: 5 } }),
      ['tally.streams.heartbeat must be a function, got 5.'],
    ],
    [
      but({
        renderFailure: ({ kind }: { kind: string }) =>
          kind === 'badPath' || kind === 'parse' ? undefined : { status: 400 },
      }),
      ['tally.renderFailure has no reply for "badPath".', 'tally.renderFailure has no reply for "parse".'],
    ],
    [but({ codes: { OVER_THE_LIMT: [] } }), ['tally.codes.OVER_THE_LIMT is not a code of tally.renderFailure.']],
    [
      but({ variants: { option: 'moood', byValue: {} }, options: { mood: option } }),
      ['tally.variants.option: there is no option "moood" of kind oneOf; did you mean "mood"?'],
    ],
    [
      but({ variants: { option: 'mood', byValue: { lout: { document, operations } } }, options: { mood: option } }),
      ['tally.variants.byValue.lout is not a value of the option; did you mean "loud"?'],
    ],
    [
      but({ variants: { option: 'mood', byValue: { loud: { operations } } }, options: { mood: option } }),
      ['tally.variants.byValue.loud.document is missing.'],
    ],
  ])('says of %o what is wrong', (value, mistakes) => {
    expect(findProviderMistakes(value)).toEqual(mistakes);
  });
});

describe(findOperationMistakes, () => {
  const paths = {
    '/a': {
      get: { operationId: 'getCounter' },
      post: { operationId: 'readCounter', 'x-emulator-alias': 'getCounter' },
    },
    '/b': { get: { operationId: 'getForecast' }, parameters: [] },
  };
  const get = () => ({ status: 200 });

  it.each<[Record<string, typeof get>, object, string[]]>([
    [{ getCounter: get }, { paths }, []],
    [
      { getCuonter: get },
      { paths },
      ['tally.operations.getCuonter is not in the document; did you mean "getCounter"?'],
    ],
    [
      { readCounter: get },
      { paths },
      ['tally.operations.readCounter is an alias in the document: the operation that it repeats answers it.'],
    ],
    [{}, { paths: { ...paths, '/c': paths['/b'] } }, ['tally.document has the operationId "getForecast" twice.']],
    [
      {},
      { paths: { '/b': { get: { operationId: 'readForecast', 'x-emulator-alias': 'readForecasts' } } } },
      [
        'tally.document has x-emulator-alias "readForecasts", which is not an operationId; did you mean "readForecast"?',
      ],
    ],
  ])('says of %o in a document what is wrong', (written, own, mistakes) => {
    expect(findOperationMistakes({ ...tally, operations: written }, own)).toEqual(mistakes);
  });

  const renderFailure = defineFailures({
    codes: { WRONG: [400, 'Wrong.'] },
    kinds: {
      notFound: 'WRONG',
      methodNotAllowed: 'WRONG',
      badPath: 'WRONG',
      parse: 'WRONG',
      tooLarge: 'WRONG',
      unauthenticated: 'WRONG',
      invalid: 'WRONG',
      limited: 'WRONG',
      unwritten: 'WRONG',
      bug: 'WRONG',
    },
    usual: { getCuonter: { 400: 'WRONG' }, getForecast: { 400: 'WRONG' }, getNext: { 400: 'WRONG' } },
    render: ({ status, text }) => ({ status, body: text }),
  });
  const option = { option: 'mood', byValue: { loud: { document, operations: { getNext: get } } } };

  it('says which operations of a table of failures are in none of the documents', () => {
    const provider = { ...tally, operations: {}, renderFailure, variants: option };
    expect(findOperationMistakes(provider, { paths })).toEqual([
      'tally.renderFailure: usual.getCuonter is not in the document; did you mean "getCounter"?',
    ]);
    expect(findOperationMistakes({ ...provider, variant: 'loud' }, { paths })).toEqual([]);
  });
});
