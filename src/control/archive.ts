import { STATUS_CODES } from 'node:http';

import { KEPT_BODY, toKeptText, type JournalEntry } from '../core/sandbox/journal.ts';
import { renderInstant } from '../core/values/clock.ts';
import type { Redaction } from '../core/wire/redaction.ts';
import type { Places } from '../http/addresses.ts';
import type { components } from '../generated/emulator.ts';

/** Renders HAR 1.2, oldest entry first. @param next the cursor of older entries, if any were left out */
export function presentArchive(
  entries: readonly object[],
  next: string | undefined,
  version: string,
): components['schemas']['Archive'] {
  const older = next === undefined ? '' : ` Older ones were left out; the cursor ${next} continues with them.`;
  return {
    log: {
      version: '1.2',
      creator: { name: 'credits-emulator', version },
      entries: entries.map((entry) => ({ ...entry })),
      comment: `Instants are on the sandbox's clock, durations in real time.${older}`,
      ...(next !== undefined && { _next: next }),
    },
  };
}

/**
 * Renders an exchange as an entry of HAR 1.2, without secrets.
 *
 * @param places as the client that asks sees them, so that it can send the request again
 */
export function presentArchived(entry: JournalEntry, redaction: Redaction, places: Pick<Places, 'of'>): object {
  const { id, sandbox, provider, operation = null, subject = null, faults, webhook } = entry;
  const time = Math.round(entry.duration * 1000) / 1000;
  const url = redaction.url(entry.url, entry.requestHeaders);
  return {
    startedDateTime: renderInstant(entry.at),
    time,
    request: {
      method: entry.method,
      url: toAbsolute(webhook ? '' : places.of(provider), url),
      httpVersion: HTTP_VERSION,
      cookies: [],
      headers: toPairs(redaction.headers(entry.requestHeaders)),
      queryString: toQueryPairs(url),
      ...presentPosted(entry, redaction),
      headersSize: -1,
    },
    response: presentAnswer(entry, redaction),
    cache: {},
    timings: { send: 0, wait: time, receive: 0 },
    _emulator: { id, sandbox, provider, operation, subject, faults: faults.map(({ name }) => name) },
  };
}

/** Every connection uses it. */
const HTTP_VERSION = 'HTTP/1.1';
const CUT = `Cut at ${KEPT_BODY} bytes.`;

function presentPosted({ requestBody, requestSize, requestHeaders }: JournalEntry, redaction: Redaction): object {
  if (!requestBody) return { bodySize: -1, comment: 'The body was over the limit and is not kept.' };
  if (requestSize === 0) return { bodySize: 0 };
  const contentType = requestHeaders['content-type'];
  return {
    bodySize: requestSize,
    postData: {
      mimeType: contentType ?? '',
      text: redaction.body(toKeptText(requestBody), contentType),
      ...(requestSize > KEPT_BODY && { comment: CUT }),
    },
  };
}

function presentAnswer({ answer, sent }: JournalEntry, redaction: Redaction): object {
  const { status, headers, head, cutFrom, ended } = answer;
  const body = head ? '' : answer.body;
  const size = head ? 0 : (cutFrom ?? Buffer.byteLength(body));
  const comment = [sent && !head ? 'The first event of a stream.' : '', cutFrom === undefined ? '' : CUT]
    .join(' ')
    .trim();
  const { Location: location = '' } = headers;
  return {
    status,
    statusText: STATUS_CODES[status] ?? '',
    httpVersion: HTTP_VERSION,
    cookies: [],
    headers: toPairs(redaction.headers(headers)),
    content: {
      size,
      mimeType: String(headers['Content-Type'] ?? ''),
      text: redaction.body(body, headers['Content-Type']),
      ...(comment !== '' && { comment }),
    },
    redirectURL: redaction.text(String(location)),
    headersSize: -1,
    // A stream has no known length.
    bodySize: sent && !head ? -1 : size,
    ...(ended !== undefined && { comment: ended }),
  };
}

function toPairs(values: Readonly<Record<string, unknown>>): readonly object[] {
  return Object.entries(values).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) => ({ name, value: String(one) })),
  );
}

function toQueryPairs(url: string): readonly object[] {
  const at = url.indexOf('?');
  return at < 0 ? [] : [...new URLSearchParams(url.slice(at + 1))].map(([name, value]) => ({ name, value }));
}

/** Characters that requests may send and a URI cannot hold. */
const FOREIGN = /[^\w\-.~:/?#@!$&'()*+,;=%]/g;
const NO_ESCAPE = /%(?![\da-f]{2})/gi;

/** @param base only a path if no port is open */
function toAbsolute(base: string, url: string): string {
  const { href } = new URL(`${base}${url.replaceAll(NO_ESCAPE, '%25')}`, 'http://127.0.0.1');
  return href.replaceAll(FOREIGN, encodeURIComponent);
}
