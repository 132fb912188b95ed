import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { build } from 'esbuild';
import { onTestFinished } from 'vitest';

const SCRIPT = readFileSync(new URL('attacks.js', import.meta.url), 'utf8');
const PAGE = `<!doctype html><meta charset="utf-8"><title>foreign</title><body><script src="/attacks.js"></script>`;
/** It has an origin that no other page shares, "null". */
const FRAMING = `<!doctype html><iframe sandbox="allow-scripts allow-forms allow-popups" src="/"></iframe>`;

/** `credits-emulator/client` in one file, as a page's own build makes it. */
async function bundleClient(): Promise<string> {
  const { outputFiles } = await build({ entryPoints: ['src/client.ts'], bundle: true, format: 'esm', write: false });
  return outputFiles[0]?.text ?? '';
}

export interface ForeignServer {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** Serves the page of attacks under every name that leads to this machine, `/framed` in a frame with an origin of its own. */
export async function serveForeignPage(port = 0): Promise<ForeignServer> {
  const scripts = new Map([
    ['/attacks.js', SCRIPT],
    ['/client.js', await bundleClient()],
  ]);
  const server = createServer(({ url = '/' }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    const script = scripts.get(pathname);
    if (script !== undefined) response.writeHead(200, { 'Content-Type': 'text/javascript' }).end(script);
    else if (pathname === '/redirect') response.writeHead(307, { Location: searchParams.get('to') ?? '/' }).end();
    else response.writeHead(200, { 'Content-Type': 'text/html' }).end(pathname === '/framed' ? FRAMING : PAGE);
  });
  onTestFinished(() => close(server));
  await new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(undefined)));
  return { port: (server.address() as AddressInfo).port, close: () => close(server) };
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}
