import type { Instant } from '../../values/clock.ts';
import type { Received } from '../../wire/outgoing.ts';
import type { Delivery, Try } from './delivery.ts';

/** Limits of attempts kept per delivery, and of bytes of an answer's body. */
const KEPT_TRIES = 10;
const KEPT_OF_ANSWER = 1024;

export function toTry(received: Received, at: Instant, duration: number): Try {
  const { status = null, error = null } = received;
  const body = received.status === undefined ? '' : received.body.subarray(0, KEPT_OF_ANSWER).toString();
  return { at, duration: Math.round(duration * 1000) / 1000, status, body, error };
}

export function toTried(delivery: Delivery, one: Try): Delivery {
  const tries = [...delivery.tries, one].slice(-KEPT_TRIES);
  const bytes = delivery.bytes + countBytes(tries) - countBytes(delivery.tries);
  return { ...delivery, bytes, tries, tried: delivery.tried + 1, isAsked: true };
}

/** Bytes of an attempt in addition to its texts. */
const TRY = 100;

function countBytes(tries: readonly Try[]): number {
  return tries.reduce((sum, { body, error }) => sum + TRY + body.length + (error?.length ?? 0), 0);
}

/** Returns the delivery after it was accepted; one with `isDouble` is sent once more. */
export function toTaken(delivery: Delivery): Delivery {
  return delivery.isDouble ? { ...delivery, isDouble: false } : { ...delivery, state: 'delivered' };
}

export function toFailed(delivery: Delivery): Delivery {
  return { ...delivery, state: 'failed' };
}

export function toRetried(delivery: Delivery, dueAt: Instant): Delivery {
  return { ...delivery, dueAt, retries: delivery.retries + 1, round: delivery.round + 1 };
}
