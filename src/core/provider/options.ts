import type { Rate } from '../values/rate.ts';

export type OptionDefinition =
  /** A default of `undefined` leaves the choice to the provider. */
  | { readonly kind: 'boolean'; readonly default: boolean | undefined; readonly describe: string }
  | {
      readonly kind: 'oneOf';
      readonly values: readonly string[];
      readonly default: string;
      readonly describe: string;
    }
  | { readonly kind: 'integer'; readonly default: number; readonly minimum?: number; readonly describe: string }
  /** Milliseconds in code, ISO 8601 outside. */
  | { readonly kind: 'duration'; readonly default: number; readonly describe: string }
  | { readonly kind: 'rate'; readonly default: Rate | undefined; readonly describe: string };

export type OptionDefinitions = Readonly<Record<string, OptionDefinition>>;

export type OptionValues<D extends OptionDefinitions> = { readonly [N in keyof D]: OptionValue<D[N]> };

/** A value of any option. */
export type AnyOptionValue = OptionValue<OptionDefinition> | undefined;

type OptionValue<D> = D extends { values: readonly (infer V)[] }
  ? V
  : D extends { kind: 'rate' }
    ? Rate | undefined
    : D extends { kind: 'boolean'; default: infer B }
      ? boolean | Extract<B, undefined>
      : number;
