import type { IncomingHttpHeaders } from 'node:http';

import { LONGEST_TIMER } from '../values/clock.ts';
import type { Delay, Fault, Phase, Release, StreamHow } from '../wire/fault.ts';
import { MOST_HELD, parseFault, RuleMistake, STREAMS, WEBHOOKS, type WrittenEffect } from './fault-rule.ts';
import { suggest, suggestKnown } from '../values/nearest.ts';
import { quote } from '../values/quotation.ts';

/** The short form of faults (`status=500; phase=after; delay=200`), in a header, a record's `fault`, or on the command line. */

/** @throws {RuleMistake} */
export function parseInjection(text: string): Fault {
  let effect: WrittenEffect = {};
  let phase: Phase | undefined;
  const seen = new Set<string>();
  for (const part of text.split(';').map((word) => word.trim())) {
    if (part === '') continue;
    const [name, value] = splitPair(part);
    if (seen.has(name)) throw new RuleMistake([name], `${quote(name)} appears twice.`);
    seen.add(name);
    if (name === 'phase') phase = parseOneOf(name, value, PHASES);
    else effect = { ...effect, ...parseEffectPair(name, value, [...EFFECT_NAMES, 'phase']) };
  }
  if (effect.webhook !== undefined) {
    throw new RuleMistake(['webhook'], 'Only rules can have a webhook effect, not requests or records.');
  }
  if (effect.hold !== undefined) {
    throw new RuleMistake(['hold'], 'Only rules can hold requests, not requests or records.');
  }
  return parseFault(effect, phase);
}

/** `name=value`. @throws {RuleMistake} */
export function splitPair(part: string): readonly [name: string, value: string] {
  const at = part.indexOf('=');
  if (at < 1) throw new RuleMistake([], `${quote(part)} is no pair such as status=500.`);
  return [part.slice(0, at).trim(), part.slice(at + 1).trim()];
}

/** The fault that a request asks for: `X-Emulator-Inject: status=500; phase=after`, or `Prefer: code=409`. @throws {RuleMistake} */
export function findAsked({ 'x-emulator-inject': injection, prefer }: IncomingHttpHeaders): Fault | undefined {
  if (injection !== undefined) return parseInjection(String(injection));
  return prefer === undefined ? undefined : parsePreference(String(prefer));
}

/** Ignores other preferences and codes of success. */
function parsePreference(text: string): Fault | undefined {
  const status = Number(/(?:^|[,;\s])code\s*=\s*"?(\d{3})"?(?=$|[,;\s])/i.exec(text)?.[1]);
  return status >= 400 && status <= 599 ? parseFault({ status }) : undefined;
}

export const PHASES: readonly Phase[] = ['before', 'after', 'during'];
const CONNECTIONS = ['reset', 'empty', 'hang'] as const;
const BODIES = ['truncate', 'garbage', 'malformed-json', 'wrong-type'] as const;

const PARSERS: Readonly<Record<string, (value: string) => WrittenEffect>> = {
  status: (value) => ({ status: parseWhole('status', value, 200, 599) }),
  code: (value) => ({ code: value }),
  message: (value) => ({ message: value }),
  retryAfter: (value) => ({ retryAfter: parseWhole('retryAfter', value, 0, LONGEST_TIMER) }),
  delay: (value) => ({ delay: parseDelay(value) }),
  connection: (value) => {
    const [, bytes] = /^reset:(.*)$/.exec(value) ?? [];
    if (bytes === undefined) return { connection: parseOneOf('connection', value, CONNECTIONS, ['reset:BYTES']) };
    return { connection: { reset: { afterBytes: parseWhole('connection', bytes, 0, Number.MAX_SAFE_INTEGER) } } };
  },
  body: (value) => {
    const [, speed] = /^slow:(.*)$/.exec(value) ?? [];
    if (speed === undefined) return { body: parseOneOf('body', value, BODIES, ['slow:BYTES_PER_SECOND']) };
    return { body: { slow: { bytesPerSecond: parseWhole('body', speed, 1, Number.MAX_SAFE_INTEGER) } } };
  },
  stream: (value) => {
    const at = value.indexOf(':');
    const how: StreamHow = parseOneOf('stream', at < 0 ? value : value.slice(0, at), STREAMS);
    if (at < 0) return { stream: how };
    if (how === 'refuse')
      throw new RuleMistake(['stream'], '"refuse" takes no number: it fires before the first event.');
    const count = value.slice(at + 1);
    return { stream: { [how]: { after: parseWhole('stream', count, 0, Number.MAX_SAFE_INTEGER) } } };
  },
  webhook: (value) => ({ webhook: parseOneOf('webhook', value, WEBHOOKS) }),
  hold: (value) => {
    const [until = '', ...rest] = value.split(':');
    const count = parseWhole('hold', until, 2, MOST_HELD);
    if (rest.length === 0) return { hold: { until: count } };
    return { hold: { until: count, release: parseRelease(rest.join(':'), count) } };
  },
};

const RELEASES = ['arrival', 'reverse'] as const;

/** `arrival`, `reverse`, or places such as `2,1`. */
function parseRelease(value: string, count: number): Release {
  if (!/^\d/.test(value)) return parseOneOf('hold', value, RELEASES, ['an order such as 2,1']);
  return value.split(',').map((place) => parseWhole('hold', place, 1, count));
}

export const EFFECT_NAMES: readonly string[] = Object.keys(PARSERS);

/** @throws {RuleMistake} */
export function parseEffectPair(name: string, value: string, known: readonly string[]): WrittenEffect {
  const parse = Object.hasOwn(PARSERS, name) ? PARSERS[name] : undefined;
  if (!parse) throw new RuleMistake([name], `There is no ${quote(name)} here${suggestKnown(name, known)}`);
  return parse(value);
}

const DELAYS = '"delay" takes milliseconds such as 200, a range such as 100-500, or lognormal:200,0.6.';

/** The same limit as in the control API. */
const WIDEST = 10;

function parseDelay(value: string): Delay {
  const [, least, most] = /^(\d+)-(\d+)$/.exec(value) ?? [];
  if (least !== undefined && most !== undefined) {
    return { uniform: [parseWhole('delay', least, 0, LONGEST_TIMER), parseWhole('delay', most, 0, LONGEST_TIMER)] };
  }
  const [, median, sigma] = /^lognormal:(\d+),(\d+(?:\.\d+)?)$/.exec(value) ?? [];
  if (median !== undefined) {
    if (Number(sigma) > WIDEST) throw new RuleMistake(['delay'], `The sigma of a delay is at most ${WIDEST}.`);
    return { lognormal: { median: parseWhole('delay', median, 0, LONGEST_TIMER), sigma: Number(sigma) } };
  }
  if (!/^\d+$/.test(value)) throw new RuleMistake(['delay'], DELAYS);
  return parseWhole('delay', value, 0, LONGEST_TIMER);
}

export function parseWhole(name: string, value: string, least: number, most: number): number {
  const number = /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new RuleMistake([name], `"${name}" takes a whole number from ${least} to ${most}, not ${quote(value)}.`);
}

/** @param others forms that the error also lists, parsed elsewhere */
export function parseOneOf<T extends string>(
  name: string,
  value: string,
  values: readonly T[],
  others: readonly string[] = [],
): T {
  const found = values.find((one) => one === value);
  if (found !== undefined) return found;
  throw new RuleMistake(
    [name],
    `"${name}" is one of ${[...values, ...others].join(', ')}, not ${quote(value)}${suggest(value, values)}`,
  );
}
