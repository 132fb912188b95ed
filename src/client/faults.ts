import type { components } from '../generated/emulator.ts';
import { Group, type AnswerOf, type BodyOf } from './control-api.ts';
import type { NamingSeveral, ProviderName } from './names.ts';

export type ArmedFault = components['schemas']['ArmedFault'];

/** A rule of faults; `docs/faults.md` has a recipe for each effect. */
export type Fault<P = ProviderName> = NamingSeveral<BodyOf<'addFault'>, P>;

/** The rules by which exchanges of a sandbox are failed. */
export class Faults extends Group {
  /** Arms a rule behind the others. */
  add<P extends ProviderName = ProviderName>(rule: Fault<P>): Promise<ArmedFault> {
    return this.api.call('addFault', { body: rule as BodyOf<'addFault'> });
  }

  /** In the order in which they are tried. */
  list(): Promise<AnswerOf<'listFaults'>> {
    return this.api.call('listFaults', {});
  }

  get(id: string): Promise<ArmedFault> {
    return this.api.call('getFault', { path: { id } });
  }

  /** Arms a rule in the place of the one with this id, if there is one; it counts from the beginning. */
  put<P extends ProviderName = ProviderName>(id: string, rule: Fault<P>): Promise<ArmedFault> {
    return this.api.call('putFault', { path: { id }, body: rule as BodyOf<'putFault'> });
  }

  delete(id: string): Promise<void> {
    return this.api.call('deleteFault', { path: { id } });
  }

  /** Takes all of them away. */
  clear(): Promise<void> {
    return this.api.call('clearFaults', {});
  }
}
