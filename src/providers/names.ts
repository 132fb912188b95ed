/**
 * The names that editors complete: ids of the bundled providers, and of each its operations and
 * controls. Types only, so that a page in a browser can have them too.
 */
import type { operations as Decentraland } from './decentraland/types.ts';
import type { operations as GameFuse } from './gamefuse/types.ts';
import type { operations as Inveterate } from './inveterate/types.ts';
import type { operations as Klaim } from './klaim/types.ts';
import type { operations as OpenMonetize } from './openmonetize/types.ts';

/** By the id of their provider. Those of its variants have the same names. */
export interface Operations {
  readonly decentraland: keyof Decentraland;
  readonly gamefuse: keyof GameFuse;
  readonly inveterate: keyof Inveterate;
  readonly klaim: keyof Klaim;
  readonly openmonetize: keyof OpenMonetize;
}

/** By the id of their provider. */
export interface Controls {
  readonly decentraland: 'grant' | 'consume' | 'revoke' | 'flag' | 'unflag' | 'pauseSeason' | 'endSeason';
  readonly gamefuse: 'createGame' | 'createStoreItem' | 'priceStoreItem' | 'setGameVariable' | 'disableGame';
  readonly inveterate: 'useCode' | 'createMember' | 'expireCredits' | 'settle';
  readonly klaim: 'addMember';
  readonly openmonetize: 'createUser' | 'createTeam' | 'adjustWallet' | 'suspendCustomer';
}

export type ProviderId = keyof Operations;
