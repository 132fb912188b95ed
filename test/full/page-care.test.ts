import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

import type { Page, Route } from 'playwright-core';
import { expect, it, onTestFinished } from 'vitest';

import { tellStory } from '../../scripts/story.ts';
import { createEmulator, type Emulator } from '../../src/index.ts';
import { START, startEmulator } from '../support/emulator.ts';
import {
  describePage,
  findBarriers,
  findCut,
  findLongestTask,
  openLive,
  openView,
  openWindow,
  untilLive,
} from '../support/page.ts';
import { findFreePort } from '../support/ports.ts';

const VIEWS = [
  ['overview', 'Overview'],
  ['traffic', 'Traffic'],
  ['traffic/default-14', 'default-14'],
  ['faults', 'Faults'],
  ['streams', 'Streams'],
  ['accounts/klaim/app_lantern/ada', 'ada Ada Okafor'],
  ['accounts/klaim/app_lantern/nobody', 'nobody'],
  ['nowhere', 'Nothing there'],
] as const;

/** A view as it is once all is there. */
async function openFull(emulator: Emulator, view: string, heading: string, options = {}): Promise<Page> {
  const page = await openLive(emulator.url, view, options);
  await page.getByRole('heading', { name: heading, exact: true }).waitFor();
  if (view === 'traffic/default-14') await page.getByRole('region', { name: 'What the store did' }).waitFor();
  return page;
}

async function startStory(): Promise<Emulator> {
  const emulator = await startEmulator();
  await tellStory(emulator);
  return emulator;
}

describePage(() => {
  it.each(['light', 'dark'] as const)('puts nothing in the way of anybody, on any view, %s', async (colorScheme) => {
    const emulator = await startStory();
    for (const [view, heading] of VIEWS) {
      const page = await openFull(emulator, view, heading, { colorScheme, reducedMotion: 'reduce' });
      expect([view, await findBarriers(page)]).toEqual([view, []]);
    }
    const page = await openFull(emulator, 'overview', 'Overview', { colorScheme, reducedMotion: 'reduce' });
    await page.getByRole('button', { name: 'Manage' }).click();
    await page.getByRole('dialog').waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Manage' }).waitFor();
    await page.getByRole('button', { name: 'curl for Klaim' }).click();
    await page.getByRole('region', { name: 'curl snippet' }).waitFor();
    await emulator.close();
    await page.getByRole('alert').getByText('No answer from the emulator').waitFor();
    expect(await findBarriers(page)).toEqual([]);
  });

  it.each([
    ['light', 1280],
    ['dark', 360],
  ] as const)('puts nothing in the way of who reads or tries a document, %s, %i', async (colorScheme, width) => {
    const { url, providers } = await startEmulator();
    const options = { colorScheme, viewport: { width, height: 800 } };
    const page = await openView(url, 'docs', options);
    const titles = (await providers.list()).providers.map(({ title }) => title);
    for (const name of [...titles, 'Control API']) {
      await page.getByRole('navigation', { name: 'Services' }).getByRole('link', { name }).click();
      await page.locator('#api-title').getByText(name).waitFor();
      const operations = page.locator('.endpoint-head');
      for (let at = 0; at < 6; at += 1) await operations.nth(at).click();
      await page.getByRole('button', { name: 'TRY' }).first().click();
      await page.getByText('Response Status').first().waitFor();
      expect([name, await findBarriers(page), await findCut(page)]).toEqual([name, [], []]);
    }
  });

  it.each([360, 1920])('cuts nothing where it is %i pixels wide', async (width) => {
    const emulator = await startStory();
    for (const [view, heading] of VIEWS) {
      const page = await openFull(emulator, view, heading, { viewport: { width, height: 800 } });
      expect([view, await findCut(page)]).toEqual([view, []]);
    }
  });

  it('shows what clients sent as text, whatever it is', async () => {
    const emulator = await startEmulator();
    const HOSTILE = '<img src=x onerror="document.title=1">\u202Egnp.exe</bdi><script>document.title=1</script>';
    const env: Readonly<Record<string, string>> = await emulator.sandbox().env();
    const send = (method: string, path: string, body: object): Promise<Response> =>
      fetch(`${env['KLAIM_BASE_URL'] ?? ''}${path}`, {
        method,
        headers: { Authorization: `Bearer ${env['KLAIM_API_KEY'] ?? ''}`, 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      });
    await send('POST', '/users', { email: 'eve@lantern.example', userId: 'eve', name: HOSTILE });
    await send('PUT', '/users/ada', { name: HOSTILE });
    await send('PUT', `/users/${encodeURIComponent(HOSTILE)}/credits`, { credit_delta: 1, description: HOSTILE });
    await send('PUT', '/users/ada/credits', { credit_delta: 1, description: '<b>'.repeat(300_000) });
    await emulator.sandbox().faults.add({ match: { subject: HOSTILE }, effect: { status: 500, message: HOSTILE } });
    const page = await openView(emulator.url);
    await page.getByRole('searchbox').fill('onerror');
    await page.getByRole('cell', { name: '<img src=x' }).first().waitFor();
    for (const number of [1, 2, 3, 4]) {
      await page.goto(`${emulator.url}/_emulator/?sandbox=default#/traffic/default-${number}`);
      await page.getByRole('region', { name: 'What the store did' }).waitFor();
    }
    await page.goto(`${emulator.url}/_emulator/?sandbox=default#/faults`);
    await page.getByText('about <img src=x').waitFor();
    expect(await page.evaluate("[document.images.length, document.querySelectorAll('b').length]")).toEqual([0, 0]);
    expect(await page.title()).not.toBe('1');
  });

  it('asks for the token once, and does not keep it', async () => {
    const { url } = await startEmulator({ controlToken: 'open-sesame' });
    const page = await openView(url, 'traffic');
    await page.getByLabel('Control token').waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await page.getByLabel('Control token').fill('wrong');
    await page.getByRole('button', { name: 'Use token' }).click();
    await page.getByLabel('Control token').fill('open-sesame');
    await page.getByRole('button', { name: 'Use token' }).click();
    await untilLive(page);
    await page.getByRole('link', { name: 'Faults' }).click();
    await page.getByText('Nothing is armed').waitFor();
    expect(await page.evaluate('[{ ...localStorage }, { ...sessionStorage }, document.cookie]')).toEqual([{}, {}, '']);
    await page.reload();
    await page.getByLabel('Control token').waitFor();
    await page.goto(`${url}/_emulator/docs`);
    await page.getByLabel('Control token').waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await page.getByLabel('Control token').fill('open-sesame');
    await page.getByRole('button', { name: 'Use token' }).click();
    await page.getByRole('link', { name: 'Klaim' }).waitFor();
  });

  it('keeps the theme and nothing else', async () => {
    const { url } = await startEmulator();
    const page = await openView(url);
    const button = page.getByRole('button', { name: /^Theme/ });
    await button.click();
    await button.click();
    expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark');
    await page.reload();
    await untilLive(page);
    expect(
      await page.evaluate('[document.documentElement.dataset.theme, { ...localStorage }, document.cookie]'),
    ).toEqual(['dark', { theme: 'dark' }, '']);
  });

  it('says when the emulator is gone, and goes on where another one is in its place', async () => {
    const port = await findFreePort(1, 2, 3, 4, 5);
    const options = { port, clock: START, logLevel: 'silent' } as const;
    const before = await createEmulator(options);
    const page = await openLive(before.url, 'traffic');
    await fetch(`${before.urls.klaim}/before`);
    await page.getByRole('row', { name: /before/ }).waitFor();
    await before.close();
    const alert = page.getByRole('alert').getByText('No answer from the emulator since');
    await alert.waitFor();
    await page.getByRole('row', { name: /before/ }).waitFor();
    const after = await createEmulator(options);
    onTestFinished(() => after.close());
    await untilLive(page);
    await expect.poll(() => alert.count()).toBe(0);
    await fetch(`${after.urls.klaim}/after`);
    await page.getByRole('row', { name: /after/ }).waitFor();
    expect(await page.getByRole('row', { name: /before/ }).count()).toBe(0);
  });

  it('loses no exchange of thousands, and stays smooth meanwhile', async () => {
    const emulator = await startEmulator();
    const page = await openLive(emulator.url, 'traffic');
    const url = `${emulator.urls.klaim}/users`;
    const headers = { Authorization: 'Bearer klaim_test_lantern' };
    const call = async (): Promise<void> => {
      for (let sent = 0; sent < 5000; sent += 10) {
        await Promise.all(Array.from({ length: 10 }, () => fetch(url, { headers }).then((answer) => answer.text())));
      }
    };
    const filter = page.getByRole('searchbox', { name: 'Filter' });
    const longest = await findLongestTask(page, async () => {
      const calls = call();
      for (let round = 0; round < 5; round += 1) {
        await filter.pressSequentially('listUsers');
        await filter.fill('');
      }
      await calls;
      await page.getByText('5000', { exact: true }).waitFor();
    });
    expect(longest).toBeLessThan(100);
    expect(await page.getByRole('grid').getAttribute('aria-rowcount')).toBe('5001');
    const drawn = await page.getByRole('row').count();
    await page.getByRole('grid').focus();
    await page.keyboard.press('End');
    await page.locator('#row-default-1').waitFor();
    expect(drawn).toBeLessThan(100);
  });

  it('has the documents of all services, to be read and tried', async () => {
    const emulator = await startEmulator();
    const page = await openView(emulator.url, 'docs', { sandbox: 'demo' });
    const services = page.getByRole('navigation', { name: 'Services' });
    await services.getByRole('link').first().waitFor();
    const { providers } = await emulator.providers.list();
    expect(await services.getByRole('link').allTextContents()).toEqual([
      ...providers.map(({ title }) => title),
      'Control API',
    ]);
    await services.getByRole('link', { name: 'Klaim' }).click();
    await page.getByText('/users/{user_id}/credits').first().waitFor();
    await page.getByText('/users', { exact: true }).nth(1).click();
    await page.getByRole('button', { name: 'TRY' }).first().click();
    await expect
      .poll(async () => (await emulator.sandbox('demo').requests.list()).requests[0])
      .toMatchObject({ provider: 'klaim', operation: 'createUser', answer: { status: 200 } });
    await services.getByRole('link', { name: 'Control API' }).click();
    await page.getByText('/snapshots/{name}/restore').first().waitFor();
  });

  it('shows the document that was chosen last, though the viewer comes late', async () => {
    const { url } = await startEmulator();
    const page = await openView(url, 'overview', { sandbox: 'demo' });
    const held: Route[] = [];
    await page.route('**/viewer.js', (route) => void held.push(route));
    await page.goto(`${url}/_emulator/docs?sandbox=demo`);
    await expect.poll(() => held.length).toBe(1);
    const document = page.waitForResponse(/klaim/);
    await page.getByRole('link', { name: 'Klaim' }).click();
    await (await document).finished();
    await page.evaluate('new Promise((resolve) => setTimeout(resolve, 100))');
    for (const route of held.toReversed()) await route.continue();
    await page.getByText('/users/{user_id}/credits').first().waitFor();
    expect(held).toHaveLength(1);
  });

  it('asks nobody but the emulator', async () => {
    const emulator = await startStory();
    const page = await openFull(emulator, 'accounts/klaim/app_lantern/ada', 'ada Ada Okafor');
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).host));
    for (const [view] of VIEWS) await page.goto(`${emulator.url}/_emulator/#/${view}`);
    await page.reload();
    await page.goto(`${emulator.url}/_emulator/docs#klaim`);
    await page.getByText('/users/{user_id}/credits').first().waitFor();
    expect([...new Set(asked)]).toEqual([new URL(emulator.url).host]);
  });

  it('is neither framed nor read by another origin', async () => {
    const { url } = await startEmulator();
    const server = createServer((_, response) => {
      response.setHeader('Content-Type', 'text/html').end(`<!doctype html><iframe src="${url}/_emulator/"></iframe>`);
    });
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
    const page = await openWindow();
    await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
    expect(await page.frames()[1]?.locator('#page, header').count()).toBe(0);
    const tried = await page.evaluate(`(async () => {
      const load = (name, from) => new Promise((resolve) => {
        const element = Object.assign(document.createElement(name), from);
        element.onload = () => resolve('loaded');
        element.onerror = () => resolve('refused');
        document.head.append(element);
      });
      const read = (path, init) => fetch('${url}/_emulator' + path, init).then(() => 'read', () => 'refused');
      const own = await Promise.all([
        read('/'),
        read('/page/main.js'),
        read('/health'),
        read('/', { mode: 'no-cors' }),
        load('script', { src: '${url}/_emulator/page/main.js' }),
        load('link', { rel: 'stylesheet', href: '${url}/_emulator/page/page.css' }),
      ]);
      const opened = open('${url}/_emulator/');
      for (let look = 0; look < 200 && !opened.closed; look += 1) await new Promise((resolve) => setTimeout(resolve, 100));
      return [...own, opened.closed ? 'cut off' : 'held'];
    })()`);
    expect(tried).toEqual(['refused', 'refused', 'refused', 'refused', 'refused', 'refused', 'cut off']);
  });

  it('is under 150 kB compressed, without the viewer of documents', () => {
    const folder = new URL('../../dist/page/', import.meta.url);
    const files = readdirSync(folder).filter((name) => name !== 'viewer.js' && name !== 'licenses.txt');
    expect(files).toContain('main.js');
    const size = files.reduce((sum, name) => sum + gzipSync(readFileSync(new URL(name, folder))).length, 0);
    expect(size).toBeLessThan(150_000);
  });
});
