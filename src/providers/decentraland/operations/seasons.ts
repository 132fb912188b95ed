import type { DocumentOperation, SharedOperation, WireOperation } from '../operation.ts';
import { presentSeason, presentSeasons, presentWireSeasons } from '../present.ts';
import { getCurrentSeason } from '../wallets.ts';

// ASSUMED: a gap between two seasons has no season.
export const getSeason: SharedOperation<'getSeason'> = ({ state, now }) => ({
  status: 200,
  body: presentSeason(getCurrentSeason(state, now), now),
});

export const getSeasons: DocumentOperation<'getSeasons'> = ({ state, now }) => ({
  status: 200,
  body: presentSeasons([...state.seasons.list('start')], now),
});

export const getWireSeasons: WireOperation<'getSeasons'> = ({ state, now }) => ({
  status: 200,
  body: presentWireSeasons([...state.seasons.list('start')], now),
});
