import { describe, expect, it } from 'vitest';

import { findJsonBreak } from '../../../src/core/wire/json-place.ts';

describe(findJsonBreak, () => {
  it.each([
    '{}',
    ' [ ] ',
    '[1,-2.5e+3,0,"a\\u00e9\\n",true,false,null,{"a":{"b":[[]]}}]',
    '"x"',
    '0',
    '{"a":1,"a":2}\n',
  ])('finds nothing in %s', (text) => {
    JSON.parse(text);
    expect(findJsonBreak(text)).toBeUndefined();
  });

  it.each([
    ['', 1, 1, true],
    ['{', 1, 2, true],
    ['{"a"', 1, 5, true],
    ['[1,', 1, 4, true],
    ['[1,]', 1, 4, false],
    ['{"a":1,}', 1, 8, false],
    ["{'a':1}", 1, 2, false],
    ['{a:1}', 1, 2, false],
    ['{"a" 1}', 1, 6, false],
    ['[1 2]', 1, 4, false],
    ['[1}', 1, 3, false],
    ['{"a":1]', 1, 7, false],
    ['01', 1, 2, false],
    ['[1.]', 1, 3, false],
    ['[+1]', 1, 2, false],
    ['[NaN]', 1, 2, false],
    ['["\\x"]', 1, 2, false],
    ['["a\nb"]', 1, 2, false],
    ['{"a":1} {}', 1, 9, false],
    ['{\r\n  "a": 1,\n  // why\n}', 3, 3, false],
    ['hello', 1, 1, false],
  ])('finds in %j line %i, column %i', (text, line, column, isEnd) => {
    expect(() => JSON.parse(text) as unknown).toThrow();
    expect(findJsonBreak(text)).toEqual({ line, column, isEnd });
  });
});
