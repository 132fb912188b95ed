import { toLater } from '../../core/values/clock.ts';
import { isNegative, ZERO } from '../../core/values/decimal.ts';
import type { RandomSource } from '../../core/provider/call.ts';
import { assert, type ErrorCode } from './errors.ts';
import { MANUAL, post } from './ledger.ts';
import { requestCancellation } from './cancellation.ts';
import { enrol, grant } from './members.ts';
import type { Working } from './operation.ts';
import { changeCredits, redeem, type Holding, type Outcome, type Refusal } from './rules.ts';
import { toOwnerKey, type Change, type Member, type Owner, type PendingChange, type State } from './state.ts';

/**
 * Accepts a change. FIDELITY: the 201 comes first and the effect may come later (published document); here after
 * `settleAfter`. ASSUMED: a change that would fail once all pending changes have had their effect is refused at once.
 *
 * @throws the refusal of the rules
 */
export function submit(context: Working, owner: Owner, change: Change): void {
  const { state, now, options, ids, schedule } = context;
  const { merchantId, customerId } = owner;
  const outcome = decide(foresee(state, owner), change);
  if (isRefusal(outcome)) assert(false, toCode(outcome, options.overdraftStatus));
  if (options.settleAfter === 0) {
    // If it depends on pending changes, it may be refused now.
    apply(context, owner, change);
    return;
  }
  const settlesAt = toLater(now, options.settleAfter);
  const id = ids.next('change');
  state.pending.put({ merchantId, customerId, id, change, acceptedAt: now, settlesAt, refused: null });
  schedule(settlesAt, 'settle', { id });
}

/**
 * Applies a pending change. ASSUMED: if it can no longer be applied, because credits have expired meanwhile, it is kept
 * with the reason, which only the emulator's own state shows.
 */
export function settle(context: Working, { id }: Pick<PendingChange, 'id'>): void {
  const { pending } = context.state;
  const waiting = pending.find(String(id));
  if (waiting?.refused !== null) return;
  const refused = apply(context, waiting, waiting.change) ?? null;
  if (refused === null) pending.delete(String(id));
  else pending.put({ ...waiting, refused });
}

/**
 * Makes pending changes due now, each in its own transaction.
 *
 * @returns the changes that cannot be applied, and why
 */
export function hasten(context: Working, waiting: readonly PendingChange[]): readonly PendingChange[] {
  const { state, now, schedule } = context;
  const holdings = new Map<string, Holding>();
  return waiting.flatMap((one) => {
    state.pending.put({ ...one, settlesAt: now });
    schedule(now, 'settle', { id: one.id });
    const key = toOwnerKey(one);
    const outcome = decide(holdings.get(key) ?? toHolding(state, one), one.change);
    if (isRefusal(outcome)) return [{ ...one, refused: outcome }];
    holdings.set(key, outcome);
    return [];
  });
}

/** By the published document, a refusal of the vendor's inner service may be a 500. */
function toCode(refusal: Refusal, overdraftStatus: string): ErrorCode {
  return refusal === 'OVERDRAFT' && overdraftStatus === '500' ? 'OVERDRAFT_INSIDE' : refusal;
}

/** Returns a member's holding after all pending changes. */
function foresee(state: State, owner: Owner): Holding {
  let holding = toHolding(state, owner);
  for (const { change, refused } of state.pending.list('member', { within: [owner.merchantId, owner.customerId] })) {
    const outcome = decide(holding, change);
    if (refused === null && !isRefusal(outcome)) holding = outcome;
  }
  return holding;
}

function toHolding({ members }: State, owner: Owner): Holding {
  const member = members.find(toOwnerKey(owner));
  return { balance: member?.balance ?? ZERO, reserved: member?.redemption?.value };
}

function decide(holding: Holding, change: Change): Outcome {
  switch (change.kind) {
    case 'credits':
      return changeCredits(holding, change.amount, change.force);
    case 'redemption':
      return redeem(holding, change.amount ?? undefined);
    case 'cancellation':
      return holding;
    case 'member':
      return change.credits === ZERO ? holding : changeCredits(holding, change.credits, false);
  }
}

function isRefusal(outcome: Outcome): outcome is Refusal {
  return typeof outcome === 'string';
}

/** @returns the reason for a refusal, if any */
function apply(context: Working, owner: Owner, change: Change): ErrorCode | undefined {
  const { state } = context;
  const outcome = decide(toHolding(state, owner), change);
  if (isRefusal(outcome)) return outcome;
  if (change.kind === 'member') {
    enrol(context, owner, change);
    return undefined;
  }
  const member = state.members.find(toOwnerKey(owner));
  if (!member) return 'NO_SUCH_MEMBER';
  if (change.kind === 'cancellation') return requestCancellation(context, member);
  state.members.put(
    change.kind === 'credits' ? applyCredits(context, member, change, outcome) : applyCode(context, member, outcome),
  );
  return undefined;
}

function applyCredits(
  context: Working,
  member: Member,
  { amount, note }: Extract<Change, { kind: 'credits' }>,
  { reserved }: Holding,
): Member {
  const { state, now } = context;
  if (note !== null) context.note({ memo: note });
  if (!isNegative(amount)) return grant(context, member, { amount, note });
  const after = post(state, member, { amount, reason: MANUAL, note, createdAt: now });
  return reserved === undefined ? { ...after, redemption: null } : after;
}

function applyCode({ state, random, now }: Working, member: Member, { reserved }: Holding): Member {
  const redemption = reserved === undefined ? null : { code: createCode(state, random), value: reserved };
  return { ...member, redemption, updatedAt: now };
}

/** FIDELITY: this prefix, then 16 hex digits (a live client). */
function createCode(state: State, random: RandomSource): string {
  for (;;) {
    const code = `REDEEM+${random.text('code', '0123456789abcdef', 16)}`;
    if (!state.members.findBy('code', code)) return code;
  }
}
