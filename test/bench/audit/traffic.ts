import { klaim, gamefuse, inveterate, openmonetize, type Ask } from '../../audit/zoo/cast.ts';

/** What one of many clients sends, and to whom. */
export interface Turn {
  readonly provider: string;
  readonly ask: Ask;
  readonly client: number;
  /** Answered with an error although it took effect, and sent again. */
  readonly isLost: boolean;
}

const CLIENTS = 40;
const ACCOUNTS = 5000;
/** Of Klaim. */
export const USERS = 2000;
/** One of so many answers is lost. */
const LOST = 1000;
const EVENTS = 4;
/** Of a hundred: how many are of which kind. The rest are reads. */
const SHARES = [34, 27, 14, 8, 1, 6] as const;

const LANTERN = '550e8400-e29b-41d4-a716-446655440000';

/** What a client does, the same each time for the same number. */
export function toTurn(number: number): Turn {
  const place = (number * 37) % 100;
  const client = (number * 7) % CLIENTS;
  const at = (provider: string, ask: Ask): Turn => ({ provider, ask, client, isLost: number % LOST === 7 });
  let share = 0;
  const kind = SHARES.findIndex((part) => place < (share += part));
  switch (kind) {
    case 0: {
      const { body, ...grant } = openmonetize.add(1 + (number % 50), toUser(number));
      return at('openmonetize', {
        ...grant,
        body: { ...(body as object), reason: 'top-up', idempotencyKey: `order-${number}` },
      });
    }
    case 1:
      return at('klaim', klaim.add(1 + (number % 9), toKlaimUser(number % USERS)));
    case 2:
      return at('gamefuse', gamefuse.add(1 + (number % 9)));
    case 3:
      return at('inveterate', inveterate.add(1 + (number % 9)));
    case 4:
      return at('decentraland', {
        method: 'POST',
        path: '/dev/mint-credit',
        body: { address: toWallet(number), reason: 'gift' },
      });
    case 5:
      return at('openmonetize', { ...openmonetize.add(1), path: '/v1/events/ingest', body: toEvents(number) });
    default:
      return toRead(number, at);
  }
}

/** The same of one client that does nothing else. */
export function toTurnOfOne(number: number): Turn {
  const ask = klaim.add(1 + (number % 9), toKlaimUser(number % USERS));
  return { provider: 'klaim', ask, client: 1, isLost: false };
}

function toRead(number: number, at: (provider: string, ask: Ask) => Turn): Turn {
  switch (number % 4) {
    case 0:
      return at('klaim', klaim.read());
    case 1:
      return at('openmonetize', openmonetize.read());
    case 2:
      return at('decentraland', { method: 'GET', path: `/users/${toWallet(number)}/credits` });
    default: {
      const { headers = {} } = klaim.read();
      return at('klaim', { method: 'GET', path: '/users?limit=5', headers });
    }
  }
}

function toEvents(number: number): object {
  const events = Array.from({ length: EVENTS }, (_, place) => ({
    event_id: toUuid(number * EVENTS + place, '3f2504e0'),
    customer_id: LANTERN,
    user_id: '660e8400-e29b-41d4-a716-446655440001',
    model: 'gpt-4o',
    idempotency_key: `answer-${number}-${place}`,
    event_type: 'TOKEN_USAGE',
    feature_id: 'chat',
    provider: 'OPENAI',
    input_tokens: 1000,
    output_tokens: 500,
    timestamp: '2026-01-01T00:00:00.000Z',
  }));
  return { events };
}

/** Who is there before all others come. */
export function toBeginning(number: number): Turn {
  const name = toKlaimUser(number);
  const { headers = {} } = klaim.read();
  const body = { userId: name, email: `${name}@example.com` };
  return { provider: 'klaim', ask: { method: 'POST', path: '/users', body, headers }, client: 0, isLost: false };
}

function toKlaimUser(number: number): string {
  return `user-${number}`;
}

function toUser(number: number): string {
  return `660e8400-e29b-41d4-a716-44665544000${1 + (number % 3)}`;
}

function toUuid(number: number, first: string): string {
  return `${first}-4f89-41d3-9a0c-${number.toString(16).padStart(12, '0')}`;
}

function toWallet(number: number): string {
  return `0x${(1 + (number % ACCOUNTS)).toString(16).padStart(40, '0')}`;
}

/** Headers as `fetch` sends them; every other client says its name. */
export function toHeaders({ provider, ask, client }: Turn, length: number): Record<string, string> {
  const headers: Record<string, string> = { host: `127.0.0.1:${4620 + provider.length}`, connection: 'keep-alive' };
  for (const [name, value] of Object.entries(ask.headers ?? {})) headers[name.toLowerCase()] = value;
  if (length > 0) headers['content-type'] = 'application/json';
  if (client % 2 === 0) headers['x-emulator-client'] = `worker-${client}`;
  Object.assign(headers, {
    accept: '*/*',
    'accept-language': '*',
    'sec-fetch-mode': 'cors',
    'user-agent': `shop/1.${client}`,
    'accept-encoding': 'gzip, deflate',
  });
  if (length > 0) headers['content-length'] = String(length);
  return headers;
}
