import type { Context } from '../../../core/provider/call.ts';
import { toLater } from '../../../core/values/clock.ts';
import { failed } from '../../../core/wire/failure.ts';
import { giveCredit } from '../giving.ts';
import { toMana } from '../mana.ts';
import type { Decentraland, DocumentOperation, WireOperation } from '../operation.ts';
import { presentFlag } from '../present.ts';
import { isOutOfFunds, toExpiry, toWeek } from '../rules.ts';
import { getSigner } from '../signatures/signer.ts';
import { toAddress, type Address, type Captcha, type Wallet } from '../state.ts';
import { findFlag, findSeason, flagWallet, getWallet, listSpendable } from '../wallets.ts';
import { presentCaptcha, presentProgress, presentSeasonProgress, type Progress } from './present.ts';
import { drawCaptcha } from './picture.ts';
import { ATTEMPTS, BLOCKED, CAPTCHA_LIFE, isSolved } from './rules.ts';
import { isDue, listOwnGoals } from './weeks.ts';

type Reading = Pick<Context<Decentraland>, 'state' | 'now'>;

// ASSUMED: the rest of the response is that of the game's newest client.
export const getProgress: DocumentOperation<'getProgress'> = ({ state, now, path }) => {
  const progress = presentProgress(readProgress({ state, now }, toAddress(path.address)), now);
  return { status: 200, body: { ...progress, ...presentSeasonProgress([...state.seasons.list('start')], now) } };
};

export const getWireProgress: WireOperation<'getProgress'> = ({ state, now, path }) => ({
  status: 200,
  body: presentProgress(readProgress({ state, now }, toAddress(path.address)), now),
});

/** FIDELITY: the game asks before it registers (Unity client). */
function readProgress({ state, now }: Reading, address: Address): Progress {
  const wallet = state.wallets.find(address);
  const season = findSeason(state, now);
  if (!wallet) return { hasStarted: false, isBlocked: false, spendable: [], goals: [] };
  const hasStarted = wallet.optedOutAt === null;
  return {
    hasStarted,
    isBlocked: findFlag(wallet, now) !== null,
    spendable: hasStarted ? listSpendable(state, address, now) : [],
    goals: season ? listOwnGoals(state, wallet, season, now) : [],
  };
}

// FIDELITY: a flagged user gets none (documentation site).
export const getCaptcha: DocumentOperation<'getCaptcha'> = (call) => {
  const wallet = getWallet(call.state, getSigner(call.principal));
  const flag = findFlag(wallet, call.now);
  if (flag) return { status: 403, body: presentFlag(flag) };
  const captcha = makeCaptcha(call, wallet);
  return { status: 200, headers: toHint(captcha), body: presentCaptcha(captcha) };
};

// FIDELITY: the bytes of a picture (Unity client). ASSUMED: also for a blocked user; the solution then reports the block.
export const getWireCaptcha: WireOperation<'getCaptcha'> = (call) => {
  const captcha = makeCaptcha(call, getWallet(call.state, getSigner(call.principal)));
  return { status: 200, headers: { 'Content-Type': 'image/png', ...toHint(captcha) }, body: drawCaptcha(captcha) };
};

function toHint({ target }: Captcha): Readonly<Record<string, string>> {
  return { 'X-Emulator-Captcha': String(target) };
}

const HEXADECIMAL = '0123456789abcdef';

function makeCaptcha({ state, now, random }: Context<Decentraland>, { address }: Wallet): Captcha {
  const open: Captcha = {
    challenge: random.text('captcha', HEXADECIMAL, 32),
    target: Number(random.text('captcha target', '0123456789', 2)),
    expiresAt: toLater(now, CAPTCHA_LIFE),
  };
  state.captchas.put({ failures: 0, ...state.captchas.find(address), address, open });
  return open;
}

// FIDELITY: a wrong answer is 400, the third one flags for a day, and a flagged user is refused (documentation site).
export const solveCaptcha: DocumentOperation<'solveCaptcha'> = (call) => {
  const wallet = getWallet(call.state, getSigner(call.principal));
  const flag = findFlag(wallet, call.now);
  if (flag) return { status: 403, body: presentFlag(flag) };
  const { challenge, solution } = call.body;
  if (takeAnswer(call, wallet, solution, challenge)) return { status: 200, body: toClaimed(claim(call, wallet)) };
  return failed('INVALID_CAPTCHA');
};

// FIDELITY: a wrong answer is also 200, because a client takes other statuses for a picture that failed to load (Unity
// client).
export const solveWireCaptcha: WireOperation<'solveCaptcha'> = (call) => {
  const wallet = getWallet(call.state, getSigner(call.principal));
  if (findFlag(wallet, call.now)) return { status: 200, body: { ...NOTHING, isBlockedForClaiming: true } };
  if (takeAnswer(call, wallet, call.body.x)) return { status: 200, body: toClaimed(claim(call, wallet)) };
  const isBlockedForClaiming = findFlag(getWallet(call.state, wallet.address), call.now) !== null;
  return { status: 200, body: { ...NOTHING, isBlockedForClaiming } };
};

const NOTHING = { ok: false, credits_granted: 0 };

/** @param wei `undefined` if nothing can be claimed now */
function toClaimed(wei: bigint | undefined) {
  return { ok: wei !== undefined, credits_granted: toMana(wei ?? 0n), isBlockedForClaiming: false };
}

/** Whether an answer is right. Any answer uses up the captcha. */
function takeAnswer(call: Context<Decentraland>, { address }: Wallet, answer: number, challenge?: string): boolean {
  const { state, now } = call;
  const { open = null, failures = 0 } = state.captchas.find(address) ?? {};
  const isRight = isSolved(open, answer, now, challenge);
  const isBlocking = !isRight && failures + 1 >= ATTEMPTS;
  state.captchas.put({ address, open: null, failures: isRight || isBlocking ? 0 : failures + 1 });
  if (isBlocking) flagWallet(call, address, { cause: 'captcha', until: toLater(now, BLOCKED) });
  return isRight;
}

/**
 * FIDELITY: no goal is named, so all completed goals are claimed (Unity client). ASSUMED: goals are claimed in the week in
 * which they are completed, and not without a season, or while it is paused or out of funds.
 *
 * @returns wei, or `undefined` if nothing can be claimed now
 */
function claim(call: Context<Decentraland>, wallet: Wallet): bigint | undefined {
  const { state, now } = call;
  const season = findSeason(state, now);
  if (!season || season.isPaused || isOutOfFunds(season)) return undefined;
  const { start } = toWeek(season, now);
  let claimed = 0n;
  for (const { goal, steps } of listOwnGoals(state, wallet, season, now).filter(isDue)) {
    const wei = BigInt(goal.reward);
    giveCredit(call, {
      owner: wallet.address,
      wei,
      expiresAt: toExpiry(season),
      season: findSeason(state, now),
      goalId: goal.id,
      // In the current week, so that it is found there.
      createdAt: steps && steps.at > start ? steps.at : start,
    });
    claimed += wei;
  }
  return claimed;
}
