/**
 * The most parts of an operation once its references are filled in, because a validator is compiled of all of them. The
 * largest operation of the bundled documents has 1,300.
 */
const MOST = 50_000;

/**
 * Follows the references inside a document. A validator fills in each of them, so a schema that contains itself would never
 * end, and a few that share others could grow to billions of parts.
 *
 * @throws with a sentence that names the operation and the schemas
 */
export function assertFinite(document: object): void {
  // Other errors are reported when the document is loaded.
  const { paths } = document as { readonly paths?: Readonly<Record<string, object | null>> | null };
  const sizes = new Map<string, number>();
  const open = new Set<string>();

  const measure = (value: unknown): number => {
    if (typeof value !== 'object' || value === null) return 1;
    const reference: unknown = Reflect.get(value, '$ref');
    if (typeof reference === 'string' && reference.startsWith('#/')) return follow(reference);
    return Object.values(value).reduce((sum: number, part) => sum + measure(part), 1);
  };
  const follow = (reference: string): number => {
    const known = sizes.get(reference);
    if (known !== undefined) return known;
    if (open.has(reference)) throw new Error(toCircle([...open, reference]));
    open.add(reference);
    const size = measure(resolve(document, reference));
    open.delete(reference);
    sizes.set(reference, size);
    return size;
  };

  for (const [path, item] of Object.entries(paths ?? {})) {
    for (const [method, operation] of Object.entries(item ?? {})) {
      const place = `${method} ${path}`;
      let size: number;
      try {
        size = measure(operation);
      } catch (error) {
        throw new Error(`${place}: ${(error as Error).message}`, { cause: error });
      }
      if (size > MOST) {
        throw new Error(
          `${place}: its schemas have more than ${MOST} parts after their references are resolved. Use fewer or smaller schemas.`,
        );
      }
    }
  }
}

/** Describes the circle alone, without the references that lead to it. */
function toCircle(references: readonly string[]): string {
  const last = references.at(-1) ?? '';
  const names = references.slice(references.indexOf(last)).map(toName);
  const [first = ''] = names;
  const by = names.length > 2 ? ` (${names.join(' → ')})` : '';
  return `the schema ${first} contains itself${by}, which is not supported. Describe the repeated part as a plain object.`;
}

function toName(reference: string): string {
  return reference.replace('#/components/schemas/', '');
}

/** `undefined` if there is nothing, which is reported when the document is loaded. */
function resolve(document: object, reference: string): unknown {
  const names = reference.slice(2).split('/').map(decode);
  return names.reduce<unknown>(
    (value, name) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined,
    document,
  );
}

function decode(part: string): string {
  const text = part.replaceAll('~1', '/').replaceAll('~0', '~');
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
