import type { CorsPolicy } from './policies.ts';

/**
 * Returns headers that let pages of this origin send requests or read answers; `undefined` if the origin is not
 * allowed.
 *
 * @param asked the headers that a preflight requests
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
