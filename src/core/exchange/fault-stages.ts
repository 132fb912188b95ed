import { LONGEST_TIMER, monotonic } from '../values/clock.ts';
import { findSubject, toMatchable, type Exchange, type FaultContext, type Refusing } from './exchange.ts';
import { Severed } from '../wire/answer.ts';
import type { Reply } from '../wire/reply.ts';
import { Failure } from '../wire/failure.ts';
import {
  ASKED,
  type Delay,
  type Effect,
  type Fault,
  type MetFault,
  type Phase,
  type StatusEffect,
  type StreamEffect,
} from '../wire/fault.ts';
import type { Content, HeldExchange } from '../faults/gates.ts';
import type { Plan } from '../faults/plan.ts';
import { parseInjection } from '../faults/injection.ts';
import { readEarly } from './parse-request.ts';
import type { Provider } from '../provider/provider.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { toFraction, type Chance } from '../values/random.ts';
import { replaceHeaders } from '../wire/headers.ts';

/**
 * Finds whose account the exchange is about, if a fault depends on that, and what faults may meet it. Reads the body
 * before its turn if a fault rule or a magic subject needs it.
 */
export function identify(exchange: Exchange, provider: Provider): undefined | Promise<undefined> {
  const { sandbox, operation, asked } = exchange;
  const plan = sandbox.faults.planFor(provider.id, operation?.operationId);
  const hasSubjects = operation !== undefined && provider.faultOf !== undefined;
  if (!plan && !asked && !hasSubjects) return undefined;
  const reading = hasSubjects || plan?.asksForContent ? readEarly(exchange) : undefined;
  if (!reading) {
    findFaults(exchange, provider, plan);
    return undefined;
  }
  return reading.then(() => {
    findFaults(exchange, provider, plan);
    return undefined;
  });
}

function findFaults(exchange: Exchange, provider: Provider, plan: Plan | undefined): void {
  const { sandbox, asked } = exchange;
  const subject = trySubject(exchange);
  const magicFault = subject === undefined ? undefined : provider.faultOf?.(sandbox.stateOf(provider.id), subject);
  if (!plan && !asked && magicFault === undefined) return;
  const own: (Fault & MetFault)[] = [];
  if (asked) own.push({ name: ASKED, ...asked });
  if (magicFault !== undefined) own.push({ name: `magic:${subject ?? ''}`, ...parseInjection(magicFault) });
  exchange.faultContext = { own, matchable: toMatchable(exchange, subject) };
}

/** The engine logs why the subject is unknown. */
function trySubject(exchange: Exchange): string | undefined {
  try {
    const name = findSubject(exchange);
    // What cannot be read may be about another account.
    if (exchange.unreadable === undefined) exchange.subject = { name };
    return name;
  } catch {
    return undefined;
  }
}

/** A service that is down looks at nothing, so these come before the operation is found. */
export function faultsBefore(exchange: Exchange): Refusing | Promise<Refusing> {
  return meet(exchange, 'before');
}

/** If the exchange changed nothing of its own, its client has nothing to miss. */
export function faultsAfter(exchange: Exchange): Refusing | Promise<Refusing> {
  return exchange.commit?.changes.some(({ part }) => part === 'own') ? meet(exchange, 'after') : undefined;
}

/** The fault that applies while the answer is sent. */
export function meetDuring<E extends Effect>(
  exchange: Exchange,
  accepts: (effect: Effect) => effect is E,
): E | undefined {
  const { faultContext } = exchange;
  if (!faultContext) return undefined;
  const { effect } = choose(exchange, faultContext, 'during', (one) => one !== undefined && accepts(one));
  return effect && accepts(effect) ? effect : undefined;
}

export function isOfStream(effect: Effect): effect is StreamEffect {
  return effect.kind === 'stream';
}

function meet(exchange: Exchange, phase: Phase): Refusing | Promise<Refusing> {
  const { faultContext } = exchange;
  if (!faultContext) return undefined;
  const before = exchange.gate;
  const { delay, effect } = choose(exchange, faultContext, phase, () => true);
  const { gate } = exchange;
  const isHeld = gate !== before && gate !== undefined;
  if (delay === 0 && !isHeld) return effect && act(exchange, effect);
  // An exchange that waits for something else does not block later ones of its group.
  before?.quit();
  const waits = delay === 0 ? hold(exchange, gate) : pass(exchange, delay).then(() => hold(exchange, gate));
  return waits.then(() => {
    const { sandbox, id } = exchange;
    sandbox.waits.settle(id);
    // An exchange that was delayed happens at the later instant, even if its client has left.
    if (phase === 'before') {
      exchange.at = sandbox.catchUp();
      exchange.losses = sandbox.persistence.losses;
    }
    sandbox.recording.note({ kind: 'go', at: sandbox.time.reached, id });
    return effect && act(exchange, effect);
  });
}

async function pass(exchange: Exchange, delay: number): Promise<void> {
  const { sandbox, request, id } = exchange;
  const forget = request.onLeave(() => {
    exchange.leftAt = monotonic();
  });
  const wentBy = await sandbox.waits.pass(delay, id);
  forget();
  if (!wentBy) throw new Severed('empty');
}

/** Waits until its group is complete, or its client leaves and no longer counts. */
async function hold({ sandbox, request, id }: Exchange, gate: HeldExchange | undefined): Promise<void> {
  if (!gate) return;
  const client = { hasLeft: false };
  const happened = await sandbox.waits.until((happen) => {
    const left = request.onLeave(() => {
      client.hasLeft = true;
      happen();
    });
    // A replay releases it when it was released before.
    const freed = sandbox.waits.isSteered ? undefined : gate.listen(happen);
    return () => {
      left();
      freed?.();
    };
  }, id);
  if (!happened) throw new Severed('empty');
  if (client.hasLeft && !gate.isFree) throw toLeft(sandbox, id);
  if (sandbox.waits.isSteered) gate.releaseGroup();
}

function toLeft({ recording, time }: Sandbox, id: string): Severed {
  recording.note({ kind: 'left', at: time.reached, id });
  return new Severed('left');
}

/** Delays add up. Of the faults with an effect only the first applies, once in an exchange. */
function choose(
  exchange: Exchange,
  faultContext: FaultContext,
  phase: Phase,
  accepts: (effect: Effect | undefined) => boolean,
): { readonly delay: number; readonly effect: Effect | undefined } {
  const { sandbox, at, service, operation } = exchange;
  // Looked up again, because rules may have been removed while it waited.
  const plan = sandbox.faults.planFor(service.id, operation?.operationId);
  const draw = (): number => toFraction(sandbox.chance('faults'));
  let delay = 0;
  let effect: Effect | undefined;
  const waits: MetFault[] = [];
  const hits: MetFault[] = [];
  const take = (name: string, fault: Fault): void => {
    if (fault.delay !== undefined) delay += toMilliseconds(fault.delay, () => sandbox.chance('delays'));
    if (!fault.effect) {
      waits.push({ name, phase, written: fault.written });
      return;
    }
    effect = fault.effect;
    exchange.isHit = true;
    hits.push({ name, phase, written: fault.written });
  };
  const mayAct = (fault: Fault): boolean => (!fault.effect || !exchange.isHit) && accepts(fault.effect);
  for (const { name, ...fault } of faultContext.own) if (fault.phase === phase && mayAct(fault)) take(name, fault);
  let isHeld = false;
  for (const rule of plan?.find(phase, faultContext.matchable) ?? []) {
    const { id: name, fault } = rule;
    const fires = (): boolean => sandbox.faults.fire(rule, at, draw);
    if (fault.effect?.kind === 'hold') {
      const gate = isHeld ? undefined : sandbox.waits.gates.enter(rule, fires, toContent(exchange, faultContext));
      if (!gate) continue;
      isHeld = true;
      exchange.gate = gate;
      if (fault.delay !== undefined) delay += toMilliseconds(fault.delay, () => sandbox.chance('delays'));
      waits.push({ name, phase, written: fault.written });
    } else if (mayAct(fault) && fires()) take(name, fault);
  }
  const met = [...waits, ...hits];
  exchange.met = [...exchange.met, ...met];
  for (const fault of met) {
    const [request, provider] = [exchange.id, service.id];
    sandbox.events.report({
      ...{ kind: 'fault', at: sandbox.clock.now(), fault },
      ...{ request, provider, operation: operation?.operationId },
    });
  }
  return { delay, effect };
}

function toContent({ operation, request: { url, body } }: Exchange, { matchable }: FaultContext): Content {
  return { operation: operation?.operationId, subject: matchable.subject, url, body };
}

function toMilliseconds(delay: Delay, draw: () => Chance): number {
  if (typeof delay === 'number') return delay;
  const chance = draw();
  if ('uniform' in delay) {
    const [least, most] = delay.uniform;
    return least + (most - least) * toFraction(chance);
  }
  const { median, sigma } = delay.lognormal;
  // Box–Muller transform: makes a normally distributed number of two uniform ones.
  const normal = Math.sqrt(-2 * Math.log(1 - toFraction(chance))) * Math.cos(2 * Math.PI * toFraction(chance, 1));
  return Math.min(median * Math.exp(sigma * normal), LONGEST_TIMER);
}

function act({ sandbox, request, gate, id }: Exchange, effect: Effect): Promise<never> {
  if (effect.kind === 'status') throw new Injected(effect);
  if (effect.kind !== 'connection') throw new Error(`A ${effect.kind} has no place before the answer.`);
  if (effect.how !== 'hang') throw new Severed(effect.how);
  gate?.quit();
  return sandbox.waits
    .until((left) => request.onLeave(left), id)
    .then((hasLeft) => {
      throw hasLeft ? toLeft(sandbox, id) : new Severed('empty');
    });
}

/** A failure that a fault injects, in the provider's words. */
export class Injected extends Failure {
  readonly #effect: StatusEffect;

  constructor(effect: StatusEffect) {
    const { status = 500, code, message, retryAfter } = effect;
    super(code === undefined ? { kind: 'injected', status, message, retryAfter } : { kind: 'refused', code });
    this.#effect = effect;
  }

  /** Gives the reply the fault's own status, if it has one. */
  shape(reply: Reply): Reply {
    return { ...reply, status: this.#effect.status ?? reply.status };
  }

  /** Headers that replace those of the answer. */
  get headers(): Readonly<Record<string, string>> {
    const { headers, retryAfter } = this.#effect;
    const wait = retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) };
    return replaceHeaders(wait, headers ?? {});
  }
}
