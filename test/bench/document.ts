/** The part of a document that is looked at here. */
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const METHODS = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']);

/** A document with exactly so many operations: Klaim's, with some added that nobody calls. */
export function toSizedDocument(source: unknown, operations: number): object {
  const { paths, ...rest } = source as Document;
  const own = Object.values(paths).flatMap((item) => Object.keys(item).filter((key) => METHODS.has(key)));
  // In front, where a router that looks at one operation after the other meets all of them first.
  return { ...rest, paths: { ...createPadding(operations - own.length), ...paths } };
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
