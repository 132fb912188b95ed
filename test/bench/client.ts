import { request as open, type Agent } from 'node:http';

/** One request and the status that it must have. */
export interface Ask {
  readonly url: string;
  readonly method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly status: number;
}

const AUTHORIZATION = { Authorization: 'Bearer klaim_test_lantern' };

export function toGet(base: string, user: string, status = 200): Ask {
  return { url: toUrl(base, user), method: 'GET', headers: AUTHORIZATION, body: undefined, status };
}

export function toPut(base: string, user: string): Ask {
  const headers = { ...AUTHORIZATION, 'Content-Type': 'application/json' };
  return { url: toUrl(base, user), method: 'PUT', headers, body: JSON.stringify({ credit_delta: 1 }), status: 200 };
}

function toUrl(base: string, user: string): string {
  return `${base}/users/${user}/credits`;
}

/** Adds a credit to GameFuse's `ada`, whose token is in a header, with the parameter in JSON or in the query. */
export function toAdd(base: string, where: 'json' | 'query'): Ask {
  const url = `${base}/api/v2/users/1/add_credits`;
  const headers = { 'authentication-token': 'gamefuse-test-ada' };
  if (where === 'query') return { url: `${url}?credits=1`, method: 'POST', headers, body: undefined, status: 200 };
  const typed = { ...headers, 'Content-Type': 'application/json' };
  return { url, method: 'POST', headers: typed, body: JSON.stringify({ credits: 1 }), status: 200 };
}

/** A page of attributes of GameFuse's `ada`. */
export function toPlayer(base: string): Ask {
  const headers = { 'authentication-token': 'gamefuse-test-ada' };
  return { url: `${base}/api/v2/users/1/game_user_attributes`, method: 'GET', headers, body: undefined, status: 200 };
}

const WALLET = '0x1111111111111111111111111111111111111111';

/** The credits of a wallet at Decentraland. */
export function toWallet(base: string, wallet = WALLET, status = 200): Ask {
  return { url: `${base}/users/${wallet}/credits`, method: 'GET', headers: {}, body: undefined, status };
}

const OPENMONETIZE = { Authorization: 'Bearer om_dev_test_key' };
const CUSTOMER = '550e8400-e29b-41d4-a716-446655440000';

/** OpenMonetize's customer with the first key. */
export function toBalance(base: string): Ask {
  return { url: `${base}/v1/credits/balance`, method: 'GET', headers: OPENMONETIZE, body: undefined, status: 200 };
}

/**
 * A grant to the customer. With a key that has been used it is looked up and answered, and changes nothing; `{n}` in a
 * key is another number in each request under load.
 */
export function toGrant(base: string, idempotencyKey?: string): Ask {
  return {
    url: `${base}/v1/credits/grant`,
    method: 'POST',
    headers: { ...OPENMONETIZE, 'Content-Type': 'application/json' },
    body: JSON.stringify({ customerId: CUSTOMER, amount: 1, idempotencyKey }),
    status: 200,
  };
}

const INVETERATE = { 'X-Inveterate-Api-Key': 'inveterate_test_lumen' };
const MEMBER = '/v2.0/admin/members/6100000000001/credits';

/** The newest ten of the twelve entries of Inveterate's first member. */
export function toLedger(base: string): Ask {
  return { url: `${base}${MEMBER}?limit=10`, method: 'GET', headers: INVETERATE, body: undefined, status: 200 };
}

/** Adds a credit to the same member, whose ledger grows by an entry each time. */
export function toCredit(base: string): Ask {
  return {
    url: `${base}${MEMBER}`,
    method: 'POST',
    headers: { ...INVETERATE, 'Content-Type': 'application/json' },
    body: JSON.stringify({ amount: 1 }),
    status: 201,
  };
}

/** Resolves with the body. @throws for another status than the one that is asked for */
export function send({ url, method, headers, body, status }: Ask, agent: Agent | false = false): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = open(url, { method, headers, agent }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.once('error', reject);
      response.once('end', () => {
        if (response.statusCode === status) resolve(text);
        else reject(new Error(`${method} ${url} answers ${response.statusCode ?? 0} and not ${status}: ${text}`));
      });
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}
