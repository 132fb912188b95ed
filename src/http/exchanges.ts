import type { Engine, Handled } from '../core/exchange/engine.ts';
import type { Service } from '../core/exchange/exchange.ts';
import { findAsked } from '../core/faults/injection.ts';
import { assertCode, RuleMistake } from '../core/faults/fault-rule.ts';
import { DEFAULT_SANDBOX, isSandboxName, TooManySandboxes, type Sandboxes } from '../core/sandbox/sandboxes.ts';
import { quote } from '../core/values/quotation.ts';
import { renderAnswer, type Answer } from '../core/wire/answer.ts';
import type { Reply } from '../core/wire/reply.ts';
import type { Request } from '../core/wire/request.ts';
import { renderProblem } from './problem.ts';
import { splitCredential } from './request-route.ts';

export interface ExchangesOptions {
  readonly engine: Engine;
  readonly sandboxes: Sandboxes;
  /** Whether requests may inject faults themselves. */
  readonly requestFaults: boolean;
}

/** Handles requests whose service is known, from any transport: each gets its sandbox and passes through the engine. */
export class Exchanges {
  readonly #options: ExchangesOptions;
  #unassigned = 0;

  constructor(options: ExchangesOptions) {
    this.#options = options;
  }

  /**
   * @param named the sandbox that the request names other than by its credential
   * @param otherwise the sandbox if the request names none
   */
  handle(
    service: Service,
    named: string | undefined,
    request: Request,
    otherwise = DEFAULT_SANDBOX,
  ): Handled | Promise<Handled> {
    const { credential, sandbox: appended } = splitCredential(service.credential?.(request));
    const name = named ?? appended ?? otherwise;
    const { engine, sandboxes } = this.#options;
    // An existing sandbox has a valid name.
    const known = sandboxes.find(name);
    if (!known && !isSandboxName(name)) return this.answerItself(toBadName(name), request.method);
    try {
      const asked = this.#options.requestFaults && service.journalled ? findAsked(request.headers) : undefined;
      if (asked) assertCode(asked, service.id, Object.keys(service.codes ?? {}));
      const isConcerned = service.concernsSandbox?.(request) ?? true;
      const sandbox = isConcerned ? (known ?? sandboxes.get(name)) : sandboxes.get(DEFAULT_SANDBOX);
      const handled = engine.handle({ service, sandbox, request, credential, asked, isConcerned });
      if (handled instanceof Promise && !sandbox.usage.isUsed) {
        return handled.finally(() => sandboxes.dropUnused(sandbox));
      }
      sandboxes.dropUnused(sandbox);
      return handled;
    } catch (error) {
      if (error instanceof RuleMistake) return this.answerItself(toBadInjection(error), request.method);
      if (error instanceof TooManySandboxes) return this.answerItself(toTooMany(error), request.method);
      throw error;
    }
  }

  /** Returns an answer of the emulator itself, outside any sandbox. */
  answerItself(reply: Reply, method: string | undefined): Answer {
    return renderAnswer(reply, `emulator-${(this.#unassigned += 1)}`, method);
  }
}

function toBadName(name: string): Reply {
  return renderProblem({
    status: 400,
    title: 'Invalid sandbox name',
    detail: `${quote(name)} cannot name a sandbox.`,
    hint: 'Use 1 to 64 of a-z 0-9 . _ - with a letter or digit at both ends and no "--".',
  });
}

function toBadInjection({ message }: RuleMistake): Reply {
  return renderProblem({
    status: 400,
    title: 'Invalid fault',
    detail: `X-Emulator-Inject: ${message}`,
    hint: 'Write pairs such as "status=500; phase=after; delay=200"; the request was not handled.',
  });
}

function toTooMany({ message }: TooManySandboxes): Reply {
  return renderProblem({
    status: 503,
    title: 'Too many sandboxes',
    detail: message,
    hint: 'Use fewer names, or start with a larger --max-sandboxes.',
  });
}
