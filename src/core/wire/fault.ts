/**
 * Where on the way of an exchange a fault stands: `before` anything is looked at, so that nothing is
 * stored; `after` the commit, which the client does not learn of; `during` the sending of the answer.
 */
export type Phase = 'before' | 'after' | 'during';

/** Milliseconds of real time, drawn anew for each exchange where they are not fixed. */
export type Delay =
  | number
  | { readonly uniform: readonly [least: number, most: number] }
  | { readonly lognormal: { readonly median: number; readonly sigma: number } };

export interface StatusEffect {
  readonly kind: 'status';
  /** Left out, that of the code. */
  readonly status?: number | undefined;
  /** One of the provider's own failures. */
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Seconds. */
  readonly retryAfter?: number | undefined;
}

/** No answer at all. */
export interface ConnectionEffect {
  readonly kind: 'connection';
  readonly how: 'reset' | 'empty' | 'hang';
}

export type BodyHow = 'truncate' | 'garbage' | 'malformed-json' | 'wrong-type';

/** What happens to the bytes of an answer that is no stream. */
export type BodyEffect =
  | { readonly kind: 'body'; readonly how: BodyHow }
  | { readonly kind: 'cut'; readonly afterBytes: number }
  | { readonly kind: 'slow'; readonly bytesPerSecond: number };

export type StreamHow = 'drop' | 'stall' | 'duplicate' | 'reorder' | 'malformed' | 'gap' | 'refuse';

/** What happens on each connection to a stream once so many events have been sent. */
export interface StreamEffect {
  readonly kind: 'stream';
  readonly how: StreamHow;
  readonly after: number;
}

export type WebhookHow = 'hold' | 'drop' | 'duplicate' | 'reorder';

/** What happens to a webhook before its first try. No exchange meets it. */
export interface WebhookEffect {
  readonly kind: 'webhook';
  readonly how: WebhookHow;
}

/**
 * In which order those go that were held: as they came, the other way round, or by their places, counted from 1 as
 * they came, or as what they say sorts, which does not depend on who is faster.
 */
export type Release = 'arrival' | 'reverse' | readonly number[] | { readonly content: readonly number[] };

/** Exchanges wait for each other until so many are there. */
export interface HoldEffect {
  readonly kind: 'hold';
  readonly until: number;
  readonly release: Release;
  /** Milliseconds of real time from the first one on, after which all go. */
  readonly timeout: number;
}

export type Effect = StatusEffect | ConnectionEffect | BodyEffect | StreamEffect | WebhookEffect | HoldEffect;

/** An injected misbehaviour. It waits, or does something, or waits first and does it then. */
export interface Fault {
  readonly phase: Phase;
  readonly delay?: Delay | undefined;
  readonly effect?: Effect | undefined;
  /** As somebody wrote what it does, for showing it. */
  readonly written: object;
}

/** The name of a fault that a request asks for itself. */
export const ASKED = 'request';

/** A fault that an exchange met, under the name by which the client and the journal know it. */
export interface MetFault {
  /** The rule's id, `request`, or `magic:<subject>`. */
  readonly name: string;
  readonly phase: Phase;
  /** As somebody wrote what it does. */
  readonly written: object;
}

/** As the header names it; a subject may hold what a header may not. */
export function renderMetFaults(met: readonly MetFault[]): string {
  return met.map(({ name, phase }) => `${toHeaderText(name)}; phase=${phase}`).join(', ');
}

function toHeaderText(name: string): string {
  return name.replaceAll(/[^!-~]|[,;%]/gu, (character) =>
    isLone(character) ? '%EF%BF%BD' : encodeURIComponent(character),
  );
}

/** Half of a surrogate pair has no encoding. */
function isLone(character: string): boolean {
  return character.length === 1 && character >= '\ud800' && character <= '\udfff';
}
