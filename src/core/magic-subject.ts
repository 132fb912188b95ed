import { toMessage } from './failure.ts';
import { FixtureFault, type FixturePath } from './fixture.ts';
import { findCode, RuleFault } from './fault-rule.ts';
import { parseInjection } from './injection.ts';

/** JSON Schema of the field by which a record of a fixture becomes a magic subject. */
export const faultField = {
  type: 'string',
  minLength: 1,
  description: 'A fault that every call about this record meets, such as "status=500; phase=after".',
};

/**
 * The field as the record keeps it.
 *
 * @param at where the record stands
 * @throws {FixtureFault} for what is no fault
 */
export function parseFaultField(written: string | undefined, at: FixturePath): string | undefined {
  if (written === undefined) return undefined;
  try {
    const fault = parseInjection(written);
    if (findCode(fault) !== undefined) throw new RuleFault([], 'A record names a status; codes are for rules.');
    return written;
  } catch (error) {
    throw new FixtureFault([...at, 'fault'], toMessage(error));
  }
}
