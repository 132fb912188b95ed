import { renderInstant } from '../../../core/values/clock.ts';
import type { HeadOperation, SeedOperation } from '../operation.ts';

export const getHealth: SeedOperation<'getHealth'> & HeadOperation<'getHealth'> = ({ now }) => ({
  status: 200,
  body: { status: 'ok', timestamp: renderInstant(now) },
});

// ASSUMED: what is looked at.
export const getReady: SeedOperation<'getReady'> & HeadOperation<'getReady'> = ({ now }) => ({
  status: 200,
  body: { status: 'ready', checks: { database: 'ok', redis: 'ok' }, timestamp: renderInstant(now) },
});

// ASSUMED: a service that has just begun, since answers are to be the same each time.
export const getInfo: SeedOperation<'getInfo'> & HeadOperation<'getInfo'> = () => ({
  status: 200,
  body: { service: 'api-gateway', version: '0.1.0', environment: 'development', uptime: 0 },
});
