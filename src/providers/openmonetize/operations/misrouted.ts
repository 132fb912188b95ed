import type { Calling, HeadOperation, SeedOperation } from '../operation.ts';

// FIDELITY: the gateway forwards these calls to a service that does not have their path. The 404 of that service names the
// route, and has only two keys if the operation declares a 404 (real server).

function toWrongRoute(route: string) {
  const body = { message: `Route ${route} not found`, error: 'Not Found' as const, statusCode: 404 as const };
  return { status: 404 as const, body };
}

function toShortWrongRoute(route: string) {
  return { status: 404 as const, body: { error: 'Not Found' as const, message: `Route ${route} not found` } };
}

type Query = Readonly<Record<string, string | undefined>>;

/** ASSUMED: the path after `/v1/rating`, and that the customer precedes the caller's parameters. */
function toPath(path: string, { id }: Calling['principal'], query: Query = {}): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return `/v1/rating${path}?${new URLSearchParams([['customerId', id], ...given]).toString()}`;
}

export const listSeedEvents: SeedOperation<'listEvents'> = () => toWrongRoute('GET:/v1/events');

export const getCostBreakdown: HeadOperation<'getCostBreakdown'> = ({ principal, query }) =>
  toWrongRoute(`GET:${toPath('/analytics/cost-breakdown', principal, query)}`);

export const getUsageTrends: HeadOperation<'getUsageTrends'> = ({ principal, query }) =>
  toWrongRoute(`GET:${toPath('/analytics/usage-trends', principal, query)}`);

export const getBurnForecast: HeadOperation<'getBurnForecast'> = ({ principal, query }) =>
  toWrongRoute(`GET:${toPath('/analytics/burn-forecast', principal, query)}`);

export const getSummary: HeadOperation<'getSummary'> = ({ principal }) =>
  toWrongRoute(`GET:${toPath('/analytics/summary', principal)}`);

export const listNoBurnTables: HeadOperation<'listBurnTables'> = ({ principal, query }) =>
  toWrongRoute(`GET:${toPath('/burn-tables', principal, query)}`);

export const createNoBurnTable: HeadOperation<'createBurnTable'> = () => toWrongRoute('POST:/v1/rating/burn-tables');

export const getNoActiveBurnTable: HeadOperation<'getActiveBurnTable'> = ({ principal }) =>
  toShortWrongRoute(`GET:/v1/rating/burn-tables/customer/${principal.id}/active`);

export const getNoBurnTable: HeadOperation<'getBurnTable'> = ({ path }) =>
  toShortWrongRoute(`GET:/v1/rating/burn-tables/${path.id}`);

export const updateNoBurnTable: HeadOperation<'updateBurnTable'> = ({ path }) =>
  toShortWrongRoute(`PATCH:/v1/rating/burn-tables/${path.id}`);

export const deleteNoBurnTable: HeadOperation<'deleteBurnTable'> = ({ path }) =>
  toShortWrongRoute(`DELETE:/v1/rating/burn-tables/${path.id}`);
