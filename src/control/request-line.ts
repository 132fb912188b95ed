import { styleText } from 'node:util';

import { shortenTo } from '../core/values/quotation.ts';
import type { components } from '../generated/emulator.ts';

type Entry = components['schemas']['JournalEntry'];

/** What a line tells of an exchange. */
export interface ListedRequest extends Pick<
  Entry,
  'sandbox' | 'duration' | 'provider' | 'operation' | 'method' | 'url' | 'fault' | 'reasons'
> {
  readonly answer: Pick<Entry['answer'], 'status' | 'ended'>;
}

type Style = Parameters<typeof styleText>[0];
type Paint = (style: Style, text: string) => string;

const paintNothing: Paint = (_, text) => text;
const paintAnyway: Paint = (style, text) => styleText(style, text, { validateStream: false });

/** Characters of a URL, and of all reasons. */
const URL_SHOWN = 200;
const REASONS_SHOWN = 600;

/** One exchange in one line for people. Nothing that a client sent can move the cursor or begin another line. */
export function renderRequestLine(entry: ListedRequest, { colours }: { readonly colours: boolean }): string {
  const paint = colours ? paintAnyway : paintNothing;
  const { method, url, provider, operation, answer, duration, sandbox, fault, reasons } = entry;
  const parts = [
    toVisible(method),
    toVisible(shortenTo(URL_SHOWN, url)),
    paint('dim', operation === null ? provider : `${provider}.${operation}`),
    paint(toStyle(answer.status), answer.status === null ? (answer.ended ?? 'no answer') : String(answer.status)),
    paint('dim', `${duration < 10 ? duration.toFixed(1) : Math.round(duration)} ms`),
  ];
  if (sandbox !== 'default') parts.push(paint('cyan', `in ${sandbox}`));
  if (fault) parts.push(paint('magenta', toVisible(`fault ${shortenTo(URL_SHOWN, fault.id)} ${fault.phase}`)));
  if (reasons.length > 0) parts.push(paint('yellow', toVisible(describeReasons(reasons))));
  return parts.join('  ');
}

function toStyle(status: number | null): Style {
  if (status === null || status >= 500) return 'red';
  return status >= 400 ? 'yellow' : 'green';
}

/** All of them as one sentence. */
export function describeReasons(reasons: Entry['reasons']): string {
  return shortenTo(REASONS_SHOWN, reasons.map(describeReason).join('; '));
}

function describeReason({ where, field, problem, nearest }: Entry['reasons'][number]): string {
  const place = field === null ? where : `${where} ${field}`;
  const meant = nearest === null || problem.includes(nearest) ? '' : `; nearest: ${nearest}`;
  return `${place}: ${problem}${meant}`;
}

/** Control characters, such as those that colour or hide text, and halves of characters. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** As JSON writes them. */
export function toVisible(text: string): string {
  return text.replaceAll(INVISIBLE, (character) =>
    Array.from({ length: character.length }, (_, index) => toEscape(character.charCodeAt(index))).join(''),
  );
}

function toEscape(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}
