import { toBundledUrl } from '../../core/values/bundled-file.ts';
import { defineProvider, type Provider } from '../../core/provider/provider.ts';
import { authenticate, findApiKey, findFault, findName, findSubject } from './auth.ts';
import {
  addBurnTable,
  adjustWallet,
  createTeam,
  createUser as makeUser,
  setQuotaUsage,
  setUnitPrice,
  suspendCustomer,
} from './controls.ts';
import { FAILURES, renderHeadFailure, renderSeedFailure } from './errors.ts';
import { fixture } from './fixture.ts';
import type { OpenMonetize } from './operation.ts';
import { headOperations, seedOperations } from './operations/index.ts';
import { options } from './options.ts';
import { body, cors, headers, limit, paths } from './policies.ts';
import { collections } from './state.ts';
import { burn } from './usage.ts';

export const openmonetize: Provider = defineProvider<OpenMonetize>({
  id: 'openmonetize',
  title: 'OpenMonetize',
  hosts: ['api.openmonetize.io'],
  document: toBundledUrl('specs/openmonetize.yaml'),
  seed: toBundledUrl('fixtures/openmonetize.yaml'),
  // FIDELITY: profile seed converts every value that it can, head none (real server).
  coercion: 'everything',
  // FIDELITY: profile seed reports only the first failure, head all of them (real server).
  failures: 'first',
  options,
  env({ customers }, url) {
    const active = [...customers.list('place')].find(({ status }) => status === 'ACTIVE');
    return { OPENMONETIZE_BASE_URL: url, ...(active && { OPENMONETIZE_API_KEY: active.apiKey }) };
  },
  // FIDELITY: a request without a key and with a wrong body is a 400, not a 401 (real server).
  stages: ['limit', 'parse', 'validate', 'authenticate'],
  limit,
  body,
  paths,
  cors,
  headers,
  credential: ({ headers: sent }) => findApiKey(sent),
  authenticate,
  subject: findSubject,
  faultOf: findFault,
  nameOf: findName,
  identify: ({ id }) => ({ tenant: id, account: '' }),
  codes: FAILURES,
  secrets: ['apiKey', 'x-api-key'],
  collections,
  // 2: events have their cost. 3: transactions have their position in a history.
  recordVersion: 3,
  due: { burn },
  controls: {
    createUser: makeUser,
    createTeam,
    adjustWallet,
    suspendCustomer,
    setUnitPrice,
    addBurnTable,
    setQuotaUsage,
  },
  fixture,
  operations: seedOperations,
  renderFailure: renderSeedFailure,
  variants: {
    option: 'profile',
    byValue: {
      head: {
        document: toBundledUrl('specs/openmonetize-head.yaml'),
        coercion: 'nothing',
        failures: 'all',
        operations: headOperations,
        renderFailure: renderHeadFailure,
      },
    },
  },
});
