import { createServer } from 'node:net';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { askService } from '../../../src/trials/compare/sender.ts';
import { parseTarget } from '../../../src/trials/compare/remote-service.ts';
import { startEmulator } from '../../support/emulator.ts';
import { createFolder } from '../../support/folder.ts';
import { bell } from '../../support/plain-provider.ts';
import { findFreePort } from '../../support/ports.ts';
import { compare, serve, serveStandIn } from './stand-in.ts';

const JSON_TYPE = { 'Content-Type': 'application/json' };
const ALL = 4;

describe('a service', () => {
  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'get'])('is never sent %s', async (method) => {
    let asked = 0;
    const url = await serve((_, response) => {
      asked += 1;
      response.end();
    });
    const sent = askService(parseTarget(url), { method, url: '/', headers: {}, body: undefined }, 1000);
    await expect(sent).rejects.toThrow(`A comparison only reads; ${method} was not sent.`);
    expect(asked).toBe(0);
  });

  it.each([
    '/a/../b',
    '/a/%2e%2E/b',
    '/..',
    String.raw`/a/..\b`,
    String.raw`/a\b`,
    '/a#b',
    '/a b',
    '@x.example/a',
    'a',
  ])('is not sent %j, which is no URL or another one once it is read', async (url) => {
    let asked = 0;
    const origin = await serve((_, response) => {
      asked += 1;
      response.end();
    });
    for (const target of [origin, `${origin}/base`]) {
      const sent = await askService(parseTarget(target), { method: 'GET', url, headers: {}, body: undefined }, 1000);
      expect(sent).toEqual({ reason: 'its URL leads to another path than it says' });
    }
    expect(asked).toBe(0);
  });

  it('that does not listen is asked three times', async () => {
    const port = await findFreePort();
    const report = await compare({ provider: 'klaim', target: `http://127.0.0.1:${port}` });
    expect([
      report.compared,
      report.unanswered.map(({ reason }) => reason),
      report.passedOver.map(({ reason }) => reason),
    ]).toEqual([
      0,
      Array(3).fill(`127.0.0.1:${port}: nothing listens there (ECONNREFUSED)`),
      Array(ALL - 3).fill('the service did not respond to 3 reads in a row'),
    ]);
  });

  it('that speaks no TLS or no HTTP, breaks off, or has an unknown certificate is told in a line', async () => {
    const plain = await serve((_, response) => response.end());
    const raw = createServer((socket) => socket.on('error', () => undefined).end('hello\r\n\r\n'));
    await new Promise<void>((resolve) => raw.listen(0, '127.0.0.1', resolve));
    const { port } = raw.address() as { port: number };
    const broken = await serve((_, response) => {
      response.writeHead(200, { ...JSON_TYPE, 'Content-Length': '100' });
      response.write('{"a":', () => response.destroy());
    });
    const reasonOf = async (target: string): Promise<string | undefined> =>
      (await compare({ provider: 'klaim', target, limit: 1 })).unanswered[0]?.reason;
    expect(await reasonOf(plain.replace('http:', 'https:'))).toMatch(/^127\.0\.0\.1:\d+: it speaks no TLS \(\w+\)$/);
    expect(await reasonOf(`http://127.0.0.1:${port}`)).toMatch(
      /^127\.0\.0\.1:\d+: what it answers is no HTTP \(HPE_\w+\)$/,
    );
    expect(await reasonOf(broken)).toBe(
      `${new URL(broken).host}: the connection ended before the answer did (ECONNRESET)`,
    );
    const { url } = await startEmulator({ providers: ['klaim'], providerPorts: false, https: true });
    expect(await reasonOf(url.replace('http:', 'https:'))).toMatch(
      /: its certificate is not trusted \(\w+\); NODE_EXTRA_CA_CERTS names an authority of your own$/,
    );
    raw.close();
  });

  it('that takes too long, answers with too much, with a stream or by asking for peace is not compared', async () => {
    const piece = Buffer.alloc(1 << 20, 'a');
    let given = 0;
    const answers: Readonly<Record<string, Parameters<typeof serve>[0]>> = {
      late: () => undefined,
      large: (_, response) => {
        response.writeHead(200, JSON_TYPE);
        const push = (): void => {
          given += 1;
          if (given < 50) response.write(piece, push);
        };
        push();
      },
      stream: (_, response) => response.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders(),
      busy: (_, response) => response.writeHead(429, JSON_TYPE).end('{}'),
    };
    const reasons = await Promise.all(
      Object.entries(answers).map(async ([name, handle]) => {
        const target = await serve(handle);
        const { unanswered } = await compare({
          provider: 'klaim',
          target,
          limit: 1,
          patience: name === 'late' ? 50 : 10_000,
        });
        return unanswered.map(({ reason }) => reason);
      }),
    );
    expect(reasons).toEqual([
      ['there was no answer within 50 ms'],
      ['its answer has more than 8388608 bytes'],
      ['it answers with a stream'],
      ['it takes no more requests for now (429); a longer --pause may help'],
    ]);
    expect(given).toBeLessThan(50);
  });

  it('that redirects is not followed, and what it repeats of a key is not told', async () => {
    const asked: unknown[] = [];
    const elsewhere = await serve((request, response) => {
      asked.push(request.headers);
      response.end();
    });
    const target = await serve(({ headers }, response) => {
      const key = headers.authorization?.slice(7) ?? '';
      const location = `${elsewhere}/${key}?key=${key}&code=12345`;
      response.writeHead(302, { ...JSON_TYPE, Location: location }).end();
    });
    const report = await compare({
      provider: 'klaim',
      target,
      limit: 1,
      headers: ['Authorization: Bearer live_12345'],
    });
    expect([asked, report.differences]).toEqual([
      [],
      [
        {
          ...{ request: 'GET /users', operation: 'listUsers', where: 'status', kind: 'status' },
          ...{ ours: 200, theirs: `302, to ${elsewhere}/[redacted]` },
        },
      ],
    ]);
  });

  it('gets the headers that were given in the place of all other credentials, and none of ours', async () => {
    const asked: unknown[] = [];
    const target = await serve(({ url, headers }, response) => {
      asked.push([url, headers]);
      response.writeHead(404).end();
    });
    await compare({
      ...{ provider: 'gamefuse', target: `${target}/base/api/v3/`, limit: 1 },
      headers: ['Authentication-Token: live', 'X-Trace: 1'],
    });
    await compare({ provider: 'klaim', target, limit: 1 });
    const host = new URL(target).host;
    const plain = { host, connection: 'close', 'accept-encoding': 'identity' };
    expect(asked).toEqual([
      ['/base/api/v3/games/verify', { ...plain, 'authentication-token': 'live', 'x-trace': '1' }],
      ['/users', plain],
    ]);
  });
});

describe('reads', () => {
  it('wait as long as Node can where they were to wait longer', async () => {
    const target = await serve((_, response) => setTimeout(() => response.writeHead(404).end(), 30));
    const { compared, unanswered } = await compare({ provider: 'klaim', target, limit: 1, patience: 2 ** 31 });
    expect([compared, unanswered]).toEqual([1, []]);
  });

  it('are told with the words of the report as they are, whatever headers say', async () => {
    const { url } = await startEmulator({ providers: ['klaim'], providerPorts: false });
    const headers = ['X-Tenant: klaim', 'X-Field: status', 'X-Operation: listUsers'];
    const report = await compare({ provider: 'klaim', target: `${url}/klaim`, limit: 1, headers });
    expect(report).toMatchObject({
      provider: 'klaim',
      differences: [{ operation: 'listUsers', where: 'status', kind: 'status', ours: 200, theirs: 401 }],
      answers: [{ operation: 'listUsers', status: 200, reads: 1, differing: 1 }],
    });
  });

  it('are told as differing where none of their differences is listed any more', async () => {
    const { url } = await startEmulator({ providers: ['klaim'], providerPorts: false });
    const many = JSON.stringify(Object.fromEntries(Array.from({ length: 1200 }, (_, at) => [`field${at}`, at])));
    const target = await serveStandIn(`${url}/klaim`, {
      headers: { Authorization: 'Bearer klaim_test_lantern' },
      plant: (path, answer) => ({
        ...answer,
        body: path === '/users/ada' ? many : answer.body.replace('"credit_balance":', '"balance":'),
      }),
    });
    const report = await compare({ provider: 'klaim', target, headers: ['Authorization: Bearer live_12345'] });
    const { compared, same, differences, more, answers } = report;
    expect([differences.length, more > 200]).toEqual([1000, true]);
    const differing = answers.filter((one) => one.differing > 0);
    expect(differing.map(({ operation }) => operation).sort()).toEqual(['getUser', 'getUserCredits', 'listUsers']);
    expect(compared - same).toBe(differing.reduce((sum, one) => sum + one.differing, 0));
    expect(answers.every(({ otherValues }) => otherValues === 0)).toBe(true);
  });

  it('are no more than the limit', async () => {
    const { url } = await startEmulator({ providers: ['klaim'], providerPorts: false });
    const report = await compare({
      provider: 'klaim',
      target: `${url}/klaim`,
      headers: ['Authorization: Bearer klaim_test_lantern'],
      limit: 3,
    });
    expect([report.compared, report.passedOver.map(({ reason }) => reason)]).toEqual([
      3,
      ['3 reads were sent, and no more are'],
    ]);
  });

  it('are those of a provider of your own, where its document says which of them read, and what to ask for', async () => {
    const target = await serve((_, response) => response.writeHead(200, JSON_TYPE).end('{"rings":3}'));
    const ask = async (document: string | undefined): Promise<readonly unknown[]> => {
      const provider = join(createFolder({ ...bell, 'bell.yaml': document ?? '' }), 'bell.js');
      const { compared, passedOver, differences } = await compare({ provider, target });
      return [compared, passedOver.map(({ reason }) => reason), differences.map(({ where }) => where)];
    };
    const silent = bell['bell.yaml'];
    const telling = silent?.replace('operationId: ring', '$&\n      x-audit: { kind: read, shows: none }');
    expect(await ask(silent)).toEqual([0, ['the document does not mark the operation as a read (x-audit)'], []]);
    expect(await ask(telling)).toEqual([1, [], ['body/rings']]);
    const floors = "{ low: { value: '1' }, high: { value: '2' } }";
    const varied = telling?.replace(
      'operationId: ring',
      `$&\n      parameters: [{ name: X-Floor, in: header, schema: { type: string }, examples: ${floors} }]`,
    );
    expect(await ask(varied)).toEqual([3, [], ['body/rings', 'body/rings', 'body/rings']]);
  });

  it.each([
    ['ftp://x.example', '--target must be a URL such as https://api.example.com, got "ftp://x.example".'],
    ['nonsense', '--target must be a URL such as https://api.example.com, got "nonsense".'],
    ['nonsense?key=secret', '--target must be a URL such as https://api.example.com, got "nonsense".'],
    ['nonsense#secret', '--target must be a URL such as https://api.example.com, got "nonsense".'],
    [
      'https://a:secret@x.example',
      "--target must not contain a user or password: send them with --header 'Authorization: ...'.",
    ],
    [
      'https://x.example/?a=1',
      '--target must not have a query or fragment: the bundle or the document has the requests.',
    ],
  ])('are refused for %s', async (target, message) => {
    await expect(compare({ provider: 'klaim', target })).rejects.toThrow(message);
  });

  it.each([
    ['secret', "--header takes 'Name: value', such as 'Authorization: Bearer KEY'."],
    ['A b: secret', "--header takes 'Name: value', such as 'Authorization: Bearer KEY'."],
    ['A: secret\r\nB: c', "--header takes 'Name: value', such as 'Authorization: Bearer KEY'."],
    ['Host: secret.example', '--header cannot set host.'],
    ['X-HTTP-Method-Override: DELETE', '--header cannot set x-http-method-override.'],
  ])('are refused for the header %j', async (header, message) => {
    const refused = compare({ provider: 'klaim', target: 'http://127.0.0.1:1', headers: [header] });
    await expect(refused).rejects.toThrow(
      new RegExp(`^${message.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}$`),
    );
  });
});
