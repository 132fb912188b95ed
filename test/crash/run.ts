import { existsSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { toMessage } from '../../src/core/values/message.ts';
import type { Processes } from '../bench/processes.ts';
import { checkSandbox } from './check.ts';
import { followStream, runClient } from './client.ts';
import { Connection } from './connection.ts';
import { Dice } from './dice.ts';
import { Emulator } from './emulator.ts';
import { operate } from './operator.ts';
import type { Hooks } from './hooks.ts';
import type { Round, Tally } from './round.ts';
import { Sandbox } from './sandbox.ts';
import { Still } from './still.ts';

export interface Plan {
  readonly rounds: number;
  readonly clients: number;
  readonly seed: string;
  readonly isCalm: boolean;
  /** The folder that `words` name. */
  readonly data: string;
  /** Of `start`, besides the port and the log. */
  readonly words: readonly string[];
}

/** What a data folder has while nothing is written anew. */
const FILES = ['emulator.json', 'emulator.log', 'emulator.lock', 'snapshots'];
/** Sandboxes that are used in each round. The last one is reset again and again. */
const ALWAYS = ['default', 'first', 'second', 'reset'];
/** Rounds after which one more sandbox comes, which is used until the next. */
const EVERY = 10;
/** How many accounts that nobody has used are read in each sandbox after each start. */
const SAMPLE = 2;
/** Milliseconds within which a log outgrows its document, if it is filled without a rest. */
const HEAVY = 3000;
/** Milliseconds that requests which were cut off have to end, where the emulator goes on. */
const CALM = 300;
/** Milliseconds within which a start that is not to succeed is killed. */
const UNTIL_READY = 500;

/** By what is known of a run what was wrong in it. */
interface Watched {
  readonly tally: Tally;
  readonly hooks: Hooks;
}

/** The rounds of one run, on one folder. It ends with the first round after which something is wrong. */
export class Run {
  readonly #plan: Plan;
  readonly #processes: Processes;
  readonly #tally: Tally;
  readonly #hooks: Hooks;
  readonly #sandboxes: Sandbox[];
  readonly #still = new Still();
  readonly #tell: (text: string) => void;
  /** Remarks of the log, with how often each was made. */
  readonly remarks = new Map<string, number>();
  slowestStart = 0;

  constructor(plan: Plan, processes: Processes, { tally, hooks }: Watched, tell: (text: string) => void) {
    this.#plan = plan;
    this.#hooks = hooks;
    this.#processes = processes;
    this.#tally = tally;
    this.#tell = tell;
    this.#sandboxes = ALWAYS.map((name) => new Sandbox(name, plan.clients));
  }

  async run(): Promise<void> {
    const { rounds, isCalm } = this.#plan;
    let emulator = await this.#start();
    for (let number = 1; number <= rounds; number += 1) {
      const dice = new Dice(this.#plan.seed, number);
      const round = await this.#open(emulator, number);
      if (!(await this.#check(round, dice, SAMPLE))) return;
      await this.#load(round, dice, emulator);
      if (!isCalm) {
        this.#inspect(emulator);
        if (dice.isLess(0.15)) await this.#startAndKill(dice);
        emulator = await this.#start();
      }
      this.#tally.rounds = number;
      if (number % 10 === 0) this.#tell(this.#describe());
      if (this.#tally.findings.length > 0) return;
    }
    // Everything once more, and again after an end that was asked for.
    for (let last = 1; last <= (isCalm ? 1 : 2); last += 1) {
      const round = await this.#open(emulator, rounds + last);
      if (!(await this.#check(round, new Dice(this.#plan.seed, rounds + last), this.#plan.clients))) return;
      round.isOver = true;
      await emulator.end();
      this.#inspect(emulator);
      if (last === 1 && !isCalm) emulator = await this.#start();
    }
  }

  async #start(): Promise<Emulator> {
    const started = performance.now();
    const emulator = new Emulator(this.#processes, this.#plan.words);
    await emulator.ready();
    this.slowestStart = Math.max(this.slowestStart, performance.now() - started);
    return emulator;
  }

  async #startAndKill(dice: Dice): Promise<void> {
    const emulator = new Emulator(this.#processes, this.#plan.words);
    await sleep(dice.between(0, UNTIL_READY));
    await emulator.kill();
    this.#inspect(emulator);
  }

  async #open(emulator: Emulator, number: number): Promise<Round> {
    const connection = new Connection(await emulator.ready());
    return { number, connection, tally: this.#tally, hooks: this.#hooks, isOver: false };
  }

  /** @returns whether all is as it should be */
  async #check(round: Round, dice: Dice, sample: number): Promise<boolean> {
    for (const sandbox of this.#sandboxes) {
      const others = sandbox.holdings.filter((holding) => !sandbox.touched.has(holding));
      const drawn = sample >= others.length ? others : Array.from({ length: sample }, () => dice.pick(others));
      await checkSandbox(round, sandbox, [...new Set([...sandbox.touched, ...drawn])], dice);
      sandbox.touched.clear();
    }
    await this.#still.check(round, dice);
    return this.#tally.findings.length === 0;
  }

  /** All clients at once, until the emulator ends under them. */
  async #load(round: Round, dice: Dice, emulator: Emulator): Promise<void> {
    const { clients, seed, isCalm } = this.#plan;
    if (round.number % EVERY === 0) this.#sandboxes.push(new Sandbox(`round-${round.number}`, clients));
    const used = [...this.#sandboxes.slice(0, ALWAYS.length), ...this.#sandboxes.slice(ALWAYS.length).slice(-1)];
    const work: Promise<void>[] = used.map((sandbox, at) =>
      operate(round, sandbox, new Dice(seed, round.number, 'operator', at), sandbox.name === 'reset'),
    );
    const isHeavy = dice.isLess(0.15) && !isCalm;
    work.push(this.#still.operate(round, new Dice(seed, round.number, 'still'), isHeavy ? 0 : 200));
    for (let number = 0; number < clients; number += 1) {
      const sandbox = dice.pick(used);
      const holding = sandbox.getHolding(number);
      if (holding.kind.stream) work.push(followStream(round, sandbox, holding));
      work.push(runClient(round, sandbox, holding, new Dice(seed, round.number, 'client', number)));
    }
    const done = Promise.allSettled(work);
    await this.#untilAnswered(emulator);
    if (isHeavy) await this.#untilWriting(emulator);
    await sleep(isHeavy ? dice.between(0, 50) : dice.between(50, 400));
    if (emulator.hasEnded) this.#tally.find(`The emulator ended by itself in round ${round.number}.`);
    round.isOver = true;
    if (isCalm) {
      round.connection.cut();
      await sleep(CALM);
    } else if (dice.isLess(0.15)) await emulator.end(dice.between(0, 100));
    else await emulator.kill();
    for (const one of await done) if (one.status === 'rejected') this.#tally.find(toMessage(one.reason));
    round.connection.cut();
    for (const { holdings } of used) {
      this.#tally.inFlight += holdings.filter(({ account }) => account.pending).length;
    }
  }

  /** A machine that is busy may take longer than a round to answer anything. */
  async #untilAnswered(emulator: Emulator): Promise<void> {
    const { acknowledged } = this.#tally;
    while (this.#tally.acknowledged === acknowledged && this.#tally.findings.length === 0 && !emulator.hasEnded) {
      await sleep(5);
    }
  }

  /** So much is put in that the log outgrows the document, and the kill meets what is written then. */
  async #untilWriting(emulator: Emulator): Promise<void> {
    const limit = performance.now() + HEAVY;
    while (!this.#isWriting() && performance.now() < limit && !emulator.hasEnded) await sleep(1);
  }

  #inspect(emulator: Emulator): void {
    if (this.#isWriting()) this.#tally.caughtWriting += 1;
    for (const line of emulator.listComplaints()) this.#tally.find(`The log says: ${line}`);
    for (const remark of emulator.listRemarks()) {
      const general = remark.replaceAll(/\d+/g, 'N');
      this.remarks.set(general, (this.remarks.get(general) ?? 0) + 1);
    }
  }

  #isWriting(): boolean {
    const { data } = this.#plan;
    return existsSync(data) && readdirSync(data).some((name) => !FILES.includes(name));
  }

  #describe(): string {
    const { rounds, acknowledged, inFlight, lost, half } = this.#tally;
    return `round ${rounds}: ${acknowledged} writes acknowledged, ${inFlight} in flight, ${lost} lost, ${half} half`;
  }
}
