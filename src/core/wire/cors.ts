import type { CorsPolicy } from './policies.ts';

/**
 * Headers that let pages of this origin ask or read; `undefined` where it is none of those that may.
 *
 * @param asked the headers that a preflight asks for
 */
export function toCorsHeaders(
  cors: CorsPolicy,
  origin: string,
  kind: 'preflight' | 'actual',
  asked?: string,
): Readonly<Record<string, string>> | undefined {
  const echoed = cors.echoHeaders && asked !== undefined ? { 'Access-Control-Allow-Headers': asked } : undefined;
  if (!cors.origins) return echoed ? { ...cors[kind], ...echoed } : cors[kind];
  if (!cors.origins.includes(origin)) return undefined;
  return { ...cors[kind], ...echoed, 'Access-Control-Allow-Origin': origin };
}
