import type { FailureReason } from '../wire/failure.ts';

interface Node<T> {
  readonly literals: Map<string, Node<T>>;
  parameter: Node<T> | undefined;
  readonly routes: Map<string, Route<T>>;
}

interface Route<T> {
  readonly value: T;
  /** The names of the path parameters, in the order of the path. */
  readonly names: readonly string[];
}

export interface Found<T> {
  readonly value: T;
  /** Decoded. */
  readonly params: Record<string, string>;
}

/** Why no operation was found. */
export type NoRoute = Extract<FailureReason, { readonly kind: 'notFound' | 'methodNotAllowed' | 'badPath' }>;

const NOT_FOUND: NoRoute = { kind: 'notFound' };
const BAD_PATH: NoRoute = { kind: 'badPath' };

const PARAMETER = /^\{(.+)\}$/;

/** Path templates in a tree of segments: finding one costs the same with two and with two hundred. */
export class Routes<T> {
  readonly #start: Node<T> = createNode();

  /** @param path a template such as `/users/{id}` */
  add(method: string, path: string, value: T): void {
    const names: string[] = [];
    let node = this.#start;
    for (const segment of path.split('/').slice(1)) {
      const name = PARAMETER.exec(segment)?.[1];
      if (name === undefined) {
        const next = node.literals.get(segment) ?? createNode<T>();
        node.literals.set(segment, next);
        node = next;
      } else {
        names.push(name);
        node = node.parameter ??= createNode();
      }
    }
    node.routes.set(method, { value, names });
  }

  /** @param path encoded, without query */
  find(method: string, path: string): Found<T> | NoRoute {
    const segments = splitPath(path);
    if (!segments) return BAD_PATH;
    const search: Search = { method, segments, values: [], methods: undefined };
    // The path begins with a slash, so the first segment is empty.
    const route = findRoute(this.#start, search, 1);
    const { values, methods } = search;
    if (!route) return methods ? { kind: 'methodNotAllowed', allow: [...methods] } : NOT_FOUND;
    const params: Record<string, string> = {};
    for (let index = 0; index < values.length; index += 1) params[route.names[index] ?? ''] = values[index] ?? '';
    return { value: route.value, params };
  }
}

function createNode<T>(): Node<T> {
  return { literals: new Map(), parameter: undefined, routes: new Map() };
}

interface Search {
  readonly method: string;
  readonly segments: readonly string[];
  /** The values of the parameters on the way. */
  readonly values: string[];
  /** The methods of matching paths, if none has the method. */
  methods: Set<string> | undefined;
}

/** Literal segments win over parameters if both have the method. A parameter is never empty. */
function findRoute<T>(node: Node<T>, search: Search, at: number): Route<T> | undefined {
  const segment = search.segments[at];
  if (segment === undefined) {
    const route = node.routes.get(search.method);
    if (!route) {
      for (const method of node.routes.keys()) (search.methods ??= new Set()).add(method);
    }
    return route;
  }
  const literal = node.literals.get(segment);
  const found = literal && findRoute(literal, search, at + 1);
  if (found) return found;
  if (!node.parameter || segment === '') return undefined;
  const { length } = search.values;
  search.values.push(segment);
  const below = findRoute(node.parameter, search, at + 1);
  if (!below) search.values.length = length;
  return below;
}

/** Splits first and decodes then: an encoded slash stays inside its segment. `undefined` if it cannot be decoded. */
function splitPath(path: string): readonly string[] | undefined {
  const segments = path.split('/');
  if (!path.includes('%')) return segments;
  try {
    return segments.map(decodeURIComponent);
  } catch {
    return undefined;
  }
}
