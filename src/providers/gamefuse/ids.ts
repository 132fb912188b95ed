import type { Brand } from '../../core/values/brand.ts';

export type GameId = Brand<number, 'GameId'>;
export type UserId = Brand<number, 'UserId'>;
export type StoreItemId = Brand<number, 'StoreItemId'>;
