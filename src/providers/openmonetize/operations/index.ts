import type { ProviderDefinition, Variant } from '../../../core/provider/provider.ts';
import type { operations as HeadSpec } from '../head-types.ts';
import type { OpenMonetize } from '../operation.ts';
import {
  getCreditBalance,
  getCreditBalanceOrZero,
  getOwnUserCredits,
  getOwnUserTransactions,
  getUserCredits,
  getUserTransactions,
  grantCredits,
  grantOwnCredits,
  purchaseCredits,
  purchaseOwnCredits,
} from './credits.ts';
import { getCurrentCustomer, registerCustomer, rotateKey } from './customers.ts';
import { ingestEvents, ingestOwnEvents } from './events.ts';
import { getHealth, getInfo, getReady, getReadyWithChecks } from './service.ts';
import { createUser, getUser, listUsers } from './users.ts';

/** What both profiles do alike. */
const shared = { registerCustomer, getCurrentCustomer, getHealth, getInfo };

export const seedOperations: ProviderDefinition<OpenMonetize>['operations'] = {
  ...shared,
  getReady,
  getCreditBalance,
  grantCredits,
  purchaseCredits,
  getUserCredits,
  getUserTransactions,
  ingestEvents,
};

export const headOperations: Variant<HeadSpec, OpenMonetize>['operations'] = {
  ...shared,
  getReady: getReadyWithChecks,
  getCreditBalance: getCreditBalanceOrZero,
  grantCredits: grantOwnCredits,
  purchaseCredits: purchaseOwnCredits,
  getUserCredits: getOwnUserCredits,
  getUserTransactions: getOwnUserTransactions,
  rotateKey,
  ingestEvents: ingestOwnEvents,
  listUsers,
  createUser,
  getUser,
};
