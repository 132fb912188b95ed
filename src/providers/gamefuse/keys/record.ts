import { defineCollection } from '../../../core/store/collection.ts';
import type { GameId } from '../ids.ts';

/** FIDELITY: made and deleted in the dashboard, and good until deleted (REST docs, v3). */
export interface ServiceKey {
  readonly name: string;
  readonly token: string;
  /** `null` for a key of the system, which opens the test suite and nothing else. */
  readonly gameId: GameId | null;
}

/** FIDELITY: each route of a game has a switch for its users and one for its service keys (REST docs, v3). */
export interface RouteSwitch {
  readonly gameId: GameId;
  /** Its operationId. */
  readonly route: string;
  readonly users: boolean;
  readonly keys: boolean;
}

export const serviceKeys = defineCollection({ key: (key: ServiceKey) => key.token });

/** Routes that are not here are open to both. */
export const routeSwitches = defineCollection({
  key: ({ gameId, route }: RouteSwitch) => toSwitchKey(gameId, route),
});

export function toSwitchKey(gameId: GameId, route: string): string {
  return `${gameId}/${route}`;
}
