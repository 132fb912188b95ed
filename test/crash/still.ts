import { setTimeout as sleep } from 'node:timers/promises';

import { toMessage } from '../../src/core/values/message.ts';
import { ask } from './client.ts';
import type { Dice } from './dice.ts';
import { toBody, type Request } from './kinds/kind.ts';
import type { Round } from './round.ts';
import { Sandbox } from './sandbox.ts';

const KINDS = 6;
/** Writes that each account gets once. */
const WRITES = 6;

interface State {
  readonly klaim: { readonly users: readonly { readonly credit_balance: string }[] };
  readonly emulator: { readonly counters: Readonly<Record<string, number>> };
}

/**
 * A sandbox whose clock stands and whom no client uses: its whole state has to come back as it was, due
 * items and rules included. Now and then it is replaced as a whole.
 */
export class Still {
  readonly #sandbox = new Sandbox('still', KINDS);
  #possible: readonly State[] = [];

  /** Prepares it the first time. */
  async check(round: Round, dice: Dice): Promise<void> {
    try {
      const [first] = this.#possible;
      if (!first) await this.#prepare(round, dice);
      const is = await this.#get(round);
      const found = this.#possible.find((state) => toText(state) === toText(is));
      if (first && !found) {
        const [expected = is] = this.#possible;
        round.tally.lost += 1;
        round.tally.find(
          `lost: the state of a sandbox that stands still ${toDifference(toText(expected), toText(is))}`,
        );
      }
      for (const [name, count] of Object.entries((found ?? is).emulator.counters)) {
        if ((is.emulator.counters[name] ?? 0) >= count) continue;
        round.tally.find(`The counter ${name} was ${count} and is ${is.emulator.counters[name] ?? 'gone'}.`);
      }
      this.#possible = [is];
    } catch (error) {
      round.tally.find(`sandbox ${this.#sandbox.name}: ${toMessage(error)}`);
    }
  }

  /** Puts other states in for as long as the round goes on, with a rest of up to so many milliseconds before each. */
  async operate(round: Round, dice: Dice, longest: number): Promise<void> {
    const rest = (): Promise<void> => sleep(dice.between(0, longest));
    for (await rest(); !round.isOver; await rest()) {
      const [state] = this.#possible;
      if (!state) return;
      const users = state.klaim.users.map((user) => ({ ...user, credit_balance: String(dice.between(0, 1_000_000)) }));
      const next = { ...state, klaim: { ...state.klaim, users } };
      this.#possible = [state, next];
      const answer = await this.#ask(round, { method: 'PUT', path: '/_emulator/state', headers: {}, body: next });
      if (!answer) return;
      toBody(answer, 204);
      this.#possible = [next];
    }
  }

  async #prepare(round: Round, dice: Dice): Promise<void> {
    const freeze: Request = { method: 'PUT', path: '/_emulator/clock', headers: {}, body: { frozen: true } };
    toBody(await this.#ask(round, freeze));
    for (const { number, kind } of this.#sandbox.holdings) {
      let state = kind.seed;
      for (let count = 1; count <= WRITES; count += 1) {
        const order = kind.draw(dice, state, `still-${number}-${count}`, number);
        toBody(await this.#ask(round, order.request), order.status);
        state = order.after(state);
      }
    }
    // So that all that is told of them has been told.
    const settle: Request = {
      method: 'POST',
      path: '/_emulator/clock/advance',
      headers: {},
      body: { by: 60_000 },
    };
    toBody(await this.#ask(round, settle));
    const rule = { id: 'still', provider: 'klaim', effect: { status: 503 }, times: 3 };
    toBody(await this.#ask(round, { method: 'POST', path: '/_emulator/faults', headers: {}, body: rule }), 201);
  }

  async #get(round: Round): Promise<State> {
    return toBody<State>(await this.#ask(round, { method: 'GET', path: '/_emulator/state', headers: {} }));
  }

  #ask(round: Round, request: Request): ReturnType<typeof ask> {
    return ask(round, this.#sandbox, request);
  }
}

/** A start after a crash skips ids, so counters may have moved on. */
function toText({ emulator, ...state }: State): string {
  const { counters: _, ...rest } = emulator;
  return JSON.stringify({ ...state, emulator: rest });
}

/** The first place where two texts differ, with what stands around it. */
function toDifference(expected: string, is: string): string {
  let at = 0;
  while (at < expected.length && expected[at] === is[at]) at += 1;
  const around = (text: string): string => text.slice(Math.max(0, at - 120), at + 120);
  return `has\n  ${around(is)}\nand not\n  ${around(expected)}`;
}
