import type { Call, Operation } from '../../core/provider/call.ts';
import type { ErrorCode } from './errors.ts';
import type { options } from './options.ts';
import type { SystemKey } from './keys/access.ts';
import type { collections, User } from './state.ts';
import type { operations } from '../../generated/gamefuse.ts';

type Twins =
  | 'verifyGameJson'
  | 'fetchGameVariablesJson'
  | 'removeAttribute'
  | 'deleteAttributes'
  | 'deleteAttribute'
  | 'createTestStoreItems';

/** The types that make an operation one of GameFuse's. */
export interface GameFuse {
  spec: Omit<operations, Twins>;
  collections: typeof collections;
  principal: User | SystemKey;
  options: typeof options;
  code: ErrorCode;
  parameters: 'merged';
}

type Id = keyof GameFuse['spec'];
type AnyCaller<I extends Id> = Operation<GameFuse['spec'][I], GameFuse>;
type CallFrom<I extends Id, Caller> = Omit<Call<GameFuse['spec'][I], GameFuse>, 'principal'> & Caller;

/** An operation of a signed-in player, by its operationId: `GameFuseOperation<'addCredits'>`. */
export type GameFuseOperation<I extends Id> = (
  call: CallFrom<I, { readonly principal: User }>,
) => ReturnType<AnyCaller<I>>;

/** An operation without a player: it has `security: []` in the document, or needs a system key. */
export type OpenOperation<I extends Id> = (call: CallFrom<I, object>) => ReturnType<AnyCaller<I>>;

/** Gives operations of players the type that `defineProvider` takes. `authenticate` has refused system keys for them. */
export function ofPlayers<O extends { readonly [I in Id]?: GameFuseOperation<I> }>(
  operations: O,
): { readonly [I in keyof O & Id]: AnyCaller<I> } {
  return operations as { readonly [I in keyof O & Id]: AnyCaller<I> };
}
