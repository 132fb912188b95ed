import { setTimeout as sleep } from 'node:timers/promises';

import type { ClockAnswer } from './clock.ts';
import { ask } from './client.ts';
import type { Dice } from './dice.ts';
import { toBody, type Request } from './kinds/kind.ts';
import type { Round } from './round.ts';
import type { Sandbox } from './sandbox.ts';

const MINUTE = 60_000;

/** Moves a sandbox's clock now and then, and resets it if it is one of those that are. */
export async function operate(round: Round, sandbox: Sandbox, dice: Dice, isReset: boolean): Promise<void> {
  for (await rest(dice); !round.isOver; await rest(dice)) {
    if (isReset && dice.isLess(0.6)) await reset(round, sandbox);
    else if (dice.isLess(0.4)) await moveClock(round, sandbox, dice);
  }
}

function rest(dice: Dice): Promise<void> {
  return sleep(dice.between(10, 150));
}

async function reset(round: Round, sandbox: Sandbox): Promise<void> {
  sandbox.beginReset();
  const answer = await ask(round, sandbox, { method: 'POST', path: '/_emulator/reset', headers: {} });
  if (!answer) return;
  toBody(answer, 204);
  sandbox.endReset(true);
  round.tally.resets += 1;
}

async function moveClock(round: Round, sandbox: Sandbox, dice: Dice): Promise<void> {
  const act = dice.pick([{ by: dice.between(10, 40) * MINUTE }, { frozen: true }, { frozen: false }]);
  sandbox.clock.begin(act, Date.now());
  const answer = await ask(round, sandbox, toRequest(act));
  if (!answer) return;
  sandbox.clock.keep(toBody<ClockAnswer>(answer), Date.now());
  round.tally.clockActs += 1;
}

function toRequest(act: { readonly by: number } | { readonly frozen: boolean }): Request {
  return 'by' in act
    ? { method: 'POST', path: '/_emulator/clock/advance', headers: {}, body: { by: act.by } }
    : { method: 'PUT', path: '/_emulator/clock', headers: {}, body: act };
}
