/**
 * Node's own module, taken as CommonJS takes it: an `import` asks for everything that it has, and with that loads a
 * client for the web that nobody needs, which takes longer than reading a document.
 */
export const { createServer, maxHeaderSize, STATUS_CODES, validateHeaderName, validateHeaderValue } =
  process.getBuiltinModule('node:http');
