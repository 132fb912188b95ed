/**
 * When a fault applies to an exchange: `before` it is handled, so that nothing is stored; `after` the commit, so that
 * the client does not learn of it; `during` the sending of the answer.
 */
export type Phase = 'before' | 'after' | 'during';

/** Milliseconds of real time; drawn for each exchange unless fixed. */
export type Delay =
  | number
  | { readonly uniform: readonly [least: number, most: number] }
  | { readonly lognormal: { readonly median: number; readonly sigma: number } };

export interface StatusEffect {
  readonly kind: 'status';
  /** If left out, the status of the code. */
  readonly status?: number | undefined;
  /** One of the provider's own failures. */
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Seconds. */
  readonly retryAfter?: number | undefined;
}

/** Sends no answer. */
export interface ConnectionEffect {
  readonly kind: 'connection';
  readonly how: 'reset' | 'empty' | 'hang';
}

export type BodyHow = 'truncate' | 'garbage' | 'malformed-json' | 'wrong-type';

/** Changes the bytes of an answer that is not a stream. */
export type BodyEffect =
  | { readonly kind: 'body'; readonly how: BodyHow }
  | { readonly kind: 'cut'; readonly afterBytes: number }
  | { readonly kind: 'slow'; readonly bytesPerSecond: number };

export type StreamHow = 'drop' | 'stall' | 'duplicate' | 'reorder' | 'malformed' | 'gap' | 'refuse';

/** Changes each connection to a stream after a number of events. */
export interface StreamEffect {
  readonly kind: 'stream';
  readonly how: StreamHow;
  readonly after: number;
}

export type WebhookHow = 'hold' | 'drop' | 'duplicate' | 'reorder';

/** Changes a webhook before its first attempt. It does not apply to exchanges. */
export interface WebhookEffect {
  readonly kind: 'webhook';
  readonly how: WebhookHow;
}

/**
 * The order in which held exchanges are released: that of arrival, its reverse, positions counted from 1 by arrival, or
 * positions counted by sorted content, which does not depend on speed.
 */
export type Release = 'arrival' | 'reverse' | readonly number[] | { readonly content: readonly number[] };

/** Makes exchanges wait until a number of them is held. */
export interface HoldEffect {
  readonly kind: 'hold';
  readonly until: number;
  readonly release: Release;
  /** Milliseconds of real time since the first one, after which all are released. */
  readonly timeout: number;
}

export type Effect = StatusEffect | ConnectionEffect | BodyEffect | StreamEffect | WebhookEffect | HoldEffect;

/** An injected fault: a delay, an effect, or both in this order. */
export interface Fault {
  readonly phase: Phase;
  readonly delay?: Delay | undefined;
  readonly effect?: Effect | undefined;
  /** The fault as written in its rule, for display. */
  readonly written: object;
}

/** The name of a fault that a request injects itself. */
export const ASKED = 'request';

/** A fault that an exchange met, under its name in answers and in the journal. */
export interface MetFault {
  /** The rule's id, `request`, or `magic:<subject>`. */
  readonly name: string;
  readonly phase: Phase;
  /** The fault as written in its rule. */
  readonly written: object;
}

/** Renders the faults for the header; a subject may contain characters that a header may not. */
export function renderMetFaults(met: readonly MetFault[]): string {
  return met.map(({ name, phase }) => `${toHeaderText(name)}; phase=${phase}`).join(', ');
}

function toHeaderText(name: string): string {
  return name.replaceAll(/[^!-~]|[,;%]/gu, (character) =>
    isLone(character) ? '%EF%BF%BD' : encodeURIComponent(character),
  );
}

/** Whether it is half of a surrogate pair, which cannot be encoded. */
function isLone(character: string): boolean {
  return character.length === 1 && character >= '\ud800' && character <= '\udfff';
}
