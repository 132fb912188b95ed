import type { Ask } from './client.ts';
import type { Contest } from './contest.ts';

const READ = { least: 1 };

const PLAYER = { 'authentication-token': 'gamefuse-test-ada' };
const WALLET = '0x1111111111111111111111111111111111111111';
const SIGNER = { 'x-identity-auth-chain-0': JSON.stringify({ type: 'SIGNER', payload: WALLET, signature: '' }) };
const MERCHANT = { 'X-Inveterate-Api-Key': 'inveterate_test_lumen' };
const MEMBER = '6100000000001';
const CUSTOMER = { Authorization: 'Bearer om_dev_test_key' };
const CUSTOMER_ID = '550e8400-e29b-41d4-a716-446655440000';
const USER_ID = '660e8400-e29b-41d4-a716-446655440001';
const LIMIT_ID = 'aa0e8400-e29b-41d4-a716-446655440001';

type Headers = Ask['headers'];

function toRead(url: string, headers: Headers): Ask {
  return { url, method: 'GET', headers, body: undefined, status: 200 };
}

function toWrite(method: 'POST' | 'PUT', url: string, headers: Headers, body: object): Ask {
  const typed = { ...headers, 'Content-Type': 'application/json' };
  return { url, method, headers: typed, body: JSON.stringify(body), status: 200 };
}

/** The main read and write of what services have beside credits. */
export const secondRing: readonly Contest[] = [
  {
    id: 'gamefuse-profile',
    title: 'GameFuse: a player with friends, groups and rounds',
    toAsk: ({ gamefuse }) => toRead(`${gamefuse}/api/v3/users/2`, PLAYER),
  },
  {
    id: 'gamefuse-group',
    title: 'GameFuse: a group with its members',
    toAsk: ({ gamefuse }) => toRead(`${gamefuse}/api/v3/groups/1`, PLAYER),
  },
  {
    id: 'gamefuse-round',
    title: 'GameFuse: PUT of a round',
    toAsk: ({ gamefuse }) => toWrite('PUT', `${gamefuse}/api/v3/game_rounds/1`, PLAYER, { score: 7.5 }),
  },
  {
    id: 'gamefuse-message',
    title: 'GameFuse: a message to a chat',
    toAsk: ({ gamefuse }) => toWrite('POST', `${gamefuse}/api/v3/messages`, PLAYER, { chat_id: 1, text: 'hi' }),
  },
  {
    id: 'decentraland-progress',
    title: 'Decentraland: progress of a wallet',
    toAsk: ({ decentraland }) => toRead(`${decentraland}/users/${WALLET}/progress`, SIGNER),
  },
  {
    id: 'decentraland-packs',
    title: 'Decentraland: packs of credits',
    toAsk: ({ decentraland }) => toRead(`${decentraland}/credits/packs`, {}),
    ...READ,
  },
  {
    id: 'decentraland-mint',
    title: 'Decentraland: dollars that are minted',
    toAsk: ({ decentraland }) => toWrite('POST', `${decentraland}/dev/mint-usd`, {}, { address: WALLET, usdCents: 1 }),
  },
  {
    id: 'inveterate-member',
    title: 'Inveterate: a member of the storefront',
    toAsk: ({ inveterate }) => toRead(`${inveterate}/v2.0/storefront/members/${MEMBER}`, MERCHANT),
    ...READ,
  },
  {
    id: 'inveterate-update',
    title: 'Inveterate: PUT of a member',
    toAsk: ({ inveterate }) =>
      toWrite('PUT', `${inveterate}/v2.0/admin/members/${MEMBER}`, MERCHANT, {
        firstName: 'Ada',
        lastName: 'Byron',
        notes: '',
        phoneNumber: '',
      }),
  },
  {
    id: 'openmonetize-check',
    title: 'OpenMonetize: a check of an entitlement',
    toAsk: ({ openmonetize }) =>
      toWrite('POST', `${openmonetize}/v1/entitlements/check`, CUSTOMER, {
        customerId: CUSTOMER_ID,
        userId: USER_ID,
        featureId: 'ai-text-generation',
        action: { type: 'token_usage', provider: 'OPENAI', model: 'gpt-4o', estimated_input_tokens: 1000 },
      }),
  },
  {
    id: 'openmonetize-limit',
    title: 'OpenMonetize: PUT of an entitlement',
    toAsk: ({ openmonetize }) =>
      toWrite('PUT', `${openmonetize}/v1/entitlements/${LIMIT_ID}`, CUSTOMER, { limitValue: 7 }),
  },
  {
    id: 'openmonetize-usage',
    title: 'OpenMonetize: usage of a month',
    toAsk: ({ openmonetize }) => toRead(`${openmonetize}/v1/analytics/usage`, CUSTOMER),
  },
];
