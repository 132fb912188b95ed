import type { JournalEntry } from '../client.ts';

/** Headers that curl makes itself, or that say nothing about the request. */
const OWN =
  /^(?:host|content-length|connection|accept(?:-encoding|-language)?|transfer-encoding|user-agent|sec-.*|x-emulator-sandbox)$/i;
const REDACTED = /\[redacted\]|\*{3,}/i;

/** For a POSIX shell: nothing in it means anything. */
export function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

export interface CurlContext {
  /** Base URL of the provider in the sandbox. */
  readonly url: string;
  /** Variables that `env` prints for the provider. */
  readonly env: Readonly<Record<string, string>>;
  /** What stands in front of a credential in `Authorization`: a word and a space, or nothing. */
  readonly prefix: string;
}

/** A command that sends the request again. A secret that was taken out becomes the variable that `env` prints. */
export function toCurl(entry: JournalEntry, context: CurlContext): string {
  const { method, request } = entry;
  const { url } = context;
  const words = [`curl -X ${quoteWord(method)} ${quoteWord(`${url.replace(/\/$/, '')}${entry.url}`)}`];
  const headers = Object.entries(request.headers).filter(([name]) => !OWN.test(name));
  for (const [name, value] of headers) words.push(`-H ${toHeader(name, String(value), context)}`);
  const { body } = request;
  if (typeof body === 'string' && body !== '' && !isCut(body)) words.push(`--data-raw ${quoteWord(body)}`);
  return words.join(' \\\n  ');
}

export function isCut(body: string): boolean {
  return body.endsWith('[cut]') || body.endsWith('\u2026');
}

function toHeader(name: string, value: string, { env, prefix }: CurlContext): string {
  const variable = REDACTED.test(value) ? findSecret(env) : undefined;
  if (variable === undefined) return quoteWord(`${name}: ${value}`);
  const [before = '', ...others] = value.split(REDACTED);
  const after = others.join('');
  const isWhole = name.toLowerCase() === 'authorization' && before === '' && after === '';
  // Only the variable means something to the shell: the rest is a client's.
  const rest = after === '' ? '' : quoteWord(after);
  return `${quoteWord(`${name}: ${isWhole ? prefix : before}`)}"$${variable}"${rest}`;
}

/** The variable that holds what a client proves itself with. */
export function findSecret(env: Readonly<Record<string, string>>): string | undefined {
  return Object.keys(env).find((name) => /KEY|TOKEN|SECRET|PASSWORD/.test(name) && !name.includes('URL'));
}
