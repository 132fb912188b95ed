import type { CommandModule } from 'yargs';

import { UsageError } from './report.ts';

interface VerbGroup<F extends readonly unknown[]> {
  readonly name: string;
  readonly describe: string;
  /** In the order in which help lists them. */
  readonly verbs: { readonly [N in keyof F]: CommandModule<object, F[N]> };
  readonly example: string;
}

/** A word that needs a verb behind it: `fault add`. */
export function defineVerbGroup<const F extends readonly unknown[]>({
  name,
  describe,
  verbs,
  example,
}: VerbGroup<F>): CommandModule {
  const names = verbs.map(({ command }) => String(command).split(' ')[0] ?? '');
  const need = `${name} needs ${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}.`;
  return {
    command: name,
    describe,
    builder: (yargs) => {
      for (const verb of verbs) yargs.command(verb);
      return yargs.demandCommand(1, need).example(example, '');
    },
    handler: () => {
      throw new UsageError(need);
    },
  };
}
