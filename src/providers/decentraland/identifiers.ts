import type { RandomSource } from '../../core/provider/call.ts';
import type { CreditId, State } from './state.ts';

const HEXADECIMAL = '0123456789abcdef';

/** A UUID of version 4 that no credit has: after a saved state was put in, chance begins anew and may repeat itself. */
export function createCreditId(state: State, random: RandomSource): CreditId {
  const draw = (length: number, alphabet = HEXADECIMAL): string => random.text('credit', alphabet, length);
  for (;;) {
    const id = `${draw(8)}-${draw(4)}-4${draw(3)}-${draw(1, '89ab')}${draw(3)}-${draw(12)}`;
    if (!state.credits.find(id)) return id as CreditId;
  }
}
