import { toBundledUrl } from '../../core/values/bundled-file.ts';
import { defineProvider, type Provider } from '../../core/provider/provider.ts';
import { authenticate, findApiKey, findFault, findName, findSubject } from './auth.ts';
import { settle as settleChange } from './changes.ts';
import { createMember as addMember, expireCredits, settle, useCode } from './controls.ts';
import { toEnvironment } from './env.ts';
import { FAILURES, renderFailure } from './errors.ts';
import { fixture } from './fixture.ts';
import { expireLot } from './ledger.ts';
import type { Inveterate } from './operation.ts';
import { createCredits, findCredits, redeemCredits } from './operations/credits.ts';
import { createMember, findMember, findMembers } from './operations/members.ts';
import { findMerchant } from './operations/merchant.ts';
import { options } from './options.ts';
import { body, cors, paths } from './policies.ts';
import { collections } from './state.ts';

export const inveterate: Provider = defineProvider<Inveterate>({
  id: 'inveterate',
  title: 'Inveterate',
  hosts: ['public.inveterateapi.com'],
  document: toBundledUrl('specs/inveterate.yaml'),
  seed: toBundledUrl('fixtures/inveterate.yaml'),
  options,
  env: toEnvironment,
  // ASSUMED: in the order in which the text of a 400 names them: key, URL, body.
  stages: ['authenticate', 'parse', 'validate'],
  body,
  paths,
  cors,
  headers: {},
  credential: ({ headers }) => findApiKey(headers),
  authenticate: ({ credential }, { state }) => authenticate(credential, state),
  subject: findSubject,
  faultOf: findFault,
  nameOf: findName,
  codes: FAILURES,
  secrets: ['x-inveterate-api-key', 'apiKey'],
  collections,
  due: { expire: expireLot, settle: settleChange },
  controls: { useCode, createMember: addMember, expireCredits, settle },
  fixture,
  operations: {
    CreditsController_findOne: findCredits,
    CreditsController_create: createCredits,
    MembersController_findAll: findMembers,
    MembersController_create: createMember,
    MembersController_findOne: findMember,
    MerchantController_findOne: findMerchant,
    StorefrontCreditsController_findOne: findCredits,
    StorefrontCreditsController_redeem: redeemCredits,
  },
  renderFailure,
});
