import { toMessage } from '../values/message.ts';
import { FixtureMistake, type FixturePath } from './fixture.ts';
import { assertCode } from '../faults/fault-rule.ts';
import { parseInjection } from '../faults/injection.ts';

/** JSON Schema of the field that makes a record a magic subject. */
export const faultField = {
  type: 'string',
  minLength: 1,
  description: 'A fault that every call about this record meets, such as "status=500; phase=after".',
};

/**
 * Checks what is written in that field.
 *
 * @param at where it is written
 * @param provider whose failures it may name
 * @throws {FixtureMistake} for what is not a fault
 */
export function parseFault(
  written: string,
  at: FixturePath,
  { id, codes }: { readonly id: string; readonly codes: object },
): string {
  try {
    assertCode(parseInjection(written), id, Object.keys(codes));
    return written;
  } catch (error) {
    throw new FixtureMistake(at, toMessage(error));
  }
}
