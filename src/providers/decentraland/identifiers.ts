import type { RandomSource } from '../../core/provider/call.ts';
import type { CreditId, State } from './state.ts';

const HEXADECIMAL = '0123456789abcdef';

/**
 * Creates an unused UUID of version 4. After a saved state is loaded, random values restart and may repeat.
 *
 * @param stream of the random values
 */
export function createUuid(random: RandomSource, stream: string, isTaken: (id: string) => boolean): string {
  const draw = (length: number, alphabet = HEXADECIMAL): string => random.text(stream, alphabet, length);
  for (;;) {
    const id = `${draw(8)}-${draw(4)}-4${draw(3)}-${draw(1, '89ab')}${draw(3)}-${draw(12)}`;
    if (!isTaken(id)) return id;
  }
}

/** Creates the id of a credit, or of another record that is signed like one. */
export function createCreditId(state: State, random: RandomSource): CreditId {
  const isTaken = (id: string): boolean =>
    state.credits.find(id) !== undefined || state.purchases.find(id) !== undefined;
  return createUuid(random, 'credit', isTaken) as CreditId;
}
