import type { ProviderDefinition, Variant } from '../../../core/provider/provider.ts';
import type { operations as HeadSpec } from '../../../generated/openmonetize-head.ts';
import type { OpenMonetize } from '../operation.ts';
import { getBurnRate, getCosts, getFilteredUsage, getOwnBurnRate, getOwnCosts, getUsage } from './analytics.ts';
import * as burnTables from './burn-tables.ts';
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
import {
  checkEntitlement,
  checkOwnEntitlement,
  createEntitlement,
  createOwnEntitlement,
  deleteEntitlement,
  listEntitlements,
  listOwnEntitlements,
  updateEntitlement,
} from './entitlements.ts';
import { ingestEvents, ingestOwnEvents, listEvents } from './events.ts';
import * as misrouted from './misrouted.ts';
import { calculateCost, calculateCosts, calculateOwnCost, calculateOwnCosts, listPrices } from './rating.ts';
import { getHealth, getInfo, getReady, getReadyWithChecks } from './service.ts';
import { createUser, getUser, listUsers } from './users.ts';

/** Operations that are the same in both profiles. */
const shared = {
  registerCustomer,
  getCurrentCustomer,
  updateEntitlement,
  deleteEntitlement,
  listPrices,
  getHealth,
  getInfo,
};

export const seedOperations: ProviderDefinition<OpenMonetize>['operations'] = {
  ...shared,
  getReady,
  getCreditBalance,
  grantCredits,
  purchaseCredits,
  getUserCredits,
  getUserTransactions,
  checkEntitlement,
  createEntitlement,
  listEntitlements,
  ingestEvents,
  listEvents: misrouted.listSeedEvents,
  getUsage,
  getCosts,
  getBurnRate,
  calculateCost,
  calculateCosts,
  listBurnTables: burnTables.listBurnTables,
  createBurnTable: burnTables.createBurnTable,
  getBurnTable: burnTables.getBurnTable,
  updateBurnTable: burnTables.updateBurnTable,
  deleteBurnTable: burnTables.deleteBurnTable,
  getActiveBurnTable: burnTables.getActiveBurnTable,
};

export const headOperations: Variant<HeadSpec, OpenMonetize>['operations'] = {
  ...shared,
  getReady: getReadyWithChecks,
  getCreditBalance: getCreditBalanceOrZero,
  grantCredits: grantOwnCredits,
  purchaseCredits: purchaseOwnCredits,
  getUserCredits: getOwnUserCredits,
  getUserTransactions: getOwnUserTransactions,
  checkEntitlement: checkOwnEntitlement,
  createEntitlement: createOwnEntitlement,
  listEntitlements: listOwnEntitlements,
  ingestEvents: ingestOwnEvents,
  listEvents,
  getUsage: getFilteredUsage,
  getCosts: getOwnCosts,
  getBurnRate: getOwnBurnRate,
  getCostBreakdown: misrouted.getCostBreakdown,
  getUsageTrends: misrouted.getUsageTrends,
  getBurnForecast: misrouted.getBurnForecast,
  getSummary: misrouted.getSummary,
  calculateCost: calculateOwnCost,
  calculateCosts: calculateOwnCosts,
  listBurnTables: misrouted.listNoBurnTables,
  createBurnTable: misrouted.createNoBurnTable,
  getBurnTable: misrouted.getNoBurnTable,
  updateBurnTable: misrouted.updateNoBurnTable,
  deleteBurnTable: misrouted.deleteNoBurnTable,
  getActiveBurnTable: misrouted.getNoActiveBurnTable,
  rotateKey,
  listUsers,
  createUser,
  getUser,
};
