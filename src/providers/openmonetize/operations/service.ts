import { renderInstant } from '../../../core/values/clock.ts';
import type { HeadOperation, SeedOperation } from '../operation.ts';

export const getHealth: SeedOperation<'getHealth'> & HeadOperation<'getHealth'> = ({ now }) => ({
  status: 200,
  body: { status: 'ok', timestamp: renderInstant(now) },
});

// FIDELITY: the server's schema of `checks` has no properties there, so that none are sent (server source).
export const getReady: SeedOperation<'getReady'> = ({ now }) => ({
  status: 200,
  body: { status: 'ready', checks: {}, timestamp: renderInstant(now) },
});

// FIDELITY: what is looked at, and how it is (server source).
export const getReadyWithChecks: HeadOperation<'getReady'> = ({ now }) => ({
  status: 200,
  body: {
    status: 'ready',
    checks: { database: true, ingestionService: true, ratingEngine: true },
    timestamp: renderInstant(now),
  },
});

// ASSUMED: a service that has just begun, since answers are to be the same each time.
export const getInfo: SeedOperation<'getInfo'> & HeadOperation<'getInfo'> = () => ({
  status: 200,
  body: { service: 'api-gateway', version: '0.1.0', environment: 'development', uptime: 0 },
});
