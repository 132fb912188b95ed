import type { Instant } from '../../../core/values/clock.ts';
import type { Captcha } from './record.ts';

/** Milliseconds. FIDELITY: five minutes, and one use (third-party re-implementation). */
export const CAPTCHA_LIFE = 300_000;
/** FIDELITY: percent by which an answer may be wrong (third-party re-implementation). */
const TOLERANCE = 4;
/** FIDELITY: so many wrong answers in a row block a user (documentation site). */
export const ATTEMPTS = 3;
/** Milliseconds. FIDELITY: 24 hours (documentation site). */
export const BLOCKED = 86_400_000;

/** @param challenge of which the answer is; left out where that is not said */
export function isSolved(captcha: Captcha | null, answer: number, now: Instant, challenge?: string): boolean {
  if (!captcha || now >= captcha.expiresAt) return false;
  if (challenge !== undefined && challenge !== captcha.challenge) return false;
  return Math.abs(answer - captcha.target) <= TOLERANCE;
}
