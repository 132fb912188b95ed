import supertest from 'supertest';
import { describe, expect, it } from 'vitest';

import type { EmulatorOptions } from '../../src/config/options.ts';
import { startEmulator } from '../support/emulator.ts';
import { findFreePort } from '../support/ports.ts';

type Headers = Readonly<Record<string, string>>;

/** `{shared}`, `{klaim}` and `{decentraland}` stand for the numbers of ports. */
interface Asked {
  /** The port that takes it in. */
  readonly entry?: 'shared' | 'klaim' | 'decentraland';
  readonly headers: Headers;
  readonly prefix?: string;
}

interface Seen {
  readonly shared: string;
  readonly klaim: string;
  readonly decentraland: string;
  readonly hint?: string;
}

const DROPPED = 'Its clients drop the path of a base URL, so they cannot reach this one';

/** All that is told of addresses, in all three places that tell of them. */
async function ask(url: string, { headers, prefix = '' }: Asked): Promise<unknown> {
  const agent = supertest(url);
  const get = async (path: string): Promise<unknown> => {
    const response = await agent.get(`${prefix}/_emulator${path}`).set(headers);
    return response.status === 200 ? (response.body as unknown) : response.status;
  };
  return { health: await get('/health'), providers: await get('/providers'), env: await get('/env') };
}

/** The same, as it is expected. */
function tell({ shared, klaim, decentraland, hint }: Seen): object {
  const own = { KLAIM_BASE_URL: klaim, KLAIM_API_KEY: 'klaim_test_lantern' };
  const described = {
    title: expect.any(String) as unknown,
    options: expect.anything() as unknown,
    codes: expect.any(Array) as unknown,
  };
  const operations = expect.any(Array) as unknown;
  return {
    health: {
      status: 'ok',
      version: '0.1.0',
      uptime: expect.any(Number) as unknown,
      providers: { klaim, decentraland },
      ...(hint !== undefined && { hints: { decentraland: hint } }),
    },
    providers: {
      providers: [
        { ...described, id: 'klaim', variant: 'default', url: klaim, env: own, operations },
        {
          ...described,
          id: 'decentraland',
          variant: 'document',
          url: decentraland,
          ...(hint !== undefined && { hint }),
          env: { DECENTRALAND_CREDITS_URL: decentraland },
          operations,
        },
      ],
    },
    env: { CREDITS_EMULATOR_URL: shared, ...own, DECENTRALAND_CREDITS_URL: decentraland },
  };
}

/** Asks for each row in turn and compares all that came with all that was to come. */
async function compare(
  options: EmulatorOptions & { readonly port: number },
  rows: readonly (readonly [Asked, Seen | number])[],
): Promise<void> {
  await startEmulator({ providers: ['klaim', 'decentraland'], ...options });
  const fill = <T>(value: T): T =>
    JSON.parse(
      JSON.stringify(value).replaceAll(/\{(shared|klaim|decentraland)\}/g, (_, name: string) =>
        toPort(options.port, name),
      ),
    ) as T;
  for (const [asked, seen] of rows.map(fill)) {
    const { entry = 'shared' } = asked;
    const expected = typeof seen === 'number' ? { health: seen, providers: seen, env: seen } : tell(seen);
    const answers = await ask(`http://127.0.0.1:${toPort(options.port, entry)}`, asked);
    expect({ asked, answers }).toEqual({ asked, answers: expected });
  }
}

/** The providers' ports follow the shared one. */
function toPort(shared: number, name: string): string {
  const place = { shared: 0, klaim: 2, decentraland: 3 }[name] ?? Number.NaN;
  return String(shared + place);
}

describe('addresses', () => {
  it('are those of the host that was asked, where a port was reached as it listens', async () => {
    const direct = (host: string): Seen => ({
      shared: `http://${host}:{shared}`,
      klaim: `http://${host}:{klaim}`,
      decentraland: `http://${host}:{decentraland}`,
    });
    await compare({ port: await findFreePort(2, 3) }, [
      [{ headers: { Host: '127.0.0.1:{shared}' } }, direct('127.0.0.1')],
      [{ headers: { Host: 'LocalHost:{shared}' } }, direct('localhost')],
      [{ headers: { Host: 'emulator:{shared}' } }, direct('emulator')],
      [{ headers: { Host: '[::1]:{shared}' } }, direct('[::1]')],
      [{ entry: 'klaim', headers: { Host: 'localhost:{klaim}' } }, direct('localhost')],
      [{ entry: 'decentraland', headers: { Host: 'emulator:{decentraland}' } }, direct('emulator')],
      // A host that picks a provider picks it on every port.
      [{ headers: { Host: 'klaim.localhost:{shared}' } }, direct('localhost')],
      [{ headers: { Host: 'app.localhost:{shared}' } }, direct('app.localhost')],
      [{ headers: { Host: 'credits.decentraland.org' } }, direct('127.0.0.1')],
      // Nobody in between is believed.
      [{ headers: { Host: 'localhost:{shared}', 'X-Forwarded-Host': 'evil.example' } }, direct('localhost')],
      [{ headers: { Host: 'localhost:{shared}', 'X-Forwarded-Proto': 'https' } }, direct('localhost')],
      [{ headers: { Host: 'localhost:99999' } }, direct('127.0.0.1')],
      [{ headers: { Host: 'evil.example:{shared}' } }, 403],
    ]);
  });

  it('are paths where the shared port was reached under another number, with a word for clients that drop them', async () => {
    const mapped = (base: string, hint: string): Seen => ({
      shared: base,
      klaim: `${base}/klaim`,
      decentraland: `${base}/decentraland`,
      hint: `${DROPPED}: map port {decentraland} to the same number${hint}.`,
    });
    const byName = (port: number): string =>
      `, or use http://decentraland.localhost:${port} if that name resolves to the emulator`;
    await compare({ port: await findFreePort(2, 3) }, [
      [{ headers: { Host: 'localhost:1234' } }, mapped('http://localhost:1234', byName(1234))],
      [{ headers: { Host: '127.0.0.1' } }, mapped('http://127.0.0.1', byName(80))],
      [{ headers: { Host: '10.0.0.7:80' } }, mapped('http://10.0.0.7', '')],
      [{ headers: { Host: 'emulator:443' } }, mapped('http://emulator:443', '')],
      [{ headers: { Host: 'klaim.localhost:1234' } }, mapped('http://localhost:1234', byName(1234))],
    ]);
  });

  it('are as asked for the provider whose own port was reached under another number', async () => {
    await compare({ port: await findFreePort(2, 3) }, [
      [
        { entry: 'klaim', headers: { Host: 'localhost:1234' } },
        {
          shared: 'http://localhost:{shared}',
          klaim: 'http://localhost:1234',
          decentraland: 'http://localhost:{decentraland}',
        },
      ],
      [
        { entry: 'decentraland', headers: { Host: 'localhost:1234' } },
        {
          shared: 'http://localhost:{shared}',
          klaim: 'http://localhost:{klaim}',
          decentraland: 'http://localhost:1234',
        },
      ],
    ]);
  });

  it('are paths where providers have no ports of their own', async () => {
    await compare({ port: await findFreePort(), providerPorts: false }, [
      [
        { headers: { Host: 'localhost:{shared}' } },
        {
          shared: 'http://localhost:{shared}',
          klaim: 'http://localhost:{shared}/klaim',
          decentraland: 'http://localhost:{shared}/decentraland',
          hint: `${DROPPED}: use http://decentraland.localhost:{shared} if that name resolves to the emulator.`,
        },
      ],
      [
        { headers: { Host: 'emulator:{shared}' } },
        {
          shared: 'http://emulator:{shared}',
          klaim: 'http://emulator:{shared}/klaim',
          decentraland: 'http://emulator:{shared}/decentraland',
          hint: `${DROPPED}.`,
        },
      ],
    ]);
  });

  it('lead into the sandbox that is named, by ports and by paths', async () => {
    const port = await findFreePort(2, 3);
    const direct: Seen = {
      shared: 'http://localhost:{shared}/_sandbox/checkout',
      klaim: 'http://localhost:{klaim}/_sandbox/checkout',
      decentraland: 'http://localhost:{decentraland}/_sandbox/checkout',
      hint: `${DROPPED}: use http://checkout--decentraland.localhost:{decentraland} if that name resolves to the emulator.`,
    };
    await compare({ port }, [
      [{ headers: { Host: 'localhost:{shared}', 'X-Emulator-Sandbox': 'checkout' } }, direct],
      [{ headers: { Host: 'localhost:{shared}' }, prefix: '/_sandbox/checkout' }, direct],
      [{ headers: { Host: 'checkout--klaim.localhost:{shared}' } }, direct],
      [
        { headers: { Host: 'localhost:1234' }, prefix: '/_sandbox/checkout' },
        {
          shared: 'http://localhost:1234/_sandbox/checkout',
          klaim: 'http://localhost:1234/_sandbox/checkout/klaim',
          decentraland: 'http://localhost:1234/_sandbox/checkout/decentraland',
          hint: `${DROPPED}: map port {decentraland} to the same number, or use http://checkout--decentraland.localhost:1234 if that name resolves to the emulator.`,
        },
      ],
      [
        { headers: { Host: 'localhost:{shared}', 'X-Emulator-Sandbox': 'a.b' } },
        {
          shared: 'http://localhost:{shared}/_sandbox/a.b',
          klaim: 'http://localhost:{klaim}/_sandbox/a.b',
          decentraland: 'http://localhost:{decentraland}/_sandbox/a.b',
          hint: `${DROPPED}: name the sandbox in the header X-Emulator-Sandbox.`,
        },
      ],
      [
        { headers: { Host: 'localhost:{shared}', 'X-Emulator-Sandbox': 'default' } },
        {
          shared: 'http://localhost:{shared}',
          klaim: 'http://localhost:{klaim}',
          decentraland: 'http://localhost:{decentraland}',
        },
      ],
    ]);
  });

  it('are those of which a proxy tells, with --trust-proxy', async () => {
    const forwarded = (base: string): Seen => ({
      shared: base,
      klaim: `${base}/klaim`,
      decentraland: `${base}/decentraland`,
      hint: `${DROPPED}: map port {decentraland} to the same number.`,
    });
    const host = { Host: 'localhost:{shared}' };
    const of = (proto: string, name: string, others: Headers = {}): Asked => ({
      headers: { ...host, 'X-Forwarded-Proto': proto, 'X-Forwarded-Host': name, ...others },
    });
    await compare({ port: await findFreePort(2, 3), trustProxy: true, allowHost: ['ci.example', 'inner.example'] }, [
      [of('https', 'ci.example'), forwarded('https://ci.example')],
      [of('HTTPS, http', 'CI.example, inner.example'), forwarded('https://ci.example')],
      [of('https', 'ci.example:8443'), forwarded('https://ci.example:8443')],
      [of('https', 'ci.example', { 'X-Forwarded-Port': '443' }), forwarded('https://ci.example')],
      [of('http', 'ci.example', { 'X-Forwarded-Port': '8080' }), forwarded('http://ci.example:8080')],
      [of('https', 'ci.example', { 'X-Forwarded-Prefix': '/credits/a/' }), forwarded('https://ci.example/credits/a')],
      // The numbers are the proxy's, also where they are the same.
      [of('http', 'ci.example:{shared}'), forwarded('http://ci.example:{shared}')],
      [
        { headers: { Host: 'emulator:9', 'X-Forwarded-Proto': 'https', 'X-Forwarded-Port': '444' } },
        forwarded('https://emulator:444'),
      ],
      [
        { ...of('https', 'ci.example', { 'X-Forwarded-Prefix': '/credits' }), prefix: '/_sandbox/x' },
        {
          shared: 'https://ci.example/credits/_sandbox/x',
          klaim: 'https://ci.example/credits/_sandbox/x/klaim',
          decentraland: 'https://ci.example/credits/_sandbox/x/decentraland',
          hint: `${DROPPED}: map port {decentraland} to the same number, and name the sandbox in the header X-Emulator-Sandbox.`,
        },
      ],
      // What makes no sense is as if it were not there.
      [of('ftp', 'ci.example'), forwarded('http://ci.example')],
      [of('https', 'ci.example', { 'X-Forwarded-Port': '70000' }), forwarded('https://ci.example')],
      [of('https', 'ci.example', { 'X-Forwarded-Prefix': '//evil.example' }), forwarded('https://ci.example')],
      [of('https', 'ci.example', { 'X-Forwarded-Prefix': '/a"><script>' }), forwarded('https://ci.example')],
      [of('https', 'ci.example', { 'X-Forwarded-Prefix': '/a'.repeat(200) }), forwarded('https://ci.example')],
      // None of the hosts may be a foreign one, wherever it stands.
      [of('https', 'evil.example'), 403],
      [of('https', 'evil.example, ci.example'), 403],
      [of('https', 'ci.example, evil.example'), 403],
      [of('https', '"><script>'), 403],
      [{ headers: { Host: 'evil.example', 'X-Forwarded-Host': 'ci.example' } }, 403],
    ]);
  });

  it('are those of --public-url, whatever was asked and who tells of it', async () => {
    const base = 'https://credits.example/emulator';
    const seen: Seen = {
      shared: base,
      klaim: `${base}/klaim`,
      decentraland: `${base}/decentraland`,
      hint: `${DROPPED}: map port {decentraland} to the same number.`,
    };
    await compare({ port: await findFreePort(2, 3), publicUrl: `${base}/`, trustProxy: true }, [
      [{ headers: { Host: 'localhost:{shared}' } }, seen],
      [{ headers: { Host: 'credits.example' } }, seen],
      [{ headers: { Host: 'localhost:{shared}', 'X-Forwarded-Host': 'localhost' } }, seen],
      [
        { entry: 'klaim', headers: { Host: 'localhost:{klaim}', 'X-Emulator-Sandbox': 'x' } },
        {
          shared: `${base}/_sandbox/x`,
          klaim: `${base}/_sandbox/x/klaim`,
          decentraland: `${base}/_sandbox/x/decentraland`,
          hint: `${DROPPED}: map port {decentraland} to the same number, and name the sandbox in the header X-Emulator-Sandbox.`,
        },
      ],
      [{ headers: { Host: 'evil.example' } }, 403],
    ]);
  });

  it('are ports of the host of --public-url where it has the number of the shared port', async () => {
    const port = await findFreePort(2, 3);
    await compare({ port, publicUrl: `http://credits.example:${port}` }, [
      [
        { headers: { Host: 'localhost:1234' } },
        {
          shared: 'http://credits.example:{shared}',
          klaim: 'http://credits.example:{klaim}',
          decentraland: 'http://credits.example:{decentraland}',
        },
      ],
    ]);
  });
});
