import type { ProviderDefinition, Variant } from '../../../core/provider/provider.ts';
import type { operations as HeadSpec } from '../../../generated/openmonetize-head.ts';
import type { OpenMonetize } from '../operation.ts';
import * as analytics from './analytics.ts';
import * as burnTables from './burn-tables.ts';
import * as credits from './credits.ts';
import * as customers from './customers.ts';
import * as entitlements from './entitlements.ts';
import * as events from './events.ts';
import * as misrouted from './misrouted.ts';
import * as rating from './rating.ts';
import * as service from './service.ts';
import * as users from './users.ts';

/** Operations that are the same in both profiles. */
const shared = {
  registerCustomer: customers.registerCustomer,
  getCurrentCustomer: customers.getCurrentCustomer,
  updateEntitlement: entitlements.updateEntitlement,
  deleteEntitlement: entitlements.deleteEntitlement,
  listPrices: rating.listPrices,
  getHealth: service.getHealth,
  getInfo: service.getInfo,
};

export const seedOperations: ProviderDefinition<OpenMonetize>['operations'] = {
  ...shared,
  getReady: service.getReady,
  getCreditBalance: credits.getCreditBalance,
  grantCredits: credits.grantCredits,
  purchaseCredits: credits.purchaseCredits,
  getUserCredits: credits.getUserCredits,
  getUserTransactions: credits.getUserTransactions,
  checkEntitlement: entitlements.checkEntitlement,
  createEntitlement: entitlements.createEntitlement,
  listEntitlements: entitlements.listEntitlements,
  ingestEvents: events.ingestEvents,
  listEvents: misrouted.listSeedEvents,
  getUsage: analytics.getUsage,
  getCosts: analytics.getCosts,
  getBurnRate: analytics.getBurnRate,
  calculateCost: rating.calculateCost,
  calculateCosts: rating.calculateCosts,
  ...burnTables,
};

export const headOperations: Variant<HeadSpec, OpenMonetize>['operations'] = {
  ...shared,
  getReady: service.getReadyWithChecks,
  getCreditBalance: credits.getCreditBalanceOrZero,
  grantCredits: credits.grantOwnCredits,
  purchaseCredits: credits.purchaseOwnCredits,
  getUserCredits: credits.getOwnUserCredits,
  getUserTransactions: credits.getOwnUserTransactions,
  checkEntitlement: entitlements.checkOwnEntitlement,
  createEntitlement: entitlements.createOwnEntitlement,
  listEntitlements: entitlements.listOwnEntitlements,
  ingestEvents: events.ingestOwnEvents,
  listEvents: events.listEvents,
  getUsage: analytics.getFilteredUsage,
  getCosts: analytics.getOwnCosts,
  getBurnRate: analytics.getOwnBurnRate,
  getCostBreakdown: misrouted.getCostBreakdown,
  getUsageTrends: misrouted.getUsageTrends,
  getBurnForecast: misrouted.getBurnForecast,
  getSummary: misrouted.getSummary,
  calculateCost: rating.calculateOwnCost,
  calculateCosts: rating.calculateOwnCosts,
  listBurnTables: misrouted.listNoBurnTables,
  createBurnTable: misrouted.createNoBurnTable,
  getBurnTable: misrouted.getNoBurnTable,
  updateBurnTable: misrouted.updateNoBurnTable,
  deleteBurnTable: misrouted.deleteNoBurnTable,
  getActiveBurnTable: misrouted.getNoActiveBurnTable,
  rotateKey: customers.rotateKey,
  ...users,
};
