import { renderInstant } from '../../../core/values/clock.ts';
import type { HeadOperation, SeedOperation } from '../operation.ts';

export const getHealth: SeedOperation<'getHealth'> & HeadOperation<'getHealth'> = ({ now }) => ({
  status: 200,
  body: { status: 'ok', timestamp: renderInstant(now) },
});

// FIDELITY: the server's schema of `checks` has no properties in this profile, so none are sent (server source).
export const getReady: SeedOperation<'getReady'> = ({ now }) => ({
  status: 200,
  body: { status: 'ready', checks: {}, timestamp: renderInstant(now) },
});

// FIDELITY: the names of the checks (server source).
export const getReadyWithChecks: HeadOperation<'getReady'> = ({ now }) => ({
  status: 200,
  body: {
    status: 'ready',
    checks: { database: true, ingestionService: true, ratingEngine: true },
    timestamp: renderInstant(now),
  },
});

// ASSUMED: an uptime of 0, so that responses are the same each time.
export const getInfo: SeedOperation<'getInfo'> & HeadOperation<'getInfo'> = () => ({
  status: 200,
  body: { service: 'api-gateway', version: '0.1.0', environment: 'development', uptime: 0 },
});
