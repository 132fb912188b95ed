import { toBundledUrl } from '../../core/values/bundled-file.ts';
import { defineProvider, type Provider } from '../../core/provider/provider.ts';
import { authenticate, findApiKey } from './auth.ts';
import { addMember } from './controls.ts';
import { toEnvironment } from './env.ts';
import { FAILURES, renderFailure } from './errors.ts';
import { fixture } from './fixture.ts';
import type { Klaim } from './operation.ts';
import { getUserCredits, updateUserCredits } from './operations/credits.ts';
import { createUser, getUser, listUsers, updateUser } from './operations/users.ts';
import { options } from './options.ts';
import { body, cors, paths } from './policies.ts';
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
  env: toEnvironment,
  // ASSUMED: the key first, then the body, then the user; nothing is said of the order.
  stages: ['authenticate', 'parse', 'validate'],
  body,
  paths,
  cors,
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
