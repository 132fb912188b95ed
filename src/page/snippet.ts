import { findSecret, quoteWord } from './curl.ts';

/** As much of an OpenAPI document as a first call needs. */
export interface ApiDocument {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, ApiOperation>>>>;
  readonly components?: { readonly securitySchemes?: Readonly<Record<string, Scheme>> };
}

interface ApiOperation {
  readonly parameters?: readonly { readonly in?: string; readonly required?: boolean }[];
}

interface Scheme {
  readonly type?: string;
  readonly scheme?: string;
  readonly in?: string;
  readonly name?: string;
}

export interface SnippetContext {
  readonly url: string;
  readonly env: Readonly<Record<string, string>>;
  readonly operations: readonly { readonly method: string; readonly path: string }[];
}

/** A first call with curl: one that reads, and needs as little as possible. */
export function toCurlSnippet(document: ApiDocument, { url, env, operations }: SnippetContext): string {
  const reading = operations.filter(({ method }) => method === 'GET');
  const simple = [...reading].sort((a, b) => countNeeded(document, a.path) - countNeeded(document, b.path))[0];
  const scheme = findScheme(document);
  const secret = findSecret(env);
  const words = [`curl ${quoteWord(`${url.replace(/\/$/, '')}${simple?.path ?? '/'}`)}`];
  if (scheme && secret !== undefined) words.push(`-H ${quoteWord(toCredential(scheme, env[secret] ?? ''))}`);
  return words.join(' \\\n  ');
}

function countNeeded(document: ApiDocument, path: string): number {
  const operation = Object.entries(document.paths ?? {}).find(([template]) => path.endsWith(template))?.[1]['get'];
  const needed = operation?.parameters?.filter(({ required }) => required === true).length ?? 0;
  return needed + 2 * (path.split('{').length - 1);
}

function toCredential(scheme: Scheme, value: string): string {
  if (scheme.type === 'apiKey') return `${scheme.name ?? 'X-API-Key'}: ${value}`;
  return `Authorization: ${toPrefix(scheme)}${value}`;
}

/** What stands in front of a credential in `Authorization`, by the document of a service. */
export function findPrefix(document: ApiDocument): string {
  return toPrefix(findScheme(document));
}

function findScheme({ components }: ApiDocument): Scheme | undefined {
  return Object.values(components?.securitySchemes ?? {})[0];
}

function toPrefix(scheme: Scheme | undefined): string {
  if (scheme?.type !== 'http') return '';
  return scheme.scheme === 'basic' ? 'Basic ' : 'Bearer ';
}

/** A first call by the client library. */
export function toClientSnippet(base: string, sandbox: string, provider: string): string {
  return [
    "import { connect } from 'credits-emulator/client';",
    '',
    `const sandbox = connect(${JSON.stringify(base)}).sandbox(${JSON.stringify(sandbox)});`,
    `const { ${JSON.stringify(provider)}: url } = await sandbox.urls();`,
    `const { accounts } = await sandbox.accounts.list({ provider: ${JSON.stringify(provider)} });`,
  ].join('\n');
}
