import { beforeEach, describe, expect, it } from 'vitest';

import { TopicCache } from '../../../src/core/sandbox/topic-cache.ts';
import { toInstant } from '../../../src/core/values/clock.ts';

let cache: TopicCache;
let made: number;

beforeEach(() => {
  cache = new TopicCache();
  made = 0;
});

function show(topic: string, { form = '', at = 0, until = undefined as number | undefined, text = '' } = {}): unknown {
  const end = until === undefined ? undefined : toInstant(until);
  return cache.show(topic, form, toInstant(at), () => ({ value: { made: (made += 1), text }, until: end })).value;
}

describe('a sight', () => {
  it('is made once for each form of a topic', () => {
    expect([show('a'), show('a'), show('a', { form: 'short' }), show('b'), show('a')]).toMatchObject(
      [1, 1, 2, 3, 1].map((number) => ({ made: number })),
    );
  });

  it('is made anew in every form once something has changed its topic', () => {
    show('a');
    show('a', { form: 'short' });
    show('b');
    cache.forget(['a']);
    expect([show('a'), show('a', { form: 'short' }), show('b')]).toMatchObject([{ made: 4 }, { made: 5 }, { made: 3 }]);
    cache.clear();
    expect(show('b')).toMatchObject({ made: 6 });
  });

  it('is made anew when its time is over', () => {
    expect([0, 9, 10, 11].map((at) => show('a', { at, until: at < 10 ? 10 : 20 }))).toMatchObject(
      [1, 1, 2, 2].map((number) => ({ made: number })),
    );
  });

  it('is not kept where it is long', () => {
    const text = 'x'.repeat(20_000);
    expect([show('a', { text }), show('a', { text })]).toMatchObject([{ made: 1 }, { made: 2 }]);
  });

  it('goes where there are a thousand newer ones', () => {
    for (let count = 0; count <= 1000; count += 1) show(`topic ${count}`);
    expect([show('topic 1'), show('topic 0')]).toMatchObject([{ made: 2 }, { made: 1002 }]);
  });
});
