import type * as Http from 'node:http';

/**
 * Node's own module, taken as CommonJS takes it: an `import` asks for everything that it has, and with that loads a
 * client for the web that nobody needs, which takes longer than reading a document. It is loaded by who first uses it,
 * since a start-up snapshot cannot hold it.
 */
export function loadHttp(): typeof Http {
  return (http ??= process.getBuiltinModule('node:http'));
}

let http: typeof Http | undefined;
