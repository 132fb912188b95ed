import { toBundledUrl } from '../../core/values/bundled-file.ts';
import { defineProvider, type Provider } from '../../core/provider/provider.ts';
import { authenticate, findApiKey, findFault, findName, findSubject } from './auth.ts';
import { cancelDue } from './cancellation.ts';
import { settle as settleChange } from './changes.ts';
import { expireCredits, settle, useCode } from './controls/credits.ts';
import { cancelMembership, changeTier, confirmCancellation, createMember as addMember } from './controls/members.ts';
import { announce } from './controls/webhooks.ts';
import { FAILURES, renderFailure } from './errors.ts';
import { fixture } from './fixture.ts';
import { expireLot } from './ledger.ts';
import type { Inveterate } from './operation.ts';
import { createCredits, findCredits, redeemCredits } from './operations/credits.ts';
import { cancelMember, createMember, findMember, findMembers, updateMember } from './operations/members.ts';
import { findMerchant } from './operations/merchant.ts';
import {
  createSubscription,
  findSubscriptions,
  removeSubscription,
  updateSubscription,
} from './operations/subscriptions.ts';
import {
  findBenefit,
  findBenefits,
  findBenefitsOfMember,
  findStorefrontBenefit,
  findTier,
  findTierBenefit,
  findTierBenefits,
  findTierOfMember,
  findTiers,
} from './operations/tiers.ts';
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
  env({ merchants }, url) {
    const first = merchants.first('place', []);
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
  due: { expire: expireLot, settle: settleChange, cancel: cancelDue },
  controls: {
    useCode,
    createMember: addMember,
    expireCredits,
    settle,
    changeTier,
    confirmCancellation,
    cancelMembership,
    announce,
  },
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
    MembersController_update: updateMember,
    StorefrontMembersController_findOne: findMember,
    StorefrontMembersController_cancel: cancelMember,
    TiersController_findAll: findTiers,
    TiersController_findOne: findTier,
    TiersController_findBenefits: findTierBenefits,
    TiersController_findBenefit: findTierBenefit,
    StorefrontTiersController_findOne: findTierOfMember,
    StorefrontTiersController_findBenefits: findBenefitsOfMember,
    BenefitsController_findAll: findBenefits,
    BenefitsController_findOne: findBenefit,
    StorefrontBenefitsController_findAll: findBenefits,
    StorefrontBenefitsController_findOne: findStorefrontBenefit,
    WebhookSubscriptionsController_findAll: findSubscriptions,
    WebhookSubscriptionsController_create: createSubscription,
    WebhookSubscriptionsController_update: updateSubscription,
    WebhookSubscriptionsController_remove: removeSubscription,
  },
  renderFailure,
});
