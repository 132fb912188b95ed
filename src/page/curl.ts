import type { JournalEntry } from '../client.ts';

/** Headers that curl makes itself, or that say nothing about the request. */
const OWN = new Set([
  'host',
  'content-length',
  'connection',
  'accept-encoding',
  'transfer-encoding',
  'user-agent',
  'x-emulator-sandbox',
]);
const REDACTED = /\[redacted\]|\*{3,}/i;

/** For a POSIX shell: nothing in it means anything. */
export function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

export interface CurlContext {
  /** Base URL of the provider, as a client has it. */
  readonly url: string;
  readonly sandbox: string;
  /** Variables that `env` prints for the provider. */
  readonly env: Readonly<Record<string, string>>;
}

/** A command that sends the request again. A secret that was taken out becomes the variable that `env` prints. */
export function toCurl(entry: JournalEntry, { url, sandbox, env }: CurlContext): string {
  const { method, request } = entry;
  const words = [`curl -X ${quoteWord(method)} ${quoteWord(`${url.replace(/\/$/, '')}${entry.url}`)}`];
  const headers = Object.entries(request.headers).filter(([name]) => !OWN.has(name.toLowerCase()));
  for (const [name, value] of headers) words.push(`-H ${toHeader(name, String(value), env)}`);
  if (sandbox !== 'default') words.push(`-H ${quoteWord(`X-Emulator-Sandbox: ${sandbox}`)}`);
  const { body } = request;
  if (typeof body === 'string' && body !== '' && !isCut(body)) words.push(`--data-raw ${quoteWord(body)}`);
  return words.join(' \\\n  ');
}

export function isCut(body: string): boolean {
  return body.endsWith('[cut]') || body.endsWith('\u2026');
}

function toHeader(name: string, value: string, env: Readonly<Record<string, string>>): string {
  if (!REDACTED.test(value)) return quoteWord(`${name}: ${value}`);
  const variable = findSecret(env);
  if (variable === undefined) return quoteWord(`${name}: ${value}`);
  return `"${name}: ${value.replace(REDACTED, `$${variable}`)}"`;
}

/** The variable that holds what a client proves itself with. */
export function findSecret(env: Readonly<Record<string, string>>): string | undefined {
  return Object.keys(env).find((name) => /KEY|TOKEN|SECRET|PASSWORD/.test(name) && !name.includes('URL'));
}
