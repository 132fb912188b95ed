import { credential, field, flag, text, type RecordOf } from '../../../core/provider/fields.ts';
import { defineCollection } from '../../../core/store/collection.ts';
import { id, type GameId } from '../ids.ts';
import { ROUTES } from './routes.ts';

export const serviceKeyFields = {
  name: text(),
  token: credential(),
  game_id: id<GameId>().orNull().required().describe('null for a system key, which gives access to the test suite.'),
};

/** FIDELITY: the dashboard makes and deletes keys, which are valid until then (REST docs, v3). */
export type ServiceKey = RecordOf<typeof serviceKeyFields>;

export const routeSwitchFields = {
  game_id: id<GameId>(),
  /** The operationId. */
  operation: field<string>({ schema: { enum: ROUTES } }).as('route'),
  users: flag(),
  keys: flag(),
};

/** FIDELITY: each route of a game has one switch for users and one for service keys (REST docs, v3). */
export type RouteSwitch = RecordOf<typeof routeSwitchFields>;

export const serviceKeys = defineCollection({ key: (key: ServiceKey) => key.token });

/** Routes without a record are open to both. */
export const routeSwitches = defineCollection({
  key: ({ gameId, route }: RouteSwitch) => toSwitchKey(gameId, route),
});

export function toSwitchKey(gameId: GameId, route: string): string {
  return `${gameId}/${route}`;
}
