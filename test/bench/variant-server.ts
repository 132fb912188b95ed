/** An emulator with a provider that is Klaim but for its document. Runs in a process of its own. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import type * as Library from '../../src/index.ts';
import type * as Klaim from '../../src/providers/klaim/index.ts';

const [built = '', document = '', fixture = ''] = process.argv.slice(2);
// The built code is loaded by its place, so that types are checked where nothing is built yet.
const library = (await import(pathToFileURL(join(built, 'index.js')).href)) as typeof Library;
const { klaim } = (await import(pathToFileURL(join(built, 'providers/klaim/index.js')).href)) as typeof Klaim;

const variant = { ...klaim, id: 'variant', document: pathToFileURL(document) };
const { url, urls } = await library.createEmulator({ port: 0, providers: [variant], fixtures: [fixture] });
process.stdout.write(`${JSON.stringify({ msg: 'ready', url, providers: urls })}\n`);
