import type { Controls, Operations } from '../generated/names.ts';

/** Id of a bundled provider. */
export type ProviderId = keyof Operations;

/** Any name; editors complete the known ones. A provider may come from outside. */
type Known<T extends string> = T | (string & {});

export type ProviderName = Known<ProviderId>;

/** The names that a provider declares; those of all providers if none is given. */
type NamesOf<T extends Readonly<Record<ProviderId, string>>, P> = Known<P extends ProviderId ? T[P] : T[ProviderId]>;

export type OperationName<P = ProviderId> = NamesOf<Operations, P>;
export type ControlName<P = ProviderId> = NamesOf<Controls, P>;

/** Values by provider id. The bundled providers count as present, though they may be switched off. */
export type ByProvider<T> = Readonly<Record<ProviderId, T>> & Readonly<Record<string, T>>;

/** Names a provider and one of its operations, so that editors complete the operations of that provider. */
export type Naming<T, P> = Omit<T, 'provider' | 'operation'> & {
  readonly provider?: P | undefined;
  readonly operation?: OperationName<P> | undefined;
};

/** As `Naming`, with one or several operations. */
export type NamingSeveral<T, P> = Omit<T, 'provider' | 'operation'> & {
  readonly provider?: P | undefined;
  readonly operation?: OperationName<P> | readonly OperationName<P>[] | undefined;
};
