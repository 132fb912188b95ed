import type { Instant } from '../../../core/values/clock.ts';
import type { Captcha } from '../state.ts';

/** Milliseconds. FIDELITY: five minutes, and one use (third-party re-implementation). */
export const CAPTCHA_LIFE = 300_000;
/** The allowed error of an answer in percent. FIDELITY: third-party re-implementation. */
const TOLERANCE = 4;
/** FIDELITY: the number of wrong answers in a row that block a user (documentation site). */
export const ATTEMPTS = 3;
/** Milliseconds. FIDELITY: 24 hours (documentation site). */
export const BLOCKED = 86_400_000;

/** @param challenge the challenge of the answer, if the request names it */
export function isSolved(captcha: Captcha | null, answer: number, now: Instant, challenge?: string): boolean {
  if (!captcha || now >= captcha.expiresAt) return false;
  if (challenge !== undefined && challenge !== captcha.challenge) return false;
  return Math.abs(answer - captcha.target) <= TOLERANCE;
}
