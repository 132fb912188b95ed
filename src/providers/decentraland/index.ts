import { toBundledUrl } from '../../core/values/bundled-file.ts';
import { defineProvider, type Provider } from '../../core/provider/provider.ts';
import { consume, endSeason, flag, grant, pauseSeason, revoke, unflag } from './controls.ts';
import * as enrolment from './enrolment/operations.ts';
import { toEnvironment } from './env.ts';
import { FAILURES, renderFailure } from './errors.ts';
import { fixture } from './fixture.ts';
import { completeSteps, defineGoals, readCaptcha } from './goals/controls.ts';
import {
  getCaptcha,
  getProgress,
  getWireCaptcha,
  getWireProgress,
  solveCaptcha,
  solveWireCaptcha,
} from './goals/operations.ts';
import type { Decentraland } from './operation.ts';
import { getCredits, getCreditsStream, getWireCredits, getWireCreditsStream } from './operations/credits.ts';
import { getSeason, getSeasons, getWireSeasons } from './operations/seasons.ts';
import { options } from './options.ts';
import { body, cors, paths, streams } from './policies.ts';
import { authenticate } from './signatures/auth.ts';
import { collections } from './state.ts';
import { endFlag, expire, findFault, findSubject } from './wallets.ts';

export const decentraland: Provider = defineProvider<Decentraland>({
  id: 'decentraland',
  title: 'Decentraland Credits Server',
  hosts: ['credits.decentraland.org', 'credits.decentraland.zone', 'credits.decentraland.today'],
  document: toBundledUrl('specs/decentraland.yaml'),
  seed: toBundledUrl('fixtures/decentraland.yaml'),
  options,
  env: toEnvironment,
  clientsDropPaths: true,
  stages: ['parse', 'authenticate', 'validate'],
  body,
  paths,
  cors,
  headers: {},
  // FIDELITY: nobody is asked for a key (published document).
  credential: () => undefined,
  authenticate,
  subject: findSubject,
  faultOf: findFault,
  codes: FAILURES,
  secrets: ['x-identity-auth-chain-*'],
  collections,
  recordVersion: 2,
  streams,
  due: { expire, unflag: endFlag },
  controls: { grant, consume, revoke, flag, unflag, pauseSeason, endSeason, defineGoals, completeSteps, readCaptcha },
  fixture,
  operations: {
    getCredits,
    getCreditsStream,
    getSeason,
    getSeasons,
    ...enrolment,
    getProgress,
    getCaptcha,
    solveCaptcha,
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
          ...enrolment,
          getProgress: getWireProgress,
          getCaptcha: getWireCaptcha,
          solveCaptcha: solveWireCaptcha,
        },
      },
    },
  },
});
