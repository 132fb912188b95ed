import { describe, expect, it } from 'vitest';

import { Redaction } from '../../../src/core/wire/redaction.ts';
import { Showing } from '../../../src/trials/compare/showing.ts';

const BASIC = `Basic ${Buffer.from('merchant:hunter22').toString('base64')}`;

describe('what is shown of a service', () => {
  it.each([
    ['Bearer live_12345', 'bad header "Bearer live_12345"', 'bad header "[redacted]"'],
    ['Bearer live_12345', 'invalid key live_12345.', 'invalid key [redacted].'],
    ['ab+/12==', 'see /keys?q=ab%2B%2F12%3D%3D', 'see /keys?q=[redacted]'],
    ['ab+/12==', 'see /keys?q=ab%2b%2f12%3d%3d', 'see /keys?q=[redacted]'],
    ['two words', 'see /keys?q=two+words and two%20words', 'see /keys?q=[redacted] and [redacted]'],
    ['sid=s3cret_1; lang=en', 's3cret_1 has ended (en)', '[redacted] has ended (en)'],
    ['Digest username="merchant", response="0a1b2c"', '0a1b2c is not merchant', '[redacted] is not [redacted]'],
    [BASIC, 'no hunter22 of merchant', 'no [redacted] of [redacted]'],
    [BASIC, 'merchant:hunter22', '[redacted]'],
    ['abc', 'abc is too short to be known again', 'abc is too short to be known again'],
    ['\ud800live', 'the half of a character, \ud800live', 'the half of a character, [redacted]'],
  ])('lacks %j', (secret, said, shown) => {
    const showing = new Showing(new Redaction([]), [secret]);
    expect([showing.words(said), showing.value('message', { [said]: [said] }, false)]).toEqual([
      shown,
      { [shown]: [shown] },
    ]);
  });

  it.each([1980, 1985, 1990, 1995, 2000])('has no beginning of a key that is cut after %i characters', (length) => {
    const showing = new Showing(new Redaction([]), ['Bearer live_12345_of_somebody']);
    const shown = showing.value('message', `${'x'.repeat(length)}live_12345_of_somebody${'x'.repeat(100)}`, false);
    expect(shown).toMatch(/^x{1900}/);
    expect(shown).not.toContain('live');
  });
});
