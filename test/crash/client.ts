import { setTimeout as sleep } from 'node:timers/promises';

import { toMessage } from '../../src/core/values/message.ts';
import type { Dice } from './dice.ts';
import { toBody, type Answer, type Order, type Request } from './kinds/kind.ts';
import type { Round } from './round.ts';
import { findFault, type Holding, type Sandbox } from './sandbox.ts';

/** Milliseconds between two looks at what is still to come due. */
const PAUSE = 20;

/** Asks for a provider's operation, or for a control, and holds the id of the answer against all before. */
export async function ask(round: Round, sandbox: Sandbox, request: Request): Promise<Answer | undefined> {
  const keep = sandbox.expectId();
  const answer = await round.connection.send(sandbox.name, request);
  // Acts are numbered by the process, not by the sandbox.
  if (answer && !request.path.startsWith('/_emulator/')) keep(answer.headers['x-emulator-request-id']);
  return answer;
}

/**
 * @returns undefined where an answer did not come whole. What no state can look like, such as a sum that is none, is
 *   a view as well, and fits nothing
 */
export async function look(round: Round, sandbox: Sandbox, { kind, number, account }: Holding): Promise<unknown> {
  const { possible } = account;
  const answers: Answer[] = [];
  for (const request of kind.reads(number, possible)) {
    const answer = await ask(round, sandbox, request);
    if (!answer) return undefined;
    answers.push(answer);
  }
  round.tally.reads += 1;
  try {
    return kind.toView(answers, possible);
  } catch (error) {
    return { broken: toMessage(error) };
  }
}

/** One client for as long as the round goes on: writes to its account, reads its own and those of others. */
export async function runClient(round: Round, sandbox: Sandbox, holding: Holding, dice: Dice): Promise<void> {
  for (let count = 1; !round.isOver; count += 1) {
    sandbox.touched.add(holding);
    const state = holding.account.known;
    if (state === undefined) {
      await readOwn(round, sandbox, holding);
      await sleep(PAUSE);
    } else if (dice.isLess(0.65)) {
      const order = holding.kind.draw(dice, state, `w-${round.number}-${holding.number}-${count}`, holding.number);
      await write(round, sandbox, holding, order, dice);
    } else if (dice.isLess(0.4)) await readOwn(round, sandbox, holding);
    else if (dice.isLess(0.15)) await arm(round, sandbox, holding, `r-${round.number}-${holding.number}-${count}`);
    else await watch(round, sandbox, dice.pick([...sandbox.touched]));
  }
}

async function write(
  round: Round,
  sandbox: Sandbox,
  holding: Holding,
  order: Order<unknown>,
  dice: Dice,
): Promise<void> {
  const { account } = holding;
  const { tally } = round;
  const inject = order.request.path.startsWith('/_emulator/') ? undefined : drawFault(dice, order);
  const headers = { ...order.request.headers, ...(inject === undefined ? {} : { 'X-Emulator-Inject': inject }) };
  account.begin(order);
  const answer = await ask(round, sandbox, { ...order.request, headers });
  if (!answer) {
    // The check after the crash settles it; a connection that a fault has ended is settled by the next read.
    if (!round.isOver && inject === undefined) throw new Error(`${order.id} was left without an answer.`);
    if (!round.isOver) account.loseSight();
    return;
  }
  const fault = findFault(answer);
  if (fault && holding.rule?.id === fault.name) holding.rule.isFired = true;
  if (answer.status === order.status || fault?.isAfter === true) {
    if (!account.succeed()) sandbox.owe(order);
    tally.acknowledged += 1;
    if (fault) tally.errorsAfter += 1;
  } else if (fault) account.fail();
  else if (round.isOver && answer.status >= 500) account.loseSight();
  else if (!account.fail()) {
    throw new Error(`${order.id} (${JSON.stringify(order.request)}) is answered ${JSON.stringify(answer)}.`);
  }
}

/** A fault for this request alone. One that leaves the client without an answer is none for what comes due later. */
function drawFault(dice: Dice, { isLate }: Order<unknown>): string | undefined {
  const drawn = dice.next();
  if (drawn < 0.12) return 'status=500; phase=after';
  if (drawn < 0.15) return 'status=503';
  if (drawn < 0.18 && !isLate) return 'connection=reset; phase=after';
  return undefined;
}

async function readOwn(round: Round, sandbox: Sandbox, holding: Holding, isSecond = false): Promise<void> {
  const { account } = holding;
  const { version, isWaiting } = account;
  const view = await look(round, sandbox, holding);
  if (view === undefined || sandbox.isResetting || version !== account.version) return;
  const verdict = account.read(view);
  // What comes due between two requests of one look makes a view that never was, once.
  if (verdict !== 'as expected' && isWaiting && !isSecond) await readOwn(round, sandbox, holding, true);
  else if (verdict !== 'as expected') throw new Error(toComplaint(sandbox, holding, view, `${verdict} while it ran`));
}

/** Reads an account that somebody else may be writing to: what it shows has to outlast the crash. */
async function watch(round: Round, sandbox: Sandbox, holding: Holding): Promise<void> {
  const { version } = holding.account;
  const view = await look(round, sandbox, holding);
  if (view === undefined || version !== holding.account.version) return;
  if (holding.account.observe(view)) round.tally.seenEarly += 1;
}

async function arm(round: Round, sandbox: Sandbox, holding: Holding, id: string): Promise<void> {
  const { kind, number } = holding;
  if (kind.operation === undefined || holding.rule) return;
  const rule = { id, isCertain: false, isFired: false };
  holding.rule = rule;
  const epoch = holding.account.version;
  const answer = await ask(round, sandbox, {
    method: 'POST',
    path: '/_emulator/faults',
    headers: {},
    body: {
      id,
      provider: kind.provider,
      operation: kind.operation,
      match: { subject: kind.toId(number) },
      phase: 'after',
      effect: { status: 500 },
      times: 1,
    },
  });
  if (!answer || round.isOver) return;
  toBody(answer, 201);
  round.tally.rules += 1;
  rule.isCertain = !sandbox.isResetting && epoch === holding.account.version;
}

/** Follows an account; what a stream has pushed has to outlast the crash. */
export async function followStream(round: Round, sandbox: Sandbox, holding: Holding): Promise<void> {
  const { kind, number, account } = holding;
  const { stream } = kind;
  if (!stream) return;
  const keep = sandbox.expectId();
  const opened = await round.connection.follow(sandbox.name, stream.path(number), (event) => {
    round.tally.pushes += 1;
    if (account.observe(stream.toView(event))) round.tally.seenEarly += 1;
  });
  if (!opened) return;
  keep(opened.requestId);
  await opened.ended;
}

export function toComplaint(sandbox: Sandbox, { kind, number, account }: Holding, view: unknown, what: string): string {
  return [
    `${kind.provider} ${kind.toId(number)} in sandbox ${sandbox.name}: ${what}`,
    `  is        ${JSON.stringify(view)}`,
    ...account.possible.map((state) => `  may be    ${JSON.stringify(kind.show(state))}`),
    `  on its way: ${JSON.stringify(account.pending ?? null)}`,
  ].join('\n');
}
