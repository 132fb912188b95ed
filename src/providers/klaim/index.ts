import { toBundledUrl } from '../../core/values/bundled-file.ts';
import { defineProvider, type Provider } from '../../core/provider/provider.ts';
import { authenticate, findApiKey } from './auth.ts';
import { addMember } from './controls.ts';
import { FAILURES, renderFailure } from './errors.ts';
import { fixture } from './fixture.ts';
import type { Klaim } from './operation.ts';
import { getUserCredits, updateUserCredits } from './operations/credits.ts';
import { createUser, getUser, listUsers, updateUser } from './operations/users.ts';
import { options } from './options.ts';
import { collections } from './state.ts';
import { findFault, findName, findSubject } from './users.ts';

export const klaim: Provider = defineProvider<Klaim>({
  id: 'klaim',
  title: 'Klaim',
  // The vendor publishes no base URL.
  hosts: [],
  document: toBundledUrl('specs/klaim.yaml'),
  seed: toBundledUrl('fixtures/klaim.yaml'),
  options,
  // The key is that of the app that was seeded first.
  env({ apps }, url) {
    const first = apps.first('place', []);
    return { KLAIM_BASE_URL: url, ...(first && { KLAIM_API_KEY: first.apiKey }) };
  },
  // ASSUMED: the key first, then the body, then the user; the docs give no order.
  stages: ['authenticate', 'parse', 'validate'],
  body: {
    // FIDELITY: every call is documented with `Content-Type: application/json` (vendor docs, "header").
    accept: ['application/json'],
    // ASSUMED: a body without a type is read as JSON.
    assume: 'application/json',
    // ASSUMED: no limits are documented.
    limit: 1_048_576,
    depth: 200,
    protoKeys: 'data',
  },
  // ASSUMED: nothing is documented; an extra slash is another route, as at most gateways.
  paths: { doubleSlash: 'refuse', trailingSlash: 'refuse' },
  // ASSUMED: any origin may call, so that the page of a demo can; browsers are not documented.
  cors: {
    preflight: {
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Allow-Methods': 'GET,POST,PUT',
      'Access-Control-Allow-Headers': 'Authorization,Content-Type',
      'Access-Control-Max-Age': '600',
    },
    actual: { 'Access-Control-Allow-Origin': '*' },
  },
  headers: {},
  credential: ({ headers }) => findApiKey(headers.authorization),
  authenticate: ({ credential }, { state }) => authenticate(credential, state),
  subject: findSubject,
  faultOf: findFault,
  nameOf: findName,
  identify: ({ appId }) => ({ tenant: appId, account: '' }),
  codes: FAILURES,
  secrets: ['api_key', 'apiKey'],
  collections,
  controls: { addMember },
  fixture,
  operations: { createUser, listUsers, getUser, updateUser, getUserCredits, updateUserCredits },
  renderFailure,
});
