import type { Call, Operation } from '../../core/provider/call.ts';
import type { ErrorCode } from './errors.ts';
import type { options } from './options.ts';
import type { collections, User } from './state.ts';
import type { operations } from './types.ts';

type Twins = 'verifyGameJson' | 'fetchGameVariablesJson' | 'removeAttribute' | 'deleteAttributes' | 'deleteAttribute';

/** The types that make an operation one of GameFuse's. */
export interface GameFuse {
  spec: Omit<operations, Twins>;
  collections: typeof collections;
  principal: User;
  options: typeof options;
  code: ErrorCode;
  parameters: 'merged';
}

/** Of a signed-in player, named after the document: `GameFuseOperation<'addCredits'>`. */
export type GameFuseOperation<Id extends keyof GameFuse['spec']> = Operation<GameFuse['spec'][Id], GameFuse>;

/** Of a game, without a player: the document says `security: []`. */
export type OpenOperation<Id extends keyof GameFuse['spec']> = (
  call: Omit<Call<GameFuse['spec'][Id], GameFuse>, 'principal'>,
) => ReturnType<GameFuseOperation<Id>>;
