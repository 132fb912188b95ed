/** The part of a document that is looked at here. */
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const METHODS = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']);
/** These the measured requests need; they stay in the smallest document. */
const MEASURED = '/users/{user_id}/credits';
const FIRST = new Set(['get', 'put']);

/** A document with exactly so many operations: made of Klaim's by leaving some out or adding some that nobody calls. */
export function toSizedDocument(source: unknown, operations: number): object {
  const { paths, ...rest } = source as Document;
  const kept = keepOperations(paths, operations);
  const missing = operations - kept.count;
  // In front, where a router that looks at one operation after the other meets all of them first.
  return { ...rest, paths: { ...createPadding(missing), ...kept.paths } };
}

function keepOperations(
  paths: Document['paths'],
  most: number,
): { readonly paths: Document['paths']; readonly count: number } {
  const all = Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item).flatMap((method) => (METHODS.has(method) ? [{ path, method }] : [])),
  );
  const isFirst = ({ path, method }: { path: string; method: string }): boolean =>
    path === MEASURED && FIRST.has(method);
  const kept = [...all.filter(isFirst), ...all.filter((place) => !isFirst(place))].slice(0, most);
  const entries = Object.entries(paths).flatMap(([path, item]) => {
    const methods = new Set(kept.filter((place) => place.path === path).map(({ method }) => method));
    const left = Object.entries(item).filter(([key]) => !METHODS.has(key) || methods.has(key));
    return methods.size > 0 ? [[path, Object.fromEntries(left)]] : [];
  });
  return { paths: Object.fromEntries(entries) as Document['paths'], count: kept.length };
}

/** Half of them beside the measured path, half elsewhere: a tree of segments and a list both have to tell them apart. */
function createPadding(count: number): Document['paths'] {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => {
      const name = index % 2 === 0 ? 'user_id' : 'thing_id';
      const path = index % 2 === 0 ? `/users/{user_id}/things-${index}` : `/things-${index}/{thing_id}`;
      return [
        path,
        {
          parameters: [{ name, in: 'path', required: true, schema: { type: 'string' } }],
          get: {
            operationId: `getThing${index}`,
            responses: {
              '200': { description: 'A thing.', content: { 'application/json': { schema: { type: 'object' } } } },
            },
          },
        },
      ];
    }),
  );
}
