import { findDifferences, type Condition, type Difference } from '../../core/faults/match.ts';
import { toJournalConditions, type Recalled } from '../../core/exchange/recalled.ts';
import { KEPT_BODY } from '../../core/sandbox/journal.ts';
import { suggest } from '../../core/values/nearest.ts';
import { quote, shorten, shortenTo } from '../../core/values/quotation.ts';
import { Allowance } from '../../core/wire/excerpt.ts';
import type { Redaction } from '../../core/wire/redaction.ts';
import { renderProblem } from '../../http/problem.ts';
import type { Endpoint } from '../endpoint.ts';
import { assertKnown, describeUnknown, findUnknownOfExchanges } from '../known-names.ts';
import { presentReasons } from '../present.ts';
import { toFailure } from '../problems.ts';
import { describeReasons } from '../request-line.ts';
import { recallAll } from '../selection.ts';
import type { components } from '../../generated/emulator.ts';

type Schemas = components['schemas'];
type Count = NonNullable<Schemas['Verification']['count']>;

/** Exchanges that are named, of those that match and of near misses. */
const NAMED = 5;
/** Differences that are shown of an exchange, and bytes of a value. */
const SHOWN = 10;
const SHOWN_VALUE = 200;
/** Maximum bytes of a request to verify: the journal keeps no longer body to compare with. */
const LONGEST = 2 * KEPT_BODY;

export const verifyRequests: Endpoint<'verifyRequests'> = async ({ sandbox, installation, body, bytes }) => {
  if (bytes > LONGEST) throw toFailure('LONG_MATCH', `The request has ${bytes} bytes; the maximum is ${LONGEST}.`);
  const { match, count = { atLeast: 1 } } = body;
  assertCount(count);
  assertKnown(match, installation, 'body/match');
  if (!sandbox.journal.isKept) throw toFailure('NOTHING_KEPT', 'This emulator keeps no exchanges to verify.');
  const conditions = toJournalConditions(match);
  const found = new Found(conditions);
  await recallAll({ sandbox, installation }, conditions, (recalled) => {
    // The emulator sent it itself.
    if (!recalled.entry.webhook) found.take(recalled);
  });
  const { matched } = found;
  const { from } = sandbox.journal;
  const unknown = matched > 0 ? [] : findUnknownOfExchanges(sandbox, match);
  const about = { ...(from !== undefined && { from }), ...describeUnknown(unknown) };
  if (isAsCounted(matched, count)) return { status: 200, body: { verified: true, matched, ...about } };
  const tooFew = matched < toLeast(count);
  const misses = tooFew ? found.misses.map((miss) => presentMiss(miss, installation.redaction)) : [];
  const [nearest] = misses;
  const detail = [
    `${matched} ${matched === 1 ? 'exchange' : 'exchanges'} in "${sandbox.name}" ${matched === 1 ? 'fits' : 'fit'}, not ${describeCount(count)}.`,
    ...(nearest ? [describeMiss(nearest), ...describeRefusal(found.misses[0], installation.redaction)] : []),
    ...unknown.map(describeUnknownName),
    ...(from === undefined ? [] : [`Exchanges before ${from} are no longer kept.`]),
  ];
  const problem = {
    status: 422,
    title: 'Not verified',
    detail: detail.join(' '),
    hint: toHint(found.seen, nearest?.id),
  };
  return {
    status: 422,
    headers: renderProblem(problem).headers ?? {},
    body: {
      type: 'about:blank',
      ...problem,
      verified: false,
      matched,
      requests: [...found.fitting],
      misses,
      ...about,
    },
  };
};

/** @throws {Failure} for counts that contradict each other */
function assertCount({ exactly, atLeast, atMost }: Count): void {
  if (exactly !== undefined && (atLeast !== undefined || atMost !== undefined)) {
    throw toFailure('BAD_COUNT', 'body/count has both exactly and a limit.');
  }
  if (atLeast !== undefined && atMost !== undefined && atLeast > atMost) {
    throw toFailure('BAD_COUNT', `body/count: at least ${atLeast} and at most ${atMost} is impossible.`);
  }
}

function toLeast({ exactly, atLeast }: Count): number {
  return exactly ?? atLeast ?? 0;
}

function isAsCounted(matched: number, count: Count): boolean {
  return matched >= toLeast(count) && matched <= (count.exactly ?? count.atMost ?? Number.POSITIVE_INFINITY);
}

function describeCount({ exactly, atLeast, atMost }: Count): string {
  if (exactly !== undefined) return `exactly ${exactly}`;
  const limits = [
    ...(atLeast === undefined ? [] : [`at least ${atLeast}`]),
    ...(atMost === undefined ? [] : [`at most ${atMost}`]),
  ];
  return limits.join(' and ');
}

interface NearMiss {
  readonly recalled: Recalled;
  readonly differences: readonly Difference[];
  /** Position of the first difference among the conditions. */
  readonly first: number;
}

/** Collects exchanges that match, and the nearest misses. Exchanges are passed newest first. */
class Found {
  matched = 0;
  seen = 0;
  readonly fitting: string[] = [];
  readonly misses: NearMiss[] = [];
  readonly #conditions: readonly Condition<Recalled>[];

  constructor(conditions: readonly Condition<Recalled>[]) {
    this.#conditions = conditions;
  }

  take(recalled: Recalled): void {
    this.seen += 1;
    const differences = findDifferences(this.#conditions, recalled);
    const [least] = differences;
    if (!least) {
      this.matched += 1;
      if (this.fitting.length < NAMED) this.fitting.push(recalled.entry.id);
      return;
    }
    const first = this.#conditions.findIndex(({ place }) => place === least.place);
    const miss = { recalled, differences, first };
    const at = this.misses.findIndex((other) => isNearer(miss, other));
    if (at < 0 && this.misses.length === NAMED) return;
    this.misses.splice(at < 0 ? this.misses.length : at, 0, miss);
    if (this.misses.length > NAMED) this.misses.pop();
  }
}

/** The conditions begin with the most significant ones: it is worse to differ there. */
function isNearer(one: NearMiss, other: NearMiss): boolean {
  if (one.differences.length !== other.differences.length) return one.differences.length < other.differences.length;
  return one.first > other.first;
}

function presentMiss({ recalled, differences }: NearMiss, redaction: Redaction): Schemas['Miss'] {
  const { id, provider, operation, subject, method, url, answer } = recalled.entry;
  const more = differences.length - SHOWN;
  return {
    id,
    provider,
    operation: operation ?? null,
    subject: subject === undefined ? null : shorten(subject),
    method,
    url: shortenTo(SHOWN_VALUE, redaction.url(url, recalled.entry.requestHeaders)),
    status: answer.status || null,
    differences: differences.slice(0, SHOWN).map((difference) => presentDifference(difference, recalled, redaction)),
    ...(more > 0 && { more }),
  };
}

function presentDifference(
  { place, expected, actual }: Difference,
  { isCut }: Recalled,
  redaction: Redaction,
): Schemas['Miss']['differences'][number] {
  const [part, name = part] = place;
  const present = (value: unknown): unknown =>
    Object.values(redaction.record({ [name]: value }, new Allowance(name.length + SHOWN_VALUE)))[0];
  return {
    field: place.map(shorten).join('.'),
    expected: present(expected),
    ...(actual !== undefined && { actual: present(actual) }),
    ...(part === 'body' && isCut && { why: `The body was longer than the ${KEPT_BODY} bytes that the journal keeps.` }),
  };
}

function describeMiss({ id, method, url, differences: [first], more = 0, ...miss }: Schemas['Miss']): string {
  const others = miss.status === null ? '' : `, ${miss.status}`;
  const what = first ? describeDifference(first) : '';
  return `The nearest is ${id} (${method} ${shorten(url)}${others}): ${what}${more > 0 ? ' and more' : ''}`;
}

/** A test often expects a request that was sent, but that the provider refused with few words. */
function describeRefusal(miss: NearMiss | undefined, redaction: Redaction): readonly string[] {
  const reasons = miss ? presentReasons(miss.recalled.entry, redaction) : [];
  return reasons.length > 0 ? [`It was refused: ${describeReasons(reasons)}.`] : [];
}

function describeDifference({ field, expected, actual, why }: Schemas['Miss']['differences'][number]): string {
  if (why !== undefined) return why;
  const wanted = JSON.stringify(expected);
  return actual === undefined
    ? `${field} is missing, not ${wanted}.`
    : `${field} is ${JSON.stringify(actual)}, not ${wanted}.`;
}

function describeUnknownName({ field, value, nearest }: Schemas['Unknown'][number]): string {
  return `No ${field} ${quote(value)} was ever seen here${suggest(value, [nearest ?? []].flat())}`;
}

function toHint(seen: number, nearest: string | undefined): string {
  if (seen === 0) return 'The journal of this sandbox is empty: were the requests sent to another one?';
  return `GET /_emulator/requests${nearest === undefined ? ' shows them' : `/${nearest} shows it whole`}.`;
}
