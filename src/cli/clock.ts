import type { ClockReading } from '../client.ts';
import { defineClientVerb } from './client.ts';
import type { VerbGroup } from './verb.ts';

function show({ now, frozen }: ClockReading): string {
  return `${now} ${frozen ? 'frozen' : 'running'}\n`;
}

export const clock: VerbGroup = {
  name: 'clock',
  describe: 'Show, freeze, set, advance or run the clock',
  verbs: [
    defineClientVerb({
      name: 'show',
      isDefault: true,
      describe: 'Show the time of a sandbox',
      examples: ['$0 clock show --sandbox checkout'],
      ask: (sandbox) => sandbox.clock.get(),
      show,
    }),
    defineClientVerb({
      name: 'freeze',
      describe: 'Stop the clock, at an instant or at its current time',
      words: { instant: { describe: 'RFC 3339' } },
      examples: ['$0 clock freeze 2026-01-01T00:00:00Z'],
      ask: (sandbox, { instant }) => sandbox.clock.freeze(instant),
      show,
    }),
    defineClientVerb({
      name: 'set',
      describe: 'Set the clock; it stays frozen or running',
      words: { instant: { isRequired: true, describe: 'RFC 3339' } },
      examples: ['$0 clock set 2026-07-01T12:00:00+02:00'],
      ask: (sandbox, { instant }) => sandbox.clock.set(instant),
      show,
    }),
    defineClientVerb({
      name: 'advance',
      describe: 'Move the clock forward and run everything that falls due',
      words: { by: { isRequired: true, describe: 'ISO 8601, or milliseconds' } },
      examples: ['$0 clock advance P30D'],
      ask: (sandbox, { by }) => sandbox.clock.advance(by),
      show,
    }),
    defineClientVerb({
      name: 'run',
      describe: 'Let the clock run on from its current time',
      examples: ['$0 clock run'],
      ask: (sandbox) => sandbox.clock.run(),
      show,
    }),
  ],
  examples: ['$0 clock advance PT1H'],
};
