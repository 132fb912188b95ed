import { parseInstant, renderInstant, toInstant, type Instant } from '../../core/values/clock.ts';
import { parseDuration } from '../../core/values/duration.ts';
import { toMessage } from '../../core/values/message.ts';
import type { Sandbox } from '../../core/sandbox/sandbox.ts';
import type { Endpoint } from '../endpoint.ts';
import { toFailure } from '../problems.ts';
import type { components } from '../../generated/emulator.ts';

export const getClock: Endpoint<'getClock'> = ({ sandbox }) => ({ status: 200, body: describeClock(sandbox) });

export const putClock: Endpoint<'putClock'> = async ({ sandbox, body }) => {
  const to = body.now === undefined ? undefined : parseNow(body.now);
  // Frozen first and released last, so that the clock has exactly the requested instant in between.
  if (body.frozen === true) sandbox.time.freeze();
  if (to !== undefined) await sandbox.moveTo(to);
  if (body.frozen === false) sandbox.time.run();
  return { status: 200, body: describeClock(sandbox) };
};

export const advanceClock: Endpoint<'advanceClock'> = async ({ sandbox, body }) => {
  await sandbox.moveTo(addDuration(sandbox.clock.now(), body.by));
  return { status: 200, body: describeClock(sandbox) };
};

function describeClock({ clock }: Sandbox): components['schemas']['Clock'] {
  return { now: renderInstant(clock.now()), frozen: clock.frozen };
}

function parseNow(text: string): Instant {
  try {
    return parseInstant(text);
  } catch (error) {
    throw toFailure('BAD_INSTANT', toMessage(error));
  }
}

function addDuration(now: Instant, by: string | number): Instant {
  try {
    return toInstant(now + parseDuration(String(by)));
  } catch (error) {
    throw toFailure('BAD_DURATION', toMessage(error));
  }
}
