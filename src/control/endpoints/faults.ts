import { parseRule, RuleMistake, type FaultRule, type WrittenRule } from '../../core/faults/fault-rule.ts';
import type { ArmedRule } from '../../core/faults/armed-rules.ts';
import { suggest } from '../../core/values/nearest.ts';
import { quote, shorten } from '../../core/values/quotation.ts';
import type { Sandbox } from '../../core/sandbox/sandbox.ts';
import type { Endpoint, Installation } from '../endpoint.ts';
import { presentRule } from '../present.ts';
import { toFailure } from '../problems.ts';
import type { components } from '../../generated/emulator.ts';

export const listFaults: Endpoint<'listFaults'> = ({ sandbox }) => ({
  status: 200,
  body: { faults: [...sandbox.faults.list()].map((armed) => presentRule(armed, sandbox.clock.now())) },
});

export const addFault: Endpoint<'addFault'> = ({ sandbox, installation, body }) => {
  const { id } = body;
  if (id !== undefined && sandbox.faults.find(id))
    throw toFailure('FAULT_EXISTS', `The rule ${quote(id)} exists already.`);
  const rule = parse(body, id ?? '', installation);
  const armed = sandbox.changeFaults('addFault', (faults) =>
    faults.put(id === undefined ? { ...rule, id: faults.nextId() } : rule, sandbox.clock.now()),
  );
  return { status: 201, body: presentRule(armed, sandbox.clock.now()) };
};

export const clearFaults: Endpoint<'clearFaults'> = ({ sandbox }) => {
  sandbox.changeFaults('clearFaults', (faults) => {
    faults.clear();
  });
  return { status: 204 };
};

export const getFault: Endpoint<'getFault'> = ({ sandbox, path: { id } }) => ({
  status: 200,
  body: presentRule(getArmed(sandbox, id), sandbox.clock.now()),
});

export const putFault: Endpoint<'putFault'> = ({ sandbox, installation, path: { id }, body }) => {
  if (body.id !== undefined && body.id !== id) {
    throw toFailure('BAD_FAULT', `body/id is ${quote(body.id)}, but the path says ${quote(id)}.`);
  }
  const status = sandbox.faults.find(id) ? 200 : 201;
  const rule = parse(body, id, installation);
  const armed = sandbox.changeFaults('putFault', (faults) => faults.put(rule, sandbox.clock.now()));
  return { status, body: presentRule(armed, sandbox.clock.now()) };
};

export const deleteFault: Endpoint<'deleteFault'> = ({ sandbox, path: { id } }) => {
  getArmed(sandbox, id);
  sandbox.changeFaults('deleteFault', (faults) => {
    faults.delete(id);
  });
  return { status: 204 };
};

function getArmed({ faults }: Sandbox, id: string): ArmedRule {
  const armed = faults.find(id);
  if (armed) return armed;
  const known = [...faults.list()].map(({ rule }) => rule.id);
  throw toFailure('NO_SUCH_FAULT', `No fault rule has the id ${quote(id)}${suggest(id, known)}`);
}

function parse(written: components['schemas']['Fault'], id: string, { nameable }: Installation): FaultRule {
  try {
    // The document has validated it; only its types of pairs are wider than ours.
    return parseRule(written as WrittenRule, id, nameable);
  } catch (error) {
    if (!(error instanceof RuleMistake)) throw error;
    throw toFailure('BAD_FAULT', `${['body', ...error.path.map((part) => shorten(part))].join('/')}: ${error.message}`);
  }
}
