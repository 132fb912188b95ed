import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Browser, Frame } from 'playwright-core';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';

import { connect } from '../../src/client.ts';
import { CHROMIUM, launchBrowser, NO_CHROMIUM } from '../support/browser.ts';
import { startEmulator } from '../support/emulator.ts';
import { serveForeignPage } from '../support/foreign-page/server.ts';
import { findFreePort } from '../support/ports.ts';

/** What a page can try, and would change something where it may. */
interface Act {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

interface Attacked {
  readonly learned: readonly { readonly way: string; readonly url: string; readonly what: unknown }[];
  /** By way and event, which loads came to an end with it. */
  readonly signs: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

interface Described {
  readonly name?: string;
  readonly example?: string;
}

interface DescribedAct {
  readonly parameters?: readonly Described[];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly example?: unknown } } };
}

const METHODS = ['get', 'put', 'post', 'delete'] as const;

type DescribedPath = Readonly<Partial<Record<(typeof METHODS)[number], DescribedAct>>> &
  Pick<DescribedAct, 'parameters'>;

/** Every act of the document, with the values of its examples, and some of what is not there. */
const ACTS: readonly Act[] = [
  ...Object.entries((parse(readFileSync('specs/emulator.yaml', 'utf8')) as Document).paths).flatMap(listActs),
  ...['/', '/nothing', '/faults/nothing', '/requests/default-999', '/snapshots/nothing', '/sandboxes/nothing'].map(
    (path) => ({ method: 'GET', path, body: '{}' }),
  ),
];

/** One stage refuses them all, so that not every page need try each of them; of what is no JSON a browser may make more. */
const SOME = ACTS.filter(({ path }, index) => index % 4 === 0 || path.startsWith('/specs/'));

interface Document {
  readonly paths: Readonly<Record<string, DescribedPath>>;
}

function listActs([path, described]: readonly [string, DescribedPath]): readonly Act[] {
  return METHODS.flatMap((method) => {
    const act = described[method];
    if (!act) return [];
    const parameters = [...(described.parameters ?? []), ...(act.parameters ?? [])];
    return {
      method: method.toUpperCase(),
      path: path.replaceAll(
        /\{(\w+)\}/g,
        (_, name) => parameters.find((one) => one.name === name)?.example ?? 'checkout',
      ),
      body: JSON.stringify(act.requestBody?.content['application/json'].example ?? {}),
    };
  });
}

const REFUSED = 'is not reachable under the host';

/** Something of everything that the examples of the document name, so that all of it could be read, changed and deleted. */
async function fill(url: string): Promise<void> {
  const sandbox = connect(url).sandbox('default');
  const answer = await fetch(`${url}/klaim/users/ada/credits`, {
    method: 'PUT',
    headers: { Authorization: 'Bearer klaim_test_lantern', 'Content-Type': 'application/json' },
    body: '{"credit_delta":6}',
  });
  expect(answer.status).toBe(200);
  await sandbox.faults.add({ id: 'grant-lost', provider: 'openmonetize', effect: { status: 500 } });
  await sandbox.snapshots.take('checkout');
  await connect(url).sandboxes.create('checkout');
}

/** All that there is, as a client of this machine sees it. */
async function describeAll(url: string): Promise<unknown> {
  const paths = ['state', 'clock', 'faults', 'snapshots', 'requests', 'ledger', 'accounts', 'streams'];
  const bases = [`${url}/_emulator`, `${url}/_sandbox/checkout/_emulator`];
  const urls = [`${url}/_emulator/sandboxes`, ...bases.flatMap((base) => paths.map((path) => `${base}/${path}`))];
  return Promise.all(urls.map(async (one) => [one, await (await fetch(one)).json()] as const));
}

/** What came to the control API from a browser until the test ends, each with its answer. */
function watchArrivals(): readonly { readonly request: IncomingMessage; readonly response: ServerResponse }[] {
  const arrivals: { request: IncomingMessage; response: ServerResponse }[] = [];
  const note = (message: unknown): void => {
    const arrival = message as { request: IncomingMessage; response: ServerResponse };
    const { url = '', headers } = arrival.request;
    if (url.includes('/_emulator') && headers['user-agent']?.includes('Chrome')) arrivals.push(arrival);
  };
  subscribe('http.server.request.start', note);
  onTestFinished(() => void unsubscribe('http.server.request.start', note));
  return arrivals;
}

/** Whether it is our page in a window of its own, or what that asks for. */
function isOurs({ request: { url, headers } }: { readonly request: IncomingMessage }): boolean {
  const isPage = url === '/_emulator/' && headers['sec-fetch-dest'] === 'document';
  return isPage || headers['sec-fetch-site'] === 'same-origin';
}

function attack(frame: Frame, base: string, tried: readonly Act[]): Promise<Attacked> {
  const acts = tried.map(({ path, ...act }) => ({ ...act, url: `${base}${path}` }));
  return frame.evaluate(`attack(${JSON.stringify(acts)})`);
}

describe.skipIf(CHROMIUM === undefined)(`A browser${CHROMIUM === undefined ? ` (${NO_CHROMIUM})` : ''}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser(['evil.example', 'rebound.example', 'emulator']);
  });

  async function openPage(url: string): Promise<Frame> {
    const context = await browser.newContext();
    onTestFinished(() => context.close());
    const page = await context.newPage();
    await page.goto(url);
    return page.frames().at(-1) ?? page.mainFrame();
  }

  it.each([
    ['another port', '127.0.0.1', '', SOME],
    ['another name of this machine', 'localhost', '', SOME],
    ['another site', 'evil.example', '', ACTS],
    ['a frame without an origin', 'evil.example', 'framed', SOME],
  ])('lets no page of %s read or change anything', async (_, host, path, acts) => {
    const { url } = await startEmulator();
    await fill(url);
    const before = await describeAll(url);
    const frame = await openPage(`http://${host}:${(await serveForeignPage()).port}/${path}`);
    const arrivals = watchArrivals();
    const { learned, signs } = await attack(frame, `${url}/_emulator`, acts);
    expect(learned).toEqual([]);
    expect(listTelling(signs)).toEqual([]);
    // A link may lead to our page, which shows nothing to whoever has opened it.
    const foreign = arrivals.filter((arrival) => !isOurs(arrival));
    expect(new Set(foreign.map(({ response }) => response.statusCode))).toEqual(new Set([403]));
    const tried = new Set(arrivals.map(({ request }) => `${request.method ?? ''} ${request.url ?? ''}`));
    // What needs leave is not even sent: it is asked for, and refused.
    const missing = acts.filter(
      ({ method, path: of }) => !tried.has(`${method === 'GET' ? 'GET' : 'OPTIONS'} /_emulator${of}`),
    );
    expect(missing).toEqual([]);
    expect(await describeAll(url)).toEqual(before);
  });

  it('lets no page read or change anything under a plain name, of which a browser says less', async () => {
    const { url } = await startEmulator();
    await fill(url);
    const before = await describeAll(url);
    const frame = await openPage(`http://evil.example:${(await serveForeignPage()).port}`);
    const base = `${url.replace('127.0.0.1', 'emulator')}/_emulator`;
    const { learned, signs } = await attack(frame, base, SOME);
    expect(learned).toEqual([]);
    // A browser saves YAML as a file, which no page sees but for that it is not shown. It is a document of the package's.
    const saved = ['iframe', 'object', 'embed', 'form, get'].map((way) => [way, [`${base}/specs/klaim.yaml`]]);
    expect(new Set(listTelling(signs))).toEqual(new Set(saved));
    expect(await describeAll(url)).toEqual(before);
  });

  it.each([
    [false, ACTS],
    [true, SOME],
  ])('lets no page that rebinds its name come near, trustProxy: %s', async (trustProxy, acts) => {
    const port = await findFreePort();
    const server = await serveForeignPage(port);
    const frame = await openPage(`http://rebound.example:${port}`);
    // From now on the name of the page's own server leads to the emulator.
    await server.close();
    const { url } = await startEmulator({ port, providerPorts: false, trustProxy });
    await fill(url);
    const before = await describeAll(url);
    const arrivals = watchArrivals();
    const base = `http://rebound.example:${port}/_emulator`;
    const { learned } = await attack(frame, base, acts);
    const read = learned.filter((one) => one.url.startsWith(base) && !JSON.stringify(one.what).includes(REFUSED));
    expect(read.filter(({ way }) => way !== 'fetch, no-cors, HEAD')).toEqual([]);
    expect(new Set(arrivals.map(({ response }) => response.statusCode))).toEqual(new Set([403]));
    expect(await describeAll(url)).toEqual(before);
  });

  it('lets a page of an allowed origin in, and that only', async () => {
    const { port } = await serveForeignPage();
    const origin = `http://evil.example:${port}`;
    const { url } = await startEmulator({ allowOrigin: [origin] });
    await fill(url);
    const before = await describeAll(url);
    const acts = ACTS.filter(({ path }) => ['/clock', '/clock/advance', '/events'].includes(path));
    const framed = await attack(await openPage(`${origin}/framed`), `${url}/_emulator`, acts);
    const other = await attack(await openPage(`http://localhost:${port}`), `${url}/_emulator`, acts);
    expect([framed.learned, other.learned, await describeAll(url)]).toEqual([[], [], before]);
    const { learned, signs } = await attack(await openPage(origin), `${url}/_emulator`, acts);
    const read = learned.filter(({ what }) => (what as { readonly status?: number }).status === 200);
    expect(new Set(read.map(({ way, url: of }) => [way, of.replace(url, '')].join(' ')))).toEqual(
      new Set([
        ...['/clock', '/clock/advance', '/events'].map((path) => `fetch /_emulator${path}`),
        ...['/clock', '/events'].map((path) => `fetch without a referrer /_emulator${path}`),
        'fetch, POST as "" /_emulator/clock/advance',
        'XMLHttpRequest /_emulator/clock',
      ]),
    );
    expect(signs['EventSource']?.['open']).toEqual([`${url}/_emulator/events`]);
    expect(await describeAll(url)).not.toEqual(before);
  });

  it('has the client of the package steer the emulator from a page of an allowed origin', async () => {
    const { port } = await serveForeignPage();
    const { url } = await startEmulator({ allowOrigin: [`http://localhost:${port}`] });
    const frame = await openPage(`http://localhost:${port}`);
    const said = await frame.evaluate(`import('/client.js').then(async ({ connect }) => {
      const sandbox = connect('${url}').sandbox('page');
      await sandbox.faults.add({ provider: 'klaim', phase: 'after', effect: { status: 500 }, times: 1 });
      await sandbox.clock.advance('PT1H');
      const { KLAIM_BASE_URL, KLAIM_API_KEY } = await sandbox.env();
      const { status } = await fetch(KLAIM_BASE_URL + '/users/ada/credits', {
        method: 'PUT',
        headers: { Authorization: 'Bearer ' + KLAIM_API_KEY, 'Content-Type': 'application/json' },
        body: '{"credit_delta":6}',
      });
      await sandbox.requests.verify({ match: { operation: 'updateUserCredits' }, count: { exactly: 1 } });
      const events = [];
      for await (const { event } of sandbox.events({ after: '0' })) {
        events.push(event);
        if (event === 'request') break;
      }
      const { accounts } = await sandbox.accounts.list({ provider: 'klaim', account: 'ada', tenant: 'app_lantern' });
      return [status, events, accounts.map(({ balance }) => balance)];
    })`);
    expect(said).toEqual([500, ['reset', 'fault', 'change', 'clock', 'change', 'fault', 'request'], ['706']]);
  });
});

/** Which ways let a page tell one thing from another by how its load ends, and for which that is not as for most. */
function listTelling(signs: Attacked['signs']): readonly unknown[] {
  return Object.entries(signs).flatMap(([way, events]) => {
    const [, ...rare] = Object.values(events).sort((a, b) => b.length - a.length);
    return rare.length === 0 ? [] : [[way, rare.flat()]];
  });
}
