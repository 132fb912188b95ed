import type { Controls, Operations } from '../generated/names.ts';

/** Of the providers that are bundled. */
export type ProviderId = keyof Operations;

/** Any name, of which those that are known are completed: a provider may come from outside. */
type Known<T extends string> = T | (string & {});

export type ProviderName = Known<ProviderId>;

/** The names that a provider has for something; those of all providers where none is given. */
type NamesOf<T extends Readonly<Record<ProviderId, string>>, P> = Known<P extends ProviderId ? T[P] : T[ProviderId]>;

export type OperationName<P = ProviderId> = NamesOf<Operations, P>;
export type ControlName<P = ProviderId> = NamesOf<Controls, P>;

/** By the ids of providers. Those that are bundled are taken for granted, though they may be switched off. */
export type ByProvider<T> = Readonly<Record<ProviderId, T>> & Readonly<Record<string, T>>;

/** What names a provider and operations of it, so that those are completed that it has. */
export type Naming<T, P> = Omit<T, 'provider' | 'operation'> & {
  readonly provider?: P | undefined;
  readonly operation?: OperationName<P> | undefined;
};

/** As `Naming`, where several operations may be named. */
export type NamingSeveral<T, P> = Omit<T, 'provider' | 'operation'> & {
  readonly provider?: P | undefined;
  readonly operation?: OperationName<P> | readonly OperationName<P>[] | undefined;
};
