import type { RandomSource } from '../../core/provider/call.ts';
import type { CreditId, State } from './state.ts';

const HEXADECIMAL = '0123456789abcdef';

/**
 * A UUID of version 4 that is not taken: after a saved state was put in, chance begins anew and may repeat itself.
 *
 * @param stream of the chance that it is made of
 */
export function createUuid(random: RandomSource, stream: string, isTaken: (id: string) => boolean): string {
  const draw = (length: number, alphabet = HEXADECIMAL): string => random.text(stream, alphabet, length);
  for (;;) {
    const id = `${draw(8)}-${draw(4)}-4${draw(3)}-${draw(1, '89ab')}${draw(3)}-${draw(12)}`;
    if (!isTaken(id)) return id;
  }
}

/** Of a credit, and of what is signed as one is. */
export function createCreditId(state: State, random: RandomSource): CreditId {
  const isTaken = (id: string): boolean =>
    state.credits.find(id) !== undefined || state.purchases.find(id) !== undefined;
  return createUuid(random, 'credit', isTaken) as CreditId;
}
