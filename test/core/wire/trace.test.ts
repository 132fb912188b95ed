import { expect, it } from 'vitest';

import { findTraceId } from '../../../src/core/wire/trace.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';

it.each([
  [`00-${TRACE}-${PARENT}-01`, TRACE],
  [`00-${TRACE}-${PARENT}-00`, TRACE],
  // A later version may say more.
  [`01-${TRACE}-${PARENT}-01`, TRACE],
  [`cc-${TRACE}-${PARENT}-01-what-comes`, TRACE],
  [`00-${TRACE}-${PARENT}-01-what-comes`, undefined],
  [`ff-${TRACE}-${PARENT}-01`, undefined],
  [`00-${'0'.repeat(32)}-${PARENT}-01`, undefined],
  [`00-${TRACE}-${'0'.repeat(16)}-01`, undefined],
  [`00-${TRACE.toUpperCase()}-${PARENT}-01`, undefined],
  [`00-${TRACE}-${PARENT}`, undefined],
  ['', undefined],
  [undefined, undefined],
])('the traceparent %s is of the trace %s', (traceparent, traceId) => {
  expect(findTraceId({ traceparent })).toBe(traceId);
});
