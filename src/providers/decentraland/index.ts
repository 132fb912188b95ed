import { toBundledUrl } from '../../core/values/bundled-file.ts';
import { defineProvider, type Provider } from '../../core/provider/provider.ts';
import { consume, endSeason, flag, grant, pauseSeason, revoke, unflag } from './controls.ts';
import * as enrolment from './operations/enrolment.ts';
import { FAILURES, renderFailure } from './errors.ts';
import { fixture } from './fixture.ts';
import { completeSteps, defineGoals, readCaptcha } from './goals/controls.ts';
import * as goals from './goals/operations.ts';
import type { Decentraland } from './operation.ts';
import { getCredits, getCreditsStream, getWireCredits, getWireCreditsStream } from './operations/credits.ts';
import { getSeason, getSeasons, getWireSeasons } from './operations/seasons.ts';
import * as grants from './operations/grants.ts';
import { options } from './options.ts';
import { body, cors, paths, streams } from './policies.ts';
import { authenticate, findToken } from './signatures/auth.ts';
import { signExternalCall, getNameRoute } from './operations/signing.ts';
import { collections, TENANT } from './state.ts';
import { abandonOrder, failOrder, payOrder, settlePurchase } from './usd/controls.ts';
import * as orders from './usd/orders.ts';
import * as purchases from './usd/purchases.ts';
import { endHold } from './usd/purses.ts';
import { endFlag, expire, findFault, findSubject } from './wallets.ts';

/** The settings that both formats share. */
const shared = {
  ...enrolment,
  ...orders,
  ...purchases,
  mintCredit: grants.mintCredit,
  signExternalCall,
  getNameRoute,
};

export const decentraland: Provider = defineProvider<Decentraland>({
  id: 'decentraland',
  title: 'Decentraland Credits Server',
  hosts: ['credits.decentraland.org', 'credits.decentraland.zone', 'credits.decentraland.today'],
  document: toBundledUrl('specs/decentraland.yaml'),
  seed: toBundledUrl('fixtures/decentraland.yaml'),
  options,
  // The service needs no key.
  env: (_, url) => ({ DECENTRALAND_CREDITS_URL: url }),
  clientsDropPaths: true,
  stages: ['parse', 'authenticate', 'validate'],
  body,
  paths,
  cors,
  headers: {},
  // FIDELITY: only administrators need a key (published document; documentation site).
  credential: ({ headers }) => findToken(headers.authorization),
  authenticate,
  subject: findSubject,
  faultOf: findFault,
  identify: ({ address = '' }) => ({ tenant: TENANT, account: address }),
  codes: FAILURES,
  secrets: ['x-identity-auth-chain-*'],
  collections,
  recordVersion: 2,
  streams,
  due: { expire, unflag: endFlag, release: endHold },
  controls: {
    grant,
    consume,
    revoke,
    flag,
    unflag,
    pauseSeason,
    endSeason,
    defineGoals,
    completeSteps,
    readCaptcha,
    payOrder,
    failOrder,
    abandonOrder,
    settlePurchase,
  },
  fixture,
  operations: {
    getCredits,
    getCreditsStream,
    getSeason,
    getSeasons,
    getProgress: goals.getProgress,
    getCaptcha: goals.getCaptcha,
    solveCaptcha: goals.solveCaptcha,
    grantCredit: grants.grantCredit,
    ...shared,
  },
  renderFailure,
  variants: {
    option: 'format',
    byValue: {
      wire: {
        document: toBundledUrl('specs/decentraland-wire.yaml'),
        operations: {
          getCredits: getWireCredits,
          getCreditsStream: getWireCreditsStream,
          getSeason,
          getSeasons: getWireSeasons,
          ...shared,
          grantCredit: grants.grantWireCredit,
          getProgress: goals.getWireProgress,
          getCaptcha: goals.getWireCaptcha,
          solveCaptcha: goals.solveWireCaptcha,
        },
      },
    },
  },
});
