import { validateHeaderName, validateHeaderValue } from 'node:http';

import { LONGEST_TIMER } from '../values/clock.ts';
import { parseDuration } from '../values/duration.ts';
import { WITHOUT_BODY } from '../wire/reply.ts';
import { toMessage } from '../values/message.ts';
import {
  ASKED,
  type BodyHow,
  type Delay,
  type Effect,
  type Fault,
  type HoldEffect,
  type Phase,
  type Release,
  type StreamHow,
  type WebhookHow,
} from '../wire/fault.ts';
import { suggest, suggestKnown } from '../values/nearest.ts';
import { quote, shorten } from '../values/quotation.ts';
import type { Match } from './match.ts';

/** A rule as users write it. Its schema has been checked, its names have not. */
export interface WrittenRule {
  readonly id?: string;
  readonly provider?: string;
  readonly operation?: string | readonly string[];
  readonly match?: Match;
  readonly phase?: Phase;
  readonly effect: WrittenEffect;
  readonly skip?: number;
  readonly times?: number;
  readonly probability?: number;
  readonly ttl?: string | number;
  readonly enabled?: boolean;
}

export interface WrittenEffect {
  readonly status?: number;
  readonly code?: string;
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly retryAfter?: number;
  readonly delay?: Delay;
  readonly connection?: 'reset' | 'empty' | 'hang' | { readonly reset: { readonly afterBytes: number } };
  readonly body?: BodyHow | { readonly slow: { readonly bytesPerSecond: number } };
  readonly webhook?: WebhookHow;
  readonly hold?: {
    readonly until: number;
    readonly release?: Release;
    readonly timeout?: string | number;
  };
  readonly stream?: StreamHow | Partial<Readonly<Record<StreamHow, { readonly after?: number }>>>;
}

/** Matches exchanges and injects a fault into them. */
export interface FaultRule {
  readonly id: string;
  readonly provider: string | undefined;
  /** Empty for all, including unknown routes. */
  readonly operations: readonly string[];
  readonly match: Match;
  readonly fault: Fault;
  /** The number of matching exchanges to skip first. */
  readonly skip: number;
  /** `undefined`: no limit. */
  readonly times: number | undefined;
  readonly probability: number;
  /** Milliseconds of the sandbox's time. */
  readonly ttl: number | undefined;
  readonly enabled: boolean;
  /** The rule as it was written, to show it. */
  readonly written: WrittenRule;
}

/** The names that rules may use, by provider. */
export type Nameable = ReadonlyMap<string, NameableProvider>;

export interface NameableProvider {
  readonly operations: readonly string[];
  readonly codes: readonly string[];
}

/** An error in a written rule, with the path of the field. */
export class RuleMistake extends Error {
  override readonly name = 'RuleMistake';
  readonly path: readonly string[];

  constructor(path: readonly string[], message: string) {
    super(message);
    this.path = path;
  }
}

/**
 * @param nameable omit it for a rule that was armed earlier: its provider may be off now
 * @throws {RuleMistake} names the field, what is wrong, and the nearest known name
 */
export function parseRule(written: WrittenRule, id: string, nameable?: Nameable): FaultRule {
  if (id === ASKED)
    throw new RuleMistake(['id'], `"${ASKED}" is reserved for faults that a request asks for. Choose another id.`);
  const operations = [written.operation ?? []].flat();
  if (nameable) assertNames(written.provider, operations, nameable);
  const fault = parseFault(written.effect, written.phase);
  assertConcern(written, operations, fault);
  if (nameable) assertCodeOf(fault, written.provider, nameable);
  return {
    id,
    provider: written.provider,
    operations,
    match: written.match ?? {},
    fault,
    skip: written.skip ?? 0,
    times: written.times,
    probability: written.probability ?? 1,
    ttl: written.ttl === undefined ? undefined : parseTtl(written.ttl),
    enabled: written.enabled ?? true,
    written,
  };
}

/** A webhook has a topic and belongs to no operation. */
function assertConcern({ match }: WrittenRule, operations: readonly string[], { effect }: Fault): void {
  if (effect?.kind === 'webhook') {
    if (operations.length === 0) return;
    throw new RuleMistake(['operation'], 'A rule for webhooks names no operation: use match.topic or match.subject.');
  }
  if (match?.topic === undefined) return;
  throw new RuleMistake(['match', 'topic'], 'Only webhooks have a topic: remove it, or use the effect "webhook".');
}

function parseTtl(ttl: string | number): number {
  try {
    return parseDuration(String(ttl));
  } catch (error) {
    throw new RuleMistake(['ttl'], toMessage(error));
  }
}

/** @throws {RuleMistake} for an unknown provider or operation */
export function assertNames(
  provider: string | undefined,
  operations: readonly string[],
  nameable: ReadonlyMap<string, { readonly operations: readonly string[] }>,
): void {
  if (provider !== undefined && !nameable.has(provider)) {
    throw new RuleMistake(['provider'], `There is no provider ${quote(provider)}${suggest(provider, nameable.keys())}`);
  }
  const among = provider === undefined ? [...nameable.values()] : [nameable.get(provider)];
  const known = among.flatMap((one) => one?.operations ?? []);
  for (const operation of operations) {
    if (known.includes(operation)) continue;
    const missing = provider === undefined ? 'No provider has an operation' : `${quote(provider)} has no operation`;
    throw new RuleMistake(['operation'], `${missing} ${quote(operation)}${suggest(operation, known)}`);
  }
}

function assertCodeOf(fault: Fault, provider: string | undefined, nameable: Nameable): void {
  if (findCode(fault) !== undefined && provider === undefined) {
    throw new RuleMistake(['effect', 'code'], 'A code belongs to a provider: name the provider too.');
  }
  assertCode(fault, provider ?? '', nameable.get(provider ?? '')?.codes ?? []);
}

/** The name of the provider's own failure that a fault injects. */
function findCode({ effect }: Fault): string | undefined {
  return effect?.kind === 'status' ? effect.code : undefined;
}

/** @throws {RuleMistake} for a code that the provider does not have */
export function assertCode(fault: Fault, provider: string, codes: readonly string[]): void {
  const code = findCode(fault);
  if (code === undefined || codes.includes(code)) return;
  throw new RuleMistake(
    ['effect', 'code'],
    `${quote(provider)} has no code ${quote(code)}${suggestKnown(code, codes)}`,
  );
}

const PHASES: Readonly<Record<Effect['kind'] | 'delay', readonly [usual: Phase, ...others: Phase[]]>> = {
  status: ['before', 'after'],
  delay: ['before', 'after'],
  connection: ['before', 'after'],
  cut: ['during'],
  body: ['during'],
  slow: ['during'],
  stream: ['during'],
  webhook: ['during'],
  hold: ['before', 'after'],
};

const NAMES: Readonly<Record<Effect['kind'] | 'delay', string>> = {
  status: 'A status',
  delay: 'A delay',
  connection: 'A connection fault',
  cut: 'A reset during the response',
  body: 'A body',
  slow: 'A slow body',
  stream: 'A stream',
  webhook: 'A webhook',
  hold: 'A hold',
};

/** @throws {RuleMistake} for effects that cannot be combined, with each other or with the phase */
export function parseFault(written: WrittenEffect, phase?: Phase): Fault {
  const { delay } = written;
  const effect = parseEffect(written);
  const kind = effect?.kind ?? 'delay';
  if (!effect && delay === undefined) {
    throw new RuleMistake(
      ['effect'],
      'An effect needs a status, code, delay, connection, body, stream, webhook or hold.',
    );
  }
  const [usual, ...others] = PHASES[kind];
  const chosen = phase ?? usual;
  if (chosen !== usual && !others.includes(chosen)) {
    const possible = [usual, ...others].map((one) => `"${one}"`).join(' or ');
    throw new RuleMistake(['phase'], `${NAMES[kind]} needs the phase ${possible}, not "${chosen}".`);
  }
  if (delay !== undefined && chosen === 'during') {
    throw new RuleMistake(
      ['effect', 'delay'],
      'A delay fires before or after the operation: write a second rule for it.',
    );
  }
  assertDelay(delay);
  return { phase: chosen, delay, effect, written };
}

function assertDelay(delay: Delay | undefined): void {
  if (typeof delay !== 'object' || !('uniform' in delay)) return;
  const [least, most] = delay.uniform;
  if (least > most) throw new RuleMistake(['effect', 'delay', 'uniform'], `${least} is more than ${most}.`);
}

function parseEffect(written: WrittenEffect): Effect | undefined {
  const effects = [
    toStatus(written),
    toConnection(written),
    toBody(written),
    toStream(written),
    toWebhook(written),
    toHold(written),
  ].filter((effect) => effect !== undefined);
  if (effects.length > 1) {
    const kinds = effects.map((effect) =>
      effect.kind === 'cut' ? 'connection' : effect.kind === 'slow' ? 'body' : effect.kind,
    );
    throw new RuleMistake(
      ['effect'],
      `A rule has one effect; this one has ${kinds.join(' and ')}. Write a rule for each.`,
    );
  }
  return effects[0];
}

function toStatus({ status, code, message, headers, retryAfter }: WrittenEffect): Effect | undefined {
  if (status === undefined && code === undefined) {
    const [stray] = Object.entries({ message, headers, retryAfter }).find(([, value]) => value !== undefined) ?? [];
    if (stray === undefined) return undefined;
    throw new RuleMistake(['effect', stray], `${quote(stray)} requires a status or a code.`);
  }
  if (status !== undefined && WITHOUT_BODY.has(status)) {
    throw new RuleMistake(
      ['effect', 'status'],
      `A response with status ${status} has no body, so it cannot report a failure.`,
    );
  }
  assertHeaders(headers ?? {});
  if (code !== undefined && message !== undefined) {
    throw new RuleMistake(['effect', 'message'], 'A code has its own message: use either code or message.');
  }
  return { kind: 'status', status, code, message, headers, retryAfter };
}

/** The emulator sets these itself; another value would break HTTP. */
const RESERVED = /^(?:content-length|transfer-encoding|connection|trailer|upgrade|x-emulator-.*)$/i;

function assertHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    const at = ['effect', 'headers', name];
    if (RESERVED.test(name)) throw new RuleMistake(at, `${quote(name)} cannot be set.`);
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch (error) {
      throw new RuleMistake(at, shorten(toMessage(error)));
    }
  }
}

function toConnection({ connection }: WrittenEffect): Effect | undefined {
  if (connection === undefined) return undefined;
  if (typeof connection === 'string') return { kind: 'connection', how: connection };
  return { kind: 'cut', afterBytes: connection.reset.afterBytes };
}

function toBody({ body }: WrittenEffect): Effect | undefined {
  if (body === undefined) return undefined;
  if (typeof body === 'string') return { kind: 'body', how: body };
  return { kind: 'slow', bytesPerSecond: body.slow.bytesPerSecond };
}

function toStream({ stream }: WrittenEffect): Effect | undefined {
  if (stream === undefined) return undefined;
  if (typeof stream === 'string') return { kind: 'stream', how: stream, after: FIRST };
  const given = STREAMS.filter((how) => stream[how] !== undefined);
  const [how] = given;
  if (how === undefined || given.length > 1) {
    throw new RuleMistake(['effect', 'stream'], `A stream fault has exactly one of ${STREAMS.join(', ')}.`);
  }
  return { kind: 'stream', how, after: stream[how]?.after ?? FIRST };
}

function toWebhook({ webhook: how }: WrittenEffect): Effect | undefined {
  return how === undefined ? undefined : { kind: 'webhook', how };
}

function toHold({ hold }: WrittenEffect): HoldEffect | undefined {
  if (!hold) return undefined;
  const { until, release = 'arrival', timeout = USUAL_TIMEOUT } = hold;
  const order = typeof release === 'object' && 'content' in release ? release.content : release;
  if (typeof order !== 'string' && !isOrderOf(until, order)) {
    throw new RuleMistake(
      ['effect', 'hold', 'release', ...(order === release ? [] : ['content'])],
      `A release list contains each number from 1 to ${until} once, in the order of release.`,
    );
  }
  return { kind: 'hold', until, release, timeout: parseTimeout(timeout) };
}

const USUAL_TIMEOUT = 'PT5S';

function isOrderOf(count: number, order: readonly number[]): boolean {
  return order.length === count && [...order].sort((a, b) => a - b).every((place, index) => place === index + 1);
}

function parseTimeout(written: string | number): number {
  const at = ['effect', 'hold', 'timeout'];
  let timeout;
  try {
    timeout = parseDuration(String(written));
  } catch (error) {
    throw new RuleMistake(at, toMessage(error));
  }
  if (timeout > 0 && timeout <= LONGEST_TIMER) return timeout;
  throw new RuleMistake(at, `A timeout must be more than 0 and at most ${LONGEST_TIMER} milliseconds.`);
}

/** Maximum number of exchanges in one group. */
export const MOST_HELD = 100;

export const WEBHOOKS: readonly WebhookHow[] = ['hold', 'drop', 'duplicate', 'reorder'];

/** Clients get the first event at once, and usually want a fault after it. */
const FIRST = 1;

export const STREAMS: readonly StreamHow[] = ['drop', 'stall', 'duplicate', 'reorder', 'malformed', 'gap', 'refuse'];
