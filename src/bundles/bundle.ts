import type { IncomingHttpHeaders } from 'node:http';

import { renderState } from './state-document.ts';
import type { Sandbox } from '../core/sandbox/sandbox.ts';
import type { Chapter, Noted, RecordedExchange } from '../core/sandbox/recording.ts';
import type { Catalog, Numbering } from '../core/store/roots.ts';
import type { Provider } from '../core/provider/provider.ts';
import { renderInstant } from '../core/values/clock.ts';
import type { Delivery } from '../core/wire/answer.ts';
import { Allowance } from '../core/wire/excerpt.ts';
import type { Redaction } from '../core/wire/redaction.ts';

/** Text, or bytes that are not text. */
export type Bytes = string | { readonly base64: string };

/** The response that a client got. */
export interface BundledAnswer {
  /** 0: no response. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: Bytes;
  /** How its bytes were sent, if not whole and at once. */
  readonly delivery?: Delivery;
  /** How the connection ended, if not with the end of the response. */
  readonly ended?: string;
  /** Every event of a stream. */
  readonly events?: readonly string[];
}

export interface BundledRequest {
  readonly kind: 'request';
  readonly id: string;
  readonly at: string;
  readonly provider: string;
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** `null`: the body exceeded the limit. */
  readonly body: Bytes | null;
  readonly answer: BundledAnswer;
}

export type BundledItem =
  | BundledRequest
  | {
      readonly kind: 'act';
      readonly at: string;
      readonly method: string;
      readonly path: string;
      readonly body?: unknown;
    }
  | { readonly kind: 'clock'; readonly at: string }
  | {
      readonly kind: 'go' | 'left';
      readonly at: string;
      readonly id: string;
      /** How often ids have restarted since the request arrived. */
      readonly ago?: number;
    };

/** A state and what happened after it. */
export interface BundledChapter {
  readonly how: Chapter['how'];
  readonly at: string;
  readonly numbering: Numbering;
  /** A state document. */
  readonly state: Readonly<Record<string, unknown>>;
  readonly items: readonly BundledItem[];
}

/** The options with which an emulator gives the same responses. */
export interface BundledOptions {
  readonly providers: readonly string[];
  readonly set: readonly string[];
  readonly strict: boolean;
  readonly requestFaults: boolean;
  readonly bodyLimit?: number;
}

/** The format that this version writes and reads. */
export const FORMAT = 1;

/** What a sandbox did, as one file that can be replayed elsewhere. */
export interface Bundle {
  /** The format of the file. */
  readonly bundle: typeof FORMAT;
  /** The version of the emulator that wrote it. */
  readonly version: string;
  readonly sandbox: string;
  /** Where secrets were removed: `options`, `state`, control requests by method and path, exchanges by id. Absent if redaction was off. */
  readonly redacted?: readonly string[];
  readonly options: BundledOptions;
  readonly chapters: readonly BundledChapter[];
}

interface Source {
  readonly version: string;
  readonly written: BundledOptions;
  readonly catalog: Catalog;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly redaction: Redaction;
}

/**
 * Writes what a sandbox has done since it was created.
 *
 * @param isRedacted removes secrets; the bundle cannot be replayed then
 * @throws {NotRecorded} names the first exchange that is incomplete
 */
export function toBundle(sandbox: Sandbox, source: Source, isRedacted = false): Bundle {
  const { version, written, redaction } = source;
  const chapters = sandbox.recording.list(sandbox.journal).map((chapter) => toChapter(chapter, source));
  const bundle = { bundle: FORMAT, version, sandbox: sandbox.name, options: written, chapters } as const;
  return isRedacted ? redact(bundle, redaction) : bundle;
}

function toChapter({ how, at, roots, items }: Chapter, source: Source): BundledChapter {
  return {
    how,
    at: renderInstant(at),
    numbering: roots.numbering,
    state: renderState(roots, source),
    items: items.map(toItem),
  };
}

export function toItem(item: RecordedExchange | Noted): BundledItem {
  return 'entry' in item ? toRequest(item) : toNote(item);
}

function toNote(noted: Noted): BundledItem {
  const at = renderInstant(noted.at);
  switch (noted.kind) {
    case 'act': {
      const { kind, method, path, body } = noted;
      return { kind, at, method, path, ...(body !== undefined && { body: JSON.parse(body) as unknown }) };
    }
    case 'clock':
      return { kind: 'clock', at };
    case 'go':
      return { kind: 'go', at, id: noted.id };
    case 'left': {
      const { kind, id, ago } = noted;
      return { kind, at, id, ...(ago !== undefined && { ago }) };
    }
  }
}

function toRequest({ entry, requestBody, answerBody }: RecordedExchange): BundledRequest {
  const { id, at, provider, method, url, requestHeaders, answer, sent } = entry;
  const { status, headers, delivery, ended } = answer;
  return {
    kind: 'request',
    ...{ id, at: renderInstant(at), provider, method, url, headers: requestHeaders },
    body: requestBody === undefined ? null : toBytes(requestBody),
    answer: {
      ...{ status, headers, body: toBytes(answerBody) },
      // The final end of a delivery depends on the client that reads it.
      ...(delivery ? { delivery } : ended !== undefined && { ended }),
      ...(sent && { events: sent.list().map(({ event }) => event.toString()) }),
    },
  };
}

export function toBytes(bytes: Buffer | string): Bytes {
  if (typeof bytes === 'string') return bytes;
  const text = bytes.toString();
  return Buffer.from(text).equals(bytes) ? text : { base64: bytes.toString('base64') };
}

export function fromBytes(bytes: Bytes): Buffer {
  return typeof bytes === 'string' ? Buffer.from(bytes) : Buffer.from(bytes.base64, 'base64');
}

export function listRequests({ chapters }: Pick<Bundle, 'chapters'>): readonly BundledRequest[] {
  return chapters.flatMap(({ items }) => items.filter((item) => item.kind === 'request'));
}

/** Removes secrets and lists where, because a replay of those parts would get other responses. */
function redact(bundle: Bundle, redaction: Redaction): Bundle {
  const redacted = new Set<string>();
  const compare = <T>(place: string, before: T, after: T): T => {
    if (JSON.stringify(before) !== JSON.stringify(after)) redacted.add(place);
    return after;
  };
  const { set, ...others } = bundle.options;
  const shown = set.map((one) => redaction.text(one));
  const options = { ...others, set: compare('options', set, shown) };
  const chapters = bundle.chapters.map(({ state, items, ...chapter }) => ({
    ...chapter,
    state: compare('state', state, redaction.record(state, new Allowance(Infinity))),
    items: items.map((item): BundledItem => {
      if (item.kind === 'request') return compare(item.id, item, redactRequest(item, redaction));
      if (item.kind !== 'act' || item.body === undefined) return item;
      return compare(`${item.method} ${item.path}`, item, { ...item, body: hide(item.body, redaction) });
    }),
  }));
  return { ...bundle, redacted: [...redacted], options, chapters };
}

function redactRequest(item: BundledRequest, redaction: Redaction): BundledRequest {
  const { url, headers, body, answer } = item;
  return {
    ...item,
    url: redaction.url(url, headers),
    headers: redaction.headers(headers) as IncomingHttpHeaders,
    body: body === null ? null : hideBytes(body, headers['content-type'], redaction),
    answer: {
      ...answer,
      headers: redaction.headers(answer.headers) as BundledAnswer['headers'],
      body: hideBytes(answer.body, answer.headers['Content-Type'], redaction),
      ...(answer.events && { events: answer.events.map((event) => redaction.text(event)) }),
    },
  };
}

function hideBytes(bytes: Bytes, type: string | number | undefined, redaction: Redaction): Bytes {
  // Bytes that are not text may contain anything.
  return typeof bytes === 'string' ? redaction.body(bytes, type) : '[redacted]';
}

function hide(value: unknown, redaction: Redaction): unknown {
  return typeof value === 'object' && value !== null ? redaction.record(value, new Allowance(Infinity)) : value;
}
