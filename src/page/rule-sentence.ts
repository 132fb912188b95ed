import type { ArmedFault, Fault } from '../client.ts';

export type Rule = Pick<
  Fault,
  'provider' | 'operation' | 'match' | 'phase' | 'effect' | 'skip' | 'times' | 'probability'
>;

/** What a rule does, as somebody would say it. */
export function toSentence(rule: Rule | ArmedFault): string {
  return `${toWhich(rule)}${toWhose(rule)} ${toWhat(rule)}`;
}

function toWhich({ times, probability, operation }: Rule): string {
  const what = operation === undefined ? 'call' : typeof operation === 'string' ? operation : operation.join(' or ');
  if (probability !== undefined && probability < 1) return `About ${toPercent(probability)} of each ${what}`;
  if (times === 1) return `The next ${what}`;
  return times === undefined ? `Every ${what}` : `Each of the next ${times} ${what}`;
}

function toWhose({ provider, match, skip }: Rule): string {
  const { subject, ...others } = match ?? {};
  const more = Object.entries(others).map(([name, value]) => ` with ${name} ${toText(value)}`);
  return [
    provider === undefined ? ' of any service' : ` of ${provider}`,
    subject === undefined ? '' : ` about ${subject}`,
    ...more,
    skip === undefined || skip === 0 ? '' : `, after ${skip} that pass,`,
  ].join('');
}

function toWhat({ effect, phase = 'before' }: Rule): string {
  const seen = toSeen(effect);
  if (effect.body !== undefined) return `lands, and its answer comes ${describeBody(effect.body)}.`;
  if (effect.hold !== undefined) return describeHold(effect.hold, phase);
  if (effect.stream !== undefined) return `has its stream meet "${toText(effect.stream)}".`;
  if (phase === 'after') return `lands; its client ${seen}.`;
  if (seen === '') return `is answered after ${toDelay(effect.delay)}.`;
  return phase === 'before' ? `does nothing; its client ${seen}.` : `is worked on; its client ${seen}.`;
}

function toSeen({ status, code, connection, delay }: ArmedFault['effect']): string {
  const late = delay === undefined ? '' : `, after ${toDelay(delay)}`;
  if (status !== undefined) return `gets ${status}${late}`;
  if (code !== undefined) return `gets ${code}${late}`;
  if (connection === undefined) return '';
  if (connection === 'hang') return `never hears of it${late}`;
  if (connection === 'empty') return `gets an empty answer${late}`;
  return connection === 'reset'
    ? `has its connection reset${late}`
    : `has its connection reset after ${connection.reset.afterBytes} bytes${late}`;
}

function toDelay(delay: ArmedFault['effect']['delay']): string {
  if (delay === undefined) return 'no time';
  if (typeof delay === 'number') return delay >= 1000 ? `${delay / 1000} s` : `${delay} ms`;
  if ('uniform' in delay) return `${delay.uniform.join(' to ')} ms`;
  return `about ${delay.lognormal.median} ms`;
}

function describeBody(body: NonNullable<ArmedFault['effect']['body']>): string {
  if (typeof body === 'object') return `at ${body.slow.bytesPerSecond} bytes a second`;
  const words = {
    truncate: 'cut off',
    garbage: 'as garbage',
    'malformed-json': 'as broken JSON',
    'wrong-type': 'as another type',
  };
  return words[body];
}

function describeHold(
  { until, release = 'arrival' }: NonNullable<ArmedFault['effect']['hold']>,
  phase: string,
): string {
  const order = { arrival: 'as they came', reverse: 'the other way round' };
  const how = typeof release === 'string' ? order[release] : describePlaces(release);
  const where = phase === 'after' ? 'lands, and its answer waits' : 'waits';
  return `${where} until ${until} are there; they go ${how}.`;
}

function describePlaces(release: readonly number[] | { readonly content: readonly number[] }): string {
  return 'content' in release
    ? `in the order ${release.content.join(', ')} of what they say`
    : `in the order ${release.join(', ')}`;
}

function toPercent(probability: number): string {
  return `${Number((probability * 100).toFixed(2))} %`;
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
