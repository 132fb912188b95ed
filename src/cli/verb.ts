import type { Command } from '../trials/command.ts';

/** A word or a flag that a verb takes. Text needs a value. */
export interface Input {
  readonly describe?: string;
  /**
   * Text if left out. A `count` is a whole number of at least 1, a `duration` becomes milliseconds, and a `file` may be
   * "-", standard input or output.
   */
  readonly type?: 'boolean' | 'integer' | 'count' | 'duration' | 'file';
  /** Whether it takes all words up to the next flag. */
  readonly isList?: boolean;
  /** Whether a flag may be given more than once. */
  readonly isRepeated?: boolean;
  readonly isRequired?: boolean;
  /** Whether it is refused when empty, as an unset variable of a shell would leave it. */
  readonly isFilled?: boolean;
  readonly choices?: readonly string[];
  readonly default?: string | number | (() => string | undefined);
}

export type Inputs = Readonly<Record<string, Input>>;

/** What a verb is given: each input by its name. */
export type Given = Readonly<Record<string, unknown>>;

type Single<I extends Input> = I extends { readonly type: 'boolean' }
  ? boolean
  : I extends { readonly type: 'integer' | 'count' | 'duration' }
    ? number
    : I extends { readonly choices: readonly (infer C)[] }
      ? C
      : string;
type Value<I extends Input> = I extends { readonly isList: true }
  ? readonly string[]
  : I extends { readonly isRepeated: true }
    ? string | readonly string[]
    : Single<I>;

/** The values of inputs; one that is neither required nor has a default may be missing. */
export type Values<I extends Inputs> = {
  readonly [N in keyof I]: I[N] extends { readonly default: () => infer D }
    ? D
    : I[N] extends { readonly isRequired: true } | { readonly default: string | number }
      ? Value<I[N]>
      : Value<I[N]> | undefined;
};

/** A command line that help shows, with a note if it needs one. */
export type Example = string | readonly [line: string, note: string];

interface Described {
  readonly name: string;
  readonly describe: string;
  readonly examples: readonly Example[];
}

/** Everything that the command line knows of a verb: parser, help, completion and refusals are made from it. */
export interface Verb extends Described {
  /** Whether it runs when none is named. */
  readonly isDefault?: boolean;
  readonly words?: Inputs;
  readonly flags?: Inputs;
  readonly usage?: string;
  readonly epilogue?: string;
  run?(given: Given): void | Promise<void>;
  /** As `run`, for a verb that takes a command after "--". */
  runCommand?(given: Given, command: Command): Promise<void>;
}

/** A word that is followed by one of several verbs: `fault add`. */
export interface VerbGroup extends Described {
  readonly verbs: readonly Verb[];
}

/** Nothing has a symbol for its name. */
export type NoInputs = Readonly<Record<symbol, Input>>;

type Definition<W extends Inputs, F extends Inputs> = Omit<Verb, 'words' | 'flags' | 'run' | 'runCommand'> & {
  readonly words?: W;
  readonly flags?: F;
  readonly run?: (given: Values<W & F>) => void | Promise<void>;
  readonly runCommand?: (given: Values<W & F>, command: Command) => Promise<void>;
};

/** Gives `run` the types of what the verb declares. */
export function defineVerb<const W extends Inputs = NoInputs, const F extends Inputs = NoInputs>(
  verb: Definition<W, F>,
): Verb {
  return verb;
}
