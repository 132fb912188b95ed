import type { components } from '../generated/emulator.ts';
import { Group, type AnswerOf, type BodyOf } from './control-api.ts';
import type { NamingSeveral, ProviderName } from './names.ts';

export type ArmedFault = components['schemas']['ArmedFault'];

/** A fault rule; `docs/faults.md` has a recipe for each effect. */
export type Fault<P = ProviderName> = NamingSeveral<BodyOf<'addFault'>, P>;

/** The fault rules of a sandbox. */
export class Faults extends Group {
  /** Adds a rule after the others. */
  add<P extends ProviderName = ProviderName>(rule: Fault<P>): Promise<ArmedFault> {
    return this.api.call('addFault', { body: rule as BodyOf<'addFault'> });
  }

  /** Lists the rules in the order in which they are tried. */
  list(): Promise<AnswerOf<'listFaults'>> {
    return this.api.call('listFaults', {});
  }

  get(id: string): Promise<ArmedFault> {
    return this.api.call('getFault', { path: { id } });
  }

  /** Adds a rule, or replaces the one with this id; its counters start at zero. */
  put<P extends ProviderName = ProviderName>(id: string, rule: Fault<P>): Promise<ArmedFault> {
    return this.api.call('putFault', { path: { id }, body: rule as BodyOf<'putFault'> });
  }

  delete(id: string): Promise<void> {
    return this.api.call('deleteFault', { path: { id } });
  }

  /** Removes all rules. */
  clear(): Promise<void> {
    return this.api.call('clearFaults', {});
  }
}
