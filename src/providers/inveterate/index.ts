import { toBundledUrl } from '../../core/values/bundled-file.ts';
import { defineProvider, type Provider } from '../../core/provider/provider.ts';
import { authenticate, findApiKey, findFault, findName, findSubject } from './auth.ts';
import { cancelDue } from './cancellation.ts';
import { settle } from './changes.ts';
import * as controls from './controls.ts';
import { FAILURES, renderFailure } from './errors.ts';
import { fixture } from './fixture.ts';
import { expireLot } from './ledger.ts';
import type { Inveterate } from './operation.ts';
import { createCredits, findCredits, redeemCredits } from './operations/credits.ts';
import * as members from './operations/members.ts';
import * as merchants from './operations/merchants.ts';
import * as subscriptions from './operations/subscriptions.ts';
import { options } from './options.ts';
import { collections } from './state.ts';
import { webhooks } from './webhooks.ts';

export const inveterate: Provider = defineProvider<Inveterate>({
  id: 'inveterate',
  title: 'Inveterate',
  hosts: ['public.inveterateapi.com'],
  document: toBundledUrl('specs/inveterate.yaml'),
  seed: toBundledUrl('fixtures/inveterate.yaml'),
  options,
  // The URL has no version. The key is that of the first seeded merchant.
  env(state, url) {
    const first = state.merchants.first('place', []);
    return { INVETERATE_BASE_URL: url, ...(first && { INVETERATE_API_KEY: first.apiKey }) };
  },
  // ASSUMED: in the order that the text of a 400 lists them: key, URL, body.
  stages: ['authenticate', 'parse', 'validate'],
  body: {
    // FIDELITY: the only type of the published document.
    accept: ['application/json'],
    // ASSUMED: a body without a type is read as JSON.
    assume: 'application/json',
    // ASSUMED: the names of operations and schemas are habits of NestJS, whose limit this is.
    limit: 102_400,
    // ASSUMED: nothing is documented.
    depth: 200,
    protoKeys: 'data',
  },
  // ASSUMED: the default routing of Express, on which NestJS is built.
  paths: { doubleSlash: 'refuse', trailingSlash: 'collapse' },
  // ASSUMED: browsers are not documented, and a private key does not belong there. Any origin may call, so that a demo page
  // can, too.
  cors: {
    preflight: {
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Allow-Methods': 'GET,POST,PUT,PATCH,DELETE',
      'Access-Control-Allow-Headers': 'X-Inveterate-Api-Key,Content-Type',
      'Access-Control-Max-Age': '600',
    },
    actual: { 'Access-Control-Allow-Origin': '*' },
  },
  headers: {},
  credential: ({ headers }) => findApiKey(headers),
  authenticate: ({ credential }, { state }) => authenticate(credential, state),
  subject: findSubject,
  faultOf: findFault,
  nameOf: findName,
  identify: ({ merchantId }) => ({ tenant: merchantId, account: '' }),
  codes: FAILURES,
  secrets: ['x-inveterate-api-key', 'apiKey', 'token'],
  collections,
  recordVersion: 3,
  webhooks,
  due: { expire: expireLot, settle, cancel: cancelDue },
  controls: {
    useCode: controls.useCode,
    createMember: controls.createMember,
    expireCredits: controls.expireCredits,
    settle: controls.settle,
    changeTier: controls.changeTier,
    confirmCancellation: controls.confirmCancellation,
    cancelMembership: controls.cancelMembership,
    announce: controls.announce,
  },
  fixture,
  operations: {
    CreditsController_findOne: findCredits,
    CreditsController_create: createCredits,
    MembersController_findAll: members.findMembers,
    MembersController_create: members.createMember,
    MembersController_findOne: members.findMember,
    MerchantController_findOne: merchants.findMerchant,
    StorefrontCreditsController_findOne: findCredits,
    StorefrontCreditsController_redeem: redeemCredits,
    MembersController_update: members.updateMember,
    StorefrontMembersController_findOne: members.findMember,
    StorefrontMembersController_cancel: members.cancelMember,
    TiersController_findAll: merchants.findTiers,
    TiersController_findOne: merchants.findTier,
    TiersController_findBenefits: merchants.findTierBenefits,
    TiersController_findBenefit: merchants.findTierBenefit,
    StorefrontTiersController_findOne: merchants.findTierOfMember,
    StorefrontTiersController_findBenefits: merchants.findBenefitsOfMember,
    BenefitsController_findAll: merchants.findBenefits,
    BenefitsController_findOne: merchants.findBenefit,
    StorefrontBenefitsController_findAll: merchants.findBenefits,
    StorefrontBenefitsController_findOne: merchants.findBenefit,
    WebhookSubscriptionsController_findAll: subscriptions.findSubscriptions,
    WebhookSubscriptionsController_create: subscriptions.createSubscription,
    WebhookSubscriptionsController_update: subscriptions.updateSubscription,
    WebhookSubscriptionsController_remove: subscriptions.removeSubscription,
  },
  renderFailure,
});
